"""The two ways to begin with an app that has violations: a baseline, and ``noqa`` comments."""

from __future__ import annotations

import os
import sys
from operator import attrgetter
from typing import TYPE_CHECKING

from flake8_aa_celery.cli._output import CommandError, complain
from flake8_aa_celery.cli._settings import first_folder
from flake8_aa_celery.source import reason

if TYPE_CHECKING:
    from argparse import Namespace

    from flake8_aa_celery.pyproject import SettingsTree
    from flake8_aa_celery.report import Result, Results


#: What keeps others from taking the comments away again.
_KEEPING = (
    'ruff and yesqa delete comments that they do not know: set lint.external = ["AAC"] for ruff, '
    "and give yesqa's hook flake8-aa-celery in additional_dependencies"
)


def adopt(arguments: Namespace, results: list[Result], tree: SettingsTree) -> tuple[list[Result], bool]:
    """What is still to be reported, and whether everything could be written.

    :raises CommandError: where a baseline is to be brought up to date and none is set.
    """
    results, written = without_known(arguments, results, tree)
    if arguments.add_noqa:
        results, commented = _with_comments(arguments, results)
        written = written and commented
    return results, written


def without_known(arguments: Namespace, results: list[Result], tree: SettingsTree) -> tuple[list[Result], bool]:
    """What the baselines do not hold, once they are brought up to date where that is asked for.

    Each file has the baseline of its own settings; whether everything could be written is told, too.
    """
    groups: dict[str, list[Result]] = {tree.of_folder(first_folder(arguments)).baseline: []}
    for result in results:
        groups.setdefault(tree.of(result.path).baseline, []).append(result)
    if arguments.update_baseline and not any(groups):
        raise CommandError("--update-baseline needs --baseline FILE, or baseline in the settings")
    written = True
    unknown = groups.pop("", [])
    for path, group in groups.items():
        left, done = _without_known(arguments, path, group)
        unknown += left
        written = written and done
    return sorted(unknown, key=attrgetter("path")), written


def _without_known(arguments: Namespace, path: str, results: list[Result]) -> tuple[list[Result], bool]:
    """What one baseline does not hold."""
    from flake8_aa_celery.cli._baseline import Baseline

    baseline = Baseline(path)
    if not arguments.update_baseline or os.path.exists(path):
        baseline.load()
    if arguments.update_baseline and not _write_baseline(path, baseline.update(results, arguments.paths)):
        return results, False
    unknown = baseline.unknown(results)
    _tell(arguments, f"{_count(results) - _count(unknown)} of the violations are known by {path}")
    return unknown, True


def _write_baseline(path: str, data: bytes) -> bool:
    from flake8_aa_celery.writing import write

    try:
        write(path, data)
    except OSError as error:
        complain(f"{path}: {reason(error)}")
        return False
    return True


def _with_comments(arguments: Namespace, results: list[Result]) -> tuple[list[Result], bool]:
    """What no comment can silence; the others are written."""
    from flake8_aa_celery.cli._write import write_all
    from flake8_aa_celery.silencing import silenced

    after = silenced(results)
    before = {result.path: result.data for result in results}
    unwritten = write_all(before, {result.path: result.data for result in after})
    after = [old if old.path in unwritten else new for old, new in zip(results, after, strict=True)]
    silenced_now = _count(results) - _count(after)
    _tell(arguments, f"{silenced_now} violations silenced")
    if silenced_now:
        _tell(arguments, _KEEPING)
    return after, not unwritten


def _count(results: Results) -> int:
    return sum(len(result.violations) for result in results)


def _tell(arguments: Namespace, text: str) -> None:
    if not arguments.quiet:
        print(text, file=sys.stderr)
