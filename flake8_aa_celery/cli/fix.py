"""``aa-celery fix``: fix what can be fixed, and report the rest."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from flake8_aa_celery import rewrites
from flake8_aa_celery.cli import _files, _report, _settings, check
from flake8_aa_celery.cli._output import MISUSE, CommandError
from flake8_aa_celery.cli._workers import processes, spread
from flake8_aa_celery.cli._write import read_or_nothing, write_all
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.report import Result
from flake8_aa_celery.report._summary import unsafely_fixable
from flake8_aa_celery.wording import counted

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable, Mapping, Sequence

    from flake8_aa_celery.cli._files import File
    from flake8_aa_celery.fixes.engine import Fixed
    from flake8_aa_celery.pyproject import SettingsTree
    from flake8_aa_celery.settings import Settings
    from flake8_aa_celery.violation import Violation

#: What calls another method than before, which a test may have put something else in the place of.
_OTHER_METHODS = (
    rewrites.ChainInsteadOfGroup,
    rewrites.MethodInsteadOfCall,
    rewrites.LoopToChain,
    rewrites.OptionOnEach,
    rewrites.RenameMethod,
    rewrites.SendOnCommit,
    rewrites.UseApplyAsync,
)
_HINT = "tests that patch `delay` or what else is no longer called will notice; a formatter may run after this"


HELP = "fix what can be fixed, and report the rest"


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of ``fix``: those of ``check``, but for what only reports."""
    check.add_fix_arguments(parser.add_argument_group("fixes"))
    check.add_common_arguments(parser)


@_settings.given
def run(arguments: Namespace, tree: SettingsTree) -> int:
    """Fix the files and report what is left; see the exit codes of the command."""
    if arguments.show_files:
        return _files.show(arguments, tree)
    return fix_files(arguments, tree)


def fix_files(arguments: Namespace, tree: SettingsTree) -> int:
    """Fix the files and report what is left; returns the exit code.

    :raises CommandError: for what cannot be asked for together.
    """
    is_filter = "-" in arguments.paths
    if is_filter and len(arguments.paths) > 1:
        raise CommandError("standard input is fixed by itself, without other paths")
    if arguments.update_baseline and (is_filter or arguments.diff):
        raise CommandError("--update-baseline is for fixes that are written to files")
    files = _filtered(arguments, tree) if is_filter else _files.read_files(arguments, tree)
    fixed = _fixed(files.relevant, arguments, tree, is_filter=is_filter)
    before = dict(files.relevant)
    before |= {path: read_or_nothing(path) for path in fixed if path not in before}
    unwritten = _put(arguments, before, fixed, is_filter=is_filter)
    put = {path: outcome for path, outcome in fixed.items() if path not in unwritten}
    left, written = _left(arguments, before, put, tree)
    _tell(arguments, put, left)
    _files.tell_of_nothing(arguments, files)
    return _finish(arguments, put, left, tree, failed=files.failed or bool(unwritten) or not written)


def _filtered(arguments: Namespace, tree: SettingsTree) -> _files.Files:
    """Standard input; where it is not to be checked it is put out as it is."""
    data = sys.stdin.buffer.read()
    if _files.is_left_out(arguments, tree):
        if not arguments.diff:
            sys.stdout.buffer.write(data)
        return _files.Files([], 0, False)
    return _files.Files([(arguments.stdin_filename, data)], 1, False)


def _fixed(files: Sequence[File], arguments: Namespace, tree: SettingsTree, *, is_filter: bool) -> dict[str, Fixed]:
    """What becomes of the files; a filter changes the one alone and moves nothing to another.

    Files with the same settings are fixed together: those of a project have the same.
    """
    from flake8_aa_celery.fixes.engine import fix
    from flake8_aa_celery.fixes.whole_project import fix_all

    unsafe = arguments.unsafe_fixes
    if is_filter:
        workspace = Workspace()
        return {path: fix(path, data, tree.of(path), workspace, unsafe=unsafe) for path, data in files}
    jobs = processes(arguments.jobs, files)
    groups: dict[Settings, list[File]] = {}
    for path, data in files:
        groups.setdefault(tree.of(path), []).append((path, data))
    fixed: dict[str, Fixed] = {}
    for settings, group in groups.items():
        fixed |= fix_all(group, settings, partial(spread, jobs=jobs), unsafe=unsafe)
    return dict(sorted(fixed.items()))


def _put(arguments: Namespace, before: Mapping[str, bytes], fixed: Mapping[str, Fixed], *, is_filter: bool) -> set[str]:
    """Put what became of the files where it is wanted; returns those that could not be written."""
    if arguments.diff:
        from flake8_aa_celery.cli._diff import diff, write

        for path, outcome in fixed.items():
            write(diff(path, before[path], outcome), arguments.color, sys.stdout)
        return set()
    if is_filter:
        sys.stdout.buffer.write(b"".join(outcome.data for outcome in fixed.values()))
        return set()
    after = {path: outcome.data for path, outcome in fixed.items()}
    return write_all(before, after, {path: outcome.moved_to for path, outcome in fixed.items()})


def _left(
    arguments: Namespace, before: Mapping[str, bytes], fixed: Mapping[str, Fixed], tree: SettingsTree
) -> tuple[list[Result], bool]:
    """What is left but for what a baseline holds, and whether everything could be written."""
    left = [Result(path, outcome.left, outcome.data) for path, outcome in fixed.items()]
    written = True
    if arguments.update_baseline or _settings.any_baseline(arguments, tree):
        from flake8_aa_celery.cli._adopting import without_known

        left, written = without_known(arguments, left, tree)
    if arguments.diff:
        from flake8_aa_celery.cli._diff import without_fixes

        left = [
            Result(each.path, without_fixes(each.violations, before[each.path], each.data), before[each.path])
            for each in left
        ]
    return left, written


def _finish(
    arguments: Namespace, fixed: Mapping[str, Fixed], left: list[Result], tree: SettingsTree, *, failed: bool
) -> int:
    """Report what is left; returns the exit code."""
    aside = arguments.diff or "-" in arguments.paths  # standard output is taken, by a diff or by what was fixed
    reported = [] if arguments.fix_only else left
    written = _report.write_report(arguments, reported, tree, sys.stderr if aside else sys.stdout, fixed=True)
    if not written or failed:
        return MISUSE
    applied = [Result(path, outcome.applied) for path, outcome in fixed.items()]
    return _report.exit_code(arguments, [*reported, *applied])


def _tell(arguments: Namespace, fixed: Mapping[str, Fixed], left: Sequence[Result]) -> None:
    """Say on standard error what was fixed, and why others were not made; if asked for each fix."""
    for path, outcome in fixed.items():
        if arguments.verbose or arguments.show_fixes:
            sys.stderr.writelines(_made(path, outcome, named=arguments.show_fixes))
        if not arguments.quiet:
            sys.stderr.writelines(_not_made(path, outcome))
    if arguments.quiet:
        return
    counts = [len(outcome.applied) for outcome in fixed.values() if outcome.applied]
    if counts:
        done = "would be fixed" if arguments.diff else "fixed"
        print(f"{counted(sum(counts), 'violation')} {done} in {counted(len(counts), 'file')}", file=sys.stderr)
        if any(_sends_otherwise(violation) for outcome in fixed.values() for violation in outcome.applied):
            print(_HINT, file=sys.stderr)
    unsafe = unsafely_fixable(left)
    if arguments.fix_only and unsafe and not arguments.unsafe_fixes:  # a report of what is left says so itself
        print(f"{unsafe} can be fixed with `aa-celery fix --unsafe-fixes`", file=sys.stderr)


def _sends_otherwise(violation: Violation) -> bool:
    """Whether a fix calls another method to send a task."""
    return violation.fix is not None and isinstance(violation.fix.rewrite, _OTHER_METHODS)


def _made(path: str, outcome: Fixed, *, named: bool) -> Iterable[str]:
    for violation in outcome.applied:
        if violation.fix:
            rule = f"{violation.code} {violation.name}" if named else violation.code
            yield f"{path}: {rule} fixed: {violation.fix.title}\n"


def _not_made(path: str, outcome: Fixed) -> Iterable[str]:
    for violation, why in outcome.refused:
        yield f"{path}:{violation.line}: {violation.code} not fixed: {why}\n"
