"""``aa-celery check``: report violations and change nothing."""

from __future__ import annotations

import os
import sys
from time import perf_counter
from typing import TYPE_CHECKING

from flake8_aa_celery.cli import _cache, _files, _report, _settings, subcommand
from flake8_aa_celery.cli._files import Files
from flake8_aa_celery.cli._output import MISUSE, CommandError, complain
from flake8_aa_celery.report import Result

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace, _ArgumentGroup

    from flake8_aa_celery.cache.answers import Cache
    from flake8_aa_celery.cli._files import Found
    from flake8_aa_celery.model.seen import Seen
    from flake8_aa_celery.pyproject import SettingsTree

HELP = "report what is wrong, and change nothing"


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of ``check``."""
    fixes = parser.add_argument_group("fixes", "As aa-celery fix has them.")
    fixes.add_argument("--fix", action="store_true", help="fix what can be fixed, and report the rest")
    add_fix_arguments(fixes)
    adopting = parser.add_argument_group("adopting it in an app that has violations")
    adopting.add_argument("--add-noqa", action="store_true", help="write a noqa comment at each violation")
    parser.add_argument(
        "--watch", action="store_true", help="check again after each change, and say what changed since"
    )
    parser.add_argument("--ignore-noqa", action="store_true", help="report what noqa comments silence, too")
    _cache.add_arguments(parser)
    add_common_arguments(parser)


def add_fix_arguments(group: _ArgumentGroup) -> None:
    """Add the options that say what is fixed, and how."""
    group.add_argument("--unsafe-fixes", action="store_true", help="apply fixes that change what is sent, too")
    group.add_argument("--show-fixes", action="store_true", help="name the rule and the title of each fix that is made")
    group.add_argument("--diff", action="store_true", help="show what would change, and write nothing")
    group.add_argument("--fix-only", action="store_true", help="neither report nor count what is left")


def add_common_arguments(parser: ArgumentParser) -> None:
    """Add the options that all commands have that check files."""
    parser.epilog = (
        "Exits with 0 where nothing was found, 1 for violations, 2 for misuse, a broken setting, "
        "and a path that cannot be read; the other files are reported all the same."
    )
    parser.add_argument(
        "--update-baseline", action="store_true", help="let the file of --baseline hold the violations of today"
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
    _demand_sense(arguments)
    if arguments.fix or arguments.diff or arguments.fix_only:
        fixed: int = subcommand("fix").fix_files(arguments, tree)
        return fixed
    if arguments.watch:
        from flake8_aa_celery.cli._watch import watch

        watch(arguments, tree, lambda arguments, tree: _check(arguments, tree)[0])
    results, files, written = _check(arguments, tree)
    written = _report.write_report(arguments, results, tree) and written
    _files.tell_of_nothing(arguments, files)
    if files.failed or not written:
        return MISUSE
    return _report.exit_code(arguments, results)


def _check(arguments: Namespace, tree: SettingsTree) -> tuple[list[Result], Files, bool]:
    """What is to be reported, the files that were read, and whether everything could be written."""
    began = perf_counter()
    asked = _files.find_files(arguments, tree)
    cache = _cache.cache_for(arguments, tree, asked)
    answer = cache.answer() if cache is not None else None
    if answer is not None:
        results = [Result(path, violations, data) for path, violations, data in answer.found]
        files = Files([], answer.total, failed=False)
    else:
        results, files = _lint(arguments, tree, asked, began, cache)
    if arguments.add_noqa or arguments.update_baseline or _settings.any_baseline(arguments, tree):
        from flake8_aa_celery.cli._adopting import adopt

        results, written = adopt(arguments, results, tree)
        return results, files, written
    return results, files, True


def _lint(
    arguments: Namespace, tree: SettingsTree, asked: Found, began: float, cache: Cache | None
) -> tuple[list[Result], Files]:
    """What is found in the files, and these; says what is odd about them, and keeps what can be answered again."""
    from flake8_aa_celery.cli._workers import lint_all, processes

    files = _files.read_files(arguments, tree, asked)
    jobs = processes(arguments.jobs, files.relevant)
    results, seen, tasks = lint_all(files.relevant, tree.of, jobs, began, not arguments.ignore_noqa, arguments.verbose)
    if arguments.verbose:
        _tell(files, jobs, perf_counter() - began, seen)
    is_read = all(found.code != "AAC900" for result in results for found in result.violations)
    if is_read and not seen.tasks and not arguments.quiet and not arguments.watch:
        _tell_of_no_task(arguments, files)
    if cache is not None and not files.failed:
        found = zip(results, tasks, strict=True)
        cache.remember({result.path: (result.violations, count) for result, count in found})
    return results, files


def _demand_sense(arguments: Namespace) -> None:
    """Refuse options that do not go together.

    :raises CommandError: where there are some.
    """
    fixes = arguments.fix or arguments.diff or arguments.fix_only
    if arguments.unsafe_fixes and not fixes:
        raise CommandError("--unsafe-fixes needs --fix or --diff")
    if arguments.add_noqa and "-" in arguments.paths:
        raise CommandError("a comment cannot be written into standard input")
    if arguments.add_noqa and fixes:
        raise CommandError("--add-noqa is for what is left after the fixes: run them first")
    if arguments.watch and (fixes or arguments.add_noqa or arguments.update_baseline or "-" in arguments.paths):
        raise CommandError("--watch only reports on files, and changes none")
    if arguments.watch and arguments.output_file:
        raise CommandError("--watch says what changes, which a file cannot hold")
    if arguments.ignore_noqa and (fixes or arguments.add_noqa):
        raise CommandError("--ignore-noqa only reports: noqa comments are heeded where something is changed")


def _tell(files: Files, jobs: int, seconds: float, seen: Seen) -> None:
    relevant = f"{len(files.relevant)} of them have to do with Celery"
    print(f"{files.total} files read, {relevant}; {jobs} processes, {seconds:.2f} s", file=sys.stderr)
    print(f"recognised: {seen}", file=sys.stderr)


def _tell_of_no_task(arguments: Namespace, files: Files) -> None:
    """Say that no task was recognised, where a folder was checked in which there seem to be some."""
    from flake8_aa_celery.model import imports_celery, may_make_task

    speaking = sum(imports_celery(data) for _, data in files.relevant)
    if speaking and any(map(os.path.isdir, arguments.paths)) and any(may_make_task(data) for _, data in files.relevant):
        number = "1 file speaks" if speaking == 1 else f"{speaking} files speak"
        complain(
            f"{number} of Celery and no task was recognised: name your application or decorator in the setting "
            "celery-apps or task-decorators"
        )
