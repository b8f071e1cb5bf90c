"""``aa-celery check``: report violations and change nothing."""

from __future__ import annotations

import gc
import sys
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery import __version__, model
from flake8_aa_celery.cli import MISUSE, _settings, _terminal, complain, write
from flake8_aa_celery.cli._workers import WorkerError, default_jobs, lint_all
from flake8_aa_celery.places import is_checked
from flake8_aa_celery.report import Result, formats, renderer, statistics
from flake8_aa_celery.source import find, read, reason

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable
    from typing import TextIO

    from flake8_aa_celery.report import Results
    from flake8_aa_celery.settings import Settings

HELP = "report what is wrong, and change nothing"


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of ``check``."""
    adopting = parser.add_argument_group("adopting it in an app that has violations")
    adopting.add_argument("--add-noqa", action="store_true", help="write a noqa comment at each violation")
    adopting.add_argument("--baseline", metavar="FILE", help="do not report what this file holds")
    adopting.add_argument("--update-baseline", action="store_true", help="let it hold the violations of today")
    add_common_arguments(parser)


def add_common_arguments(parser: ArgumentParser) -> None:
    """Add the options that all commands have that check files."""
    parser.epilog = (
        "Exits with 0 where nothing was found, 1 for violations, 2 for misuse, a broken setting, "
        "and a path that cannot be read; the other files are reported all the same."
    )
    add_files(parser)
    output = parser.add_argument_group("output")
    output.add_argument("--output-format", choices=formats(), default="text", help="text unless said otherwise")
    output.add_argument("--output-file", metavar="FILE", help="write the report there")
    _terminal.add_argument(output)
    output.add_argument("--statistics", action="store_true", help="count the violations of each rule")
    output.add_argument("--exit-zero", action="store_true", help="exit with 0 even if there are violations")
    output.add_argument("-q", "--quiet", action="store_true", help="print nothing but errors; the exit code tells")
    output.add_argument("-v", "--verbose", action="store_true", help="say what was done, on standard error")
    output.add_argument("--version", action="version", version=f"aa-celery {__version__}")
    _settings.add_arguments(parser)


def add_files(parser: ArgumentParser) -> None:
    """Add the options that say which files are looked at."""
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="files and folders, or - for standard input; this folder if none"
    )
    parser.add_argument(
        "--stdin-filename", default="stdin", metavar="PATH", help="where the standard input would be a file"
    )
    parser.add_argument("-j", "--jobs", type=_jobs, metavar="N", help="processes; as many as pay unless said otherwise")


def _jobs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(text)
    return int(text)


class Files(NamedTuple):
    """What was read.

    :param relevant: path and bytes of the files that have to do with Celery, sorted.
    :param total: how many files were read.
    :param failed: whether something could not be read.
    """

    relevant: list[tuple[str, bytes]]
    total: int
    failed: bool


def run(arguments: Namespace) -> int:
    """Check the files and report.

    :return: 0 where nothing was found, 1 for violations, 2 where something could not be read or written.
    """
    settings = _settings.from_arguments(arguments)
    if arguments.update_baseline and not arguments.baseline:
        return complain("--update-baseline needs --baseline FILE")
    if arguments.add_noqa and "-" in arguments.paths:
        return complain("a comment cannot be written into standard input")
    if arguments.show_settings:
        print(_settings.as_toml(settings), end="")
        return 0
    return _check(arguments, settings)


def _check(arguments: Namespace, settings: Settings) -> int:
    began = perf_counter()
    gc.disable()  # syntax trees are many objects and no garbage: looking for some takes longer than the rules
    files = read_files(arguments.paths or ["."], arguments.stdin_filename, settings)
    jobs = arguments.jobs or default_jobs(files.relevant)
    try:
        linted = lint_all(files.relevant, settings, jobs, began)
    except WorkerError as error:
        return complain(str(error))
    if arguments.verbose:
        _tell(files, jobs, perf_counter() - began)
    results = [Result(path, found, data) for (path, found), (_, data) in zip(linted, files.relevant, strict=True)]
    adopted = True
    if arguments.baseline or arguments.add_noqa:
        from flake8_aa_celery.cli._adopting import adopt

        results, adopted = adopt(arguments, results)
    if not report(arguments, results) or files.failed or not adopted:
        return MISUSE
    return int(any(result.violations for result in results) and not arguments.exit_zero)


def _tell(files: Files, jobs: int, seconds: float) -> None:
    relevant = f"{len(files.relevant)} of them have to do with Celery"
    print(f"{files.total} files read, {relevant}; {jobs} processes, {seconds:.2f} s", file=sys.stderr)


def read_files(paths: Iterable[str], stdin_filename: str, settings: Settings) -> Files:
    """Find and read the files that paths stand for; says on standard error what cannot be read."""
    failures: list[str] = []

    def failed(path: str, why: str) -> None:
        failures.append(path)
        complain(f"{path}: {why}")

    paths = list(paths)
    found = find([path for path in paths if path != "-"], settings, failed)
    relevant: list[tuple[str, bytes]] = []
    if "-" in paths:
        data = sys.stdin.buffer.read()
        relevant = [(stdin_filename, data)] if model.relevant(data, settings.tasks_modules) else []
    for path in found:
        if not is_checked(path, settings):
            continue
        try:
            data = read(path)
        except OSError as error:
            failed(path, reason(error))
            continue
        if model.relevant(data, settings.tasks_modules):
            relevant.append((path, data))
    return Files(sorted(relevant), len(found) + ("-" in paths), bool(failures))


def report(arguments: Namespace, results: Results, stream: TextIO | None = None, *, fixed: bool = False) -> bool:
    """Write the report; False where that cannot be done.

    :param stream: where it goes if no file is named for it; standard output where None.
    :param fixed: whether it tells what a fix has left.
    """
    counts = "".join(statistics(results)) if arguments.statistics else ""
    is_text = arguments.output_format == "text"
    if not is_text:
        sys.stderr.write(counts)
    if is_text and not arguments.output_file and _terminal.is_drawn(arguments.color, stream):
        if not arguments.quiet:
            from flake8_aa_celery.report._terminal import draw

            draw(results, _terminal.console(arguments.color, stream), fixed=fixed)
            write(counts, stream)
        return True
    text = "".join(renderer(arguments.output_format)(results)) + (counts if is_text else "")
    if arguments.output_file:
        return write_file(arguments.output_file, text)
    if not (arguments.quiet and is_text):
        write(text, stream)
    return True


def write_file(path: str, text: str) -> bool:
    """Write a report to a file; False, and a message on standard error, where that cannot be done."""
    try:
        with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as error:
        complain(f"{path}: {reason(error)}")
        return False
    return True
