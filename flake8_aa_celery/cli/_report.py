"""Where the report of a subcommand goes, and in which form."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from flake8_aa_celery import __version__
from flake8_aa_celery.cli import _terminal
from flake8_aa_celery.cli._output import complain
from flake8_aa_celery.report import formats, renderer, wants_edits
from flake8_aa_celery.rules import SEVERITIES, severity_of
from flake8_aa_celery.source import reason

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import TextIO

    from flake8_aa_celery.pyproject import SettingsTree
    from flake8_aa_celery.report import Results

#: The formats that are read by people, and by programs that read flake8's lines.
_FOR_PEOPLE = ("text", "concise", "pylint")
#: Those, and what stands in a log that people read.
_IN_LOGS = (*_FOR_PEOPLE, "github")


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options that say how and where something is reported."""
    output = parser.add_argument_group("output")
    output.add_argument("--output-format", choices=formats(), default="text", help="text unless said otherwise")
    output.add_argument("--output-file", metavar="FILE", help="write the report there")
    _terminal.add_argument(output)
    output.add_argument("--statistics", action="store_true", help="count the violations of each rule")
    output.add_argument("--exit-zero", action="store_true", help="exit with 0 even if there are violations")
    output.add_argument(
        "--fail-on",
        choices=SEVERITIES,
        default=SEVERITIES[-1],
        help="exit with 1 only for violations at least this bad; all are reported",
    )
    output.add_argument("-q", "--quiet", action="store_true", help="print nothing but errors; the exit code tells")
    output.add_argument("-v", "--verbose", action="store_true", help="say what was done, on standard error")
    output.add_argument("--version", action="version", version=f"aa-celery {__version__}")


def exit_code(arguments: Namespace, results: Results) -> int:
    """1 where something is reported that is as bad as ``--fail-on`` says, or worse; otherwise 0."""
    if arguments.exit_zero:
        return 0
    failing = SEVERITIES[: SEVERITIES.index(arguments.fail_on) + 1]
    found = [each for result in results for each in result.violations if not each.is_note]
    return int(any(severity_of(each.code) in failing for each in found))


def write_report(
    arguments: Namespace, results: Results, tree: SettingsTree, stream: TextIO | None = None, *, fixed: bool = False
) -> bool:
    """Write the report; False where that cannot be done.

    A summary goes to standard error where what the report goes to has none: it is for people, and a report in a pipe
    may be for programs.

    :param tree: the settings by which something was found.
    :param stream: where it goes if no file is named for it; standard output where None.
    :param fixed: whether it tells what a fix has left.
    """
    stream = stream or sys.stdout
    counts = _counts(arguments, results)
    if wants_edits(arguments.output_format):
        edits = import_module("flake8_aa_celery.cli._edits")  # which needs libcst, where anything can be fixed
        results = edits.with_edits(results, tree, arguments.jobs)
    if arguments.output_format not in _FOR_PEOPLE:  # which is for programs, and nothing else may stand in it
        sys.stderr.write(counts)
        counts = ""
    elif arguments.quiet and not arguments.output_file:
        return True
    if arguments.output_file:
        if not write_file(arguments.output_file, _rendered(arguments, results) + counts):
            return False
        _summarise(arguments, results, fixed=fixed, even_if_empty=True)
        return True
    if arguments.output_format == "text" and _terminal.is_drawn(arguments.color, stream):
        if fixed and arguments.fix_only:
            return True
        from flake8_aa_celery.report._terminal import draw

        console = _terminal.console(arguments.color, stream)
        draw(results, console, fixed=fixed, unsafe=arguments.unsafe_fixes)
    else:
        stream.write(_rendered(arguments, results))
        if arguments.output_format in _IN_LOGS:
            _summarise(arguments, results, fixed=fixed)
    stream.write(counts)
    return True


def _summarise(arguments: Namespace, results: Results, *, fixed: bool, even_if_empty: bool = False) -> None:
    """Say on standard error how much was found."""
    if arguments.quiet or (fixed and arguments.fix_only):
        return
    if even_if_empty or any(result.violations for result in results):
        from flake8_aa_celery.report._summary import summary

        sys.stdout.flush()  # so that it stands last where both go to one place
        print(summary(results, fixed=fixed, unsafe=arguments.unsafe_fixes), file=sys.stderr)


def write_file(path: str, text: str) -> bool:
    """Write a report to a file; False, and a message on standard error, where that cannot be done."""
    try:
        with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as error:
        complain(f"{path}: {reason(error)}")
        return False
    return True


def _rendered(arguments: Namespace, results: Results) -> str:
    if arguments.output_format == "text" and arguments.verbose:
        from flake8_aa_celery.report.text import render

        return "".join(render(results, traces=True))
    return "".join(renderer(arguments.output_format)(results))


def _counts(arguments: Namespace, results: Results) -> str:
    if not arguments.statistics:
        return ""
    from flake8_aa_celery.report._statistics import statistics

    return "".join(statistics(results))
