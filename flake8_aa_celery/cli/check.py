"""``aa-celery check``: report violations and change nothing."""

from __future__ import annotations

import sys
from time import perf_counter
from typing import TYPE_CHECKING

from flake8_aa_celery.cli import _files, _report, _settings
from flake8_aa_celery.cli._output import MISUSE, CommandError
from flake8_aa_celery.cli._workers import lint_all, processes

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from flake8_aa_celery.cli._files import Files
    from flake8_aa_celery.pyproject import SettingsTree

HELP = "report what is wrong, and change nothing"


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of ``check``."""
    adopting = parser.add_argument_group("adopting it in an app that has violations")
    adopting.add_argument("--add-noqa", action="store_true", help="write a noqa comment at each violation")
    adopting.add_argument(
        "--update-baseline", action="store_true", help="let the file of --baseline hold the violations of today"
    )
    add_common_arguments(parser)


def add_common_arguments(parser: ArgumentParser) -> None:
    """Add the options that all commands have that check files."""
    parser.epilog = (
        "Exits with 0 where nothing was found, 1 for violations, 2 for misuse, a broken setting, "
        "and a path that cannot be read; the other files are reported all the same."
    )
    _files.add_arguments(parser)
    _report.add_arguments(parser)
    _settings.add_arguments(parser)


@_settings.given
def run(arguments: Namespace, tree: SettingsTree) -> int:
    """Check the files and report.

    :return: 0 where nothing was found, 1 for violations, 2 where something could not be read or written.
    """
    if arguments.show_files:
        return _files.show(arguments, tree)
    if arguments.add_noqa and "-" in arguments.paths:
        raise CommandError("a comment cannot be written into standard input")
    began = perf_counter()
    files = _files.read_files(arguments, tree)
    jobs = processes(arguments.jobs, files.relevant)
    results = lint_all(files.relevant, tree.of, jobs, began)
    if arguments.verbose:
        _tell(files, jobs, perf_counter() - began)
    written = True
    if arguments.add_noqa or arguments.update_baseline or _settings.any_baseline(arguments, tree):
        from flake8_aa_celery.cli._adopting import adopt

        results, written = adopt(arguments, results, tree)
    written = _report.write_report(arguments, results) and written
    if files.failed or not written:
        return MISUSE
    return int(any(result.violations for result in results) and not arguments.exit_zero)


def _tell(files: Files, jobs: int, seconds: float) -> None:
    relevant = f"{len(files.relevant)} of them have to do with Celery"
    print(f"{files.total} files read, {relevant}; {jobs} processes, {seconds:.2f} s", file=sys.stderr)
