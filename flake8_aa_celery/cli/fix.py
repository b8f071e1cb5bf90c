"""``aa-celery fix``: mend what can be mended, and report the rest."""

from __future__ import annotations

import re
import sys
from functools import partial
from typing import TYPE_CHECKING

from flake8_aa_celery.cli import _files, _report, _settings, check
from flake8_aa_celery.cli._output import MISUSE, CommandError
from flake8_aa_celery.cli._workers import processes, spread
from flake8_aa_celery.cli._write import read_or_nothing, write_all
from flake8_aa_celery.report import Result
from flake8_aa_celery.source import decode
from flake8_aa_celery.wording import counted

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from flake8_aa_celery.cli._files import File
    from flake8_aa_celery.fixes.engine import Fixed
    from flake8_aa_celery.pyproject import SettingsTree
    from flake8_aa_celery.settings import Settings

HELP = "mend what can be mended, and report the rest"


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of ``fix``: those of ``check`` and a few more."""
    fixes = parser.add_argument_group("fixes")
    fixes.add_argument("--unsafe-fixes", action="store_true", help="apply fixes that change what is sent, too")
    fixes.add_argument("--diff", action="store_true", help="show what would change, and write nothing")
    fixes.add_argument("--fix-only", action="store_true", help="neither report nor count what is left")
    check.add_common_arguments(parser)


@_settings.given
def run(arguments: Namespace, tree: SettingsTree) -> int:
    """Fix the files and report what is left; see the exit codes of the command."""
    if arguments.show_files:
        return _files.show(arguments, tree)
    is_filter = "-" in arguments.paths
    if is_filter and len(arguments.paths) > 1:
        raise CommandError("standard input is fixed by itself, without other paths")
    if is_filter:
        files = _files.Files([(arguments.stdin_filename, sys.stdin.buffer.read())], 1, False)
        if _files.is_left_out(arguments, tree):
            sys.stdout.buffer.write(files.relevant[0][1])
            return 0
    else:
        files = _files.read_files(arguments, tree)
    fixed = _fixed(files.relevant, arguments, tree, is_filter=is_filter)
    before = dict(files.relevant)
    before |= {path: read_or_nothing(path) for path in fixed if path not in before}
    unwritten = _put(arguments, before, fixed, is_filter=is_filter)
    put = {path: outcome for path, outcome in fixed.items() if path not in unwritten}
    _tell(arguments, put)
    return _finish(arguments, put, failed=files.failed or bool(unwritten), aside=is_filter or arguments.diff)


def _fixed(files: Sequence[File], arguments: Namespace, tree: SettingsTree, *, is_filter: bool) -> dict[str, Fixed]:
    """What becomes of the files; a filter changes the one alone and moves nothing to another.

    Files with the same settings are fixed together: those of a project have the same.
    """
    from flake8_aa_celery.fixes.engine import fix
    from flake8_aa_celery.fixes.together import fix_all

    unsafe = arguments.unsafe_fixes
    if is_filter:
        return {path: fix(path, data, tree.of(path), unsafe=unsafe) for path, data in files}
    jobs = processes(arguments.jobs, files)
    groups: dict[Settings, list[File]] = {}
    for path, data in files:
        groups.setdefault(tree.of(path), []).append((path, data))
    fixed: dict[str, Fixed] = {}
    for settings, group in groups.items():
        fixed |= fix_all(group, settings, partial(spread, jobs=jobs), unsafe=unsafe)
    return dict(sorted(fixed.items()))


def _finish(arguments: Namespace, fixed: Mapping[str, Fixed], *, failed: bool, aside: bool) -> int:
    """Report what is left; returns the exit code.

    :param aside: whether standard output is taken, by a diff or by what was fixed.
    """
    outcomes = [] if arguments.fix_only else fixed.items()
    left = [Result(path, outcome.left, outcome.data) for path, outcome in outcomes]
    if not _report.write_report(arguments, left, sys.stderr if aside else sys.stdout, fixed=True) or failed:
        return MISUSE
    found = any(result.violations for result in left) or any(outcome.applied for outcome in fixed.values())
    return int(found and not arguments.exit_zero)


def _put(arguments: Namespace, before: Mapping[str, bytes], fixed: Mapping[str, Fixed], *, is_filter: bool) -> set[str]:
    """Put what became of the files where it is wanted; returns those that could not be written."""
    if arguments.diff:
        for path, outcome in fixed.items():
            sys.stdout.writelines(_diff(path, before[path], outcome.data))
        return set()
    if is_filter:
        sys.stdout.buffer.write(b"".join(outcome.data for outcome in fixed.values()))
        return set()
    after = {path: outcome.data for path, outcome in fixed.items()}
    return write_all(before, after, {path: outcome.moved_to for path, outcome in fixed.items()})


def _diff(path: str, before: bytes, after: bytes) -> Iterator[str]:
    """A unified diff as ``patch`` and git take it; nothing for what is the same."""
    from difflib import unified_diff

    if before == after:
        return
    lines = unified_diff(_lines(before), _lines(after), path, path)
    for line in lines:
        yield line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"


def _lines(data: bytes) -> list[str]:
    """The lines with their ends as they are; what is changed can be decoded."""
    return [line for line in re.split(r"(?<=\n)", decode(data)) if line]


def _tell(arguments: Namespace, fixed: Mapping[str, Fixed]) -> None:
    """Say on standard error what was fixed; with ``-v`` each fix, and why others were not made."""
    if arguments.verbose:
        for path, outcome in fixed.items():
            sys.stderr.writelines(_details(path, outcome))
    counts = [len(outcome.applied) for outcome in fixed.values() if outcome.applied]
    if counts and not arguments.quiet:
        done = "would be fixed" if arguments.diff else "fixed"
        print(f"{counted(sum(counts), 'violation')} {done} in {counted(len(counts), 'file')}", file=sys.stderr)


def _details(path: str, outcome: Fixed) -> Iterable[str]:
    for violation in outcome.applied:
        if violation.fix:
            yield f"{path}: {violation.code} fixed: {violation.fix.title}\n"
    for violation, why in outcome.refused:
        yield f"{path}:{violation.line}: {violation.code} not fixed: {why}\n"
