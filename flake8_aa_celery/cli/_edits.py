"""What the fixes of violations would change, for reports that say so. Nothing is written."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flake8_aa_celery.cli._workers import processes, spread
from flake8_aa_celery.fixes.engine import fix_each
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.report import Edit
from flake8_aa_celery.report._changes import changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flake8_aa_celery.cli._files import File
    from flake8_aa_celery.pyproject import SettingsTree
    from flake8_aa_celery.report import Result
    from flake8_aa_celery.settings import Settings


def with_edits(results: Sequence[Result], tree: SettingsTree, jobs: str | None) -> list[Result]:
    """The same results with what the fix of each violation would change: nothing, where that cannot be done right.

    :param jobs: as for :func:`~flake8_aa_celery.cli._workers.processes`.
    """
    by_path = {result.path: result for result in results if any(found.fix for found in result.violations)}
    files = [(path, result.data) for path, result in by_path.items()]
    work = partial(_work, by_path=by_path, tree=tree)
    edits = dict(zip(by_path, spread(files, work, processes(jobs, files)), strict=True))
    return [result._replace(edits=edits[result.path]) if result.path in edits else result for result in results]


def _work(files: Iterable[File], by_path: dict[str, Result], tree: SettingsTree) -> list[list[tuple[Edit, ...]]]:
    workspace = Workspace()
    return [_of_file(by_path[path], tree.of(path), workspace) for path, _ in files]


def _of_file(result: Result, settings: Settings, workspace: Workspace) -> list[tuple[Edit, ...]]:
    """What the fix of each violation of a file would change, if it were the only one."""
    each_alone = fix_each(result.path, result.data, settings, workspace, result.violations)
    return [tuple(changes(result.data, after)) for after in each_alone]
