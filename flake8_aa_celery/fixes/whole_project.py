"""Fix the files of projects together: what is fixed in one file can show something in another."""

from __future__ import annotations

import gc
import os
from collections import Counter
from typing import TYPE_CHECKING

from flake8_aa_celery.fixes import Refused
from flake8_aa_celery.fixes._guard import demand_nothing_new
from flake8_aa_celery.fixes.engine import ROUNDS, Fixed, crash, fix, with_all_rules
from flake8_aa_celery.linter import check, rules_for
from flake8_aa_celery.model.code.import_graph import reaches
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.rewrites import ImportInTasksModule, MoveToTasksModule
from flake8_aa_celery.source import excludes, read, reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from flake8_aa_celery.rewrites import RewriteOfTwoFiles
    from flake8_aa_celery.settings import Settings
    from flake8_aa_celery.violation import Violation

    File = tuple[str, bytes]
    Work = Callable[[Iterable[File]], list[tuple[str, Fixed]]]
    _Move = tuple[Violation, RewriteOfTwoFiles]
    Spread = Callable[[Sequence[File], Work], list[tuple[str, Fixed]]]


#: So many new objects are some hundred megabytes; to look for garbage takes as long as to read a project.
_ENOUGH_GARBAGE = 1_000_000


def fix_all(files: Sequence[File], settings: Settings, spread: Spread, *, unsafe: bool = False) -> dict[str, Fixed]:
    """Fix many files, and write nothing; in the order of the files.

    The files of a project are gone through until nothing changes.

    :param files: their paths and bytes; what they become shadows what is on disk.
    :param settings: as for :func:`~flake8_aa_celery.fixes.engine.fix`, and so is ``unsafe``.
    :param spread: does the work that it is given on the files that it is given, in whatever processes.
    """
    fixer = _Fixer(files, settings, unsafe)
    waiting = files
    for _ in range(ROUNDS):
        shown = fixer.fix(waiting, spread) | (fixer.move_tasks() if unsafe else set())
        waiting = fixer.next_to(shown)
        if not waiting:
            break
    return dict(sorted(fixer.fixed.items()))


class _Fixer:
    """The files that are fixed, and what has become of them so far.

    :ivar fixed: by path what became of a file, and of one that was made.
    """

    def __init__(self, files: Sequence[File], settings: Settings, unsafe: bool) -> None:
        self.fixed: dict[str, Fixed] = {}
        self._settings = settings
        self._wide = with_all_rules(settings)
        self._unsafe = unsafe
        self._originals = dict(files)
        self._texts = dict(files)
        self._workspace = Workspace()

    def fix(self, files: Sequence[File], spread: Spread) -> set[str]:
        """Fix files, each for itself; returns those of which others may see something."""

        def work(part: Iterable[File]) -> list[tuple[str, Fixed]]:
            return [
                (path, fix(path, data, self._settings, self._workspace, unsafe=self._unsafe)) for path, data in part
            ]

        done = spread(files, work)
        for path, outcome in done:
            self.fixed[path] = _after(self.fixed.get(path), outcome)
            self._texts[path] = outcome.data
        return {path for path, outcome in done if outcome.is_shown}

    def next_to(self, shown: set[str]) -> list[File]:
        """The files of the projects that some files belong to, which may see something of them."""
        root_of = self._workspace.places.project_root
        roots = {root_of(path) for path in shown}
        near = [(path, data) for path, data in self._texts.items() if root_of(path) in roots]
        if near:
            self._shadow(self._texts)
        return near

    def _shadow(self, texts: Mapping[str, bytes]) -> None:
        """Have what other files say be read from texts, and not from the disk."""
        changed = {path: data for path, data in texts.items() if data != self._originals.get(path)}
        self._workspace = Workspace(changed)

    # -- moving tasks from one file to another ------------------------------------------------------------------

    def move_tasks(self) -> set[str]:
        """Move the tasks that belong elsewhere, one after the other; returns the files that are changed by it."""
        return {changed for path in list(self.fixed) for changed in self._move_all(path)}

    def _move_all(self, path: str) -> Iterator[str]:
        """Move the tasks of one file; the files that are changed by it."""
        refused: dict[tuple[str, str], tuple[Violation, str]] = {}
        while True:
            moves = (move for each in self.fixed[path].left for move in _moves_of(each))
            move = next((move for move in moves if self._task(path, move) not in refused), None)
            if move is None:
                break
            try:
                yield from self._move(path, *move)
            except Refused as why:
                refused[self._task(path, move)] = move[0], str(why)
            except Exception as error:
                refused[self._task(path, move)] = move[0], crash(error)
        self.fixed[path] = self.fixed[path]._replace(refused=(*self.fixed[path].refused, *refused.values()))

    def _task(self, path: str, move: _Move) -> tuple[str, str]:
        """What tells a task of a file from the others, whatever lines they stand in: its name, and where."""
        violation, rewrite = move
        return rewrite.name, self._texts[path].splitlines()[violation.line - 1].decode("utf-8", "replace")

    def _move(self, path: str, wanted: Violation, rewrite: RewriteOfTwoFiles) -> tuple[str, ...]:
        """Move one task and put down what has become of the two files.

        :raises Refused: where that cannot be done right.
        """
        from flake8_aa_celery.fixes._move import import_there, move

        target = _target(path, rewrite)
        there = self._texts[target] if target in self._texts else _read(target)
        self._demand_free(path, target)
        if isinstance(rewrite, ImportInTasksModule):
            moved = import_there(self._texts[path], there, rewrite)
        else:
            moved = move(path, self._texts[path], there, wanted.line, rewrite)
        after = {path: moved.source, target: moved.tasks}
        before = self._found_in({path: self._texts[path], target: there or b""})
        demand_nothing_new(before, self._found_in(after), [wanted.code])
        self._texts.update(after)
        own = self.fixed[path]
        left = tuple(
            each for each in check(path, moved.source, self._wide, self._workspace) if each.code in self._codes(path)
        )
        applied, moved_to = (*own.applied, wanted), (*own.moved_to, target)
        self.fixed[path] = own._replace(data=moved.source, applied=applied, left=left, moved_to=moved_to)
        self.fixed[target] = self.fixed.get(target, Fixed(b"", (), (), ()))._replace(data=moved.tasks)
        return path, target

    def _demand_free(self, path: str, target: str) -> None:
        """Refuse where the module of tasks is left out of the checks, or has the file imported that lacks the task."""
        self._shadow(self._texts)
        places = self._workspace.places
        root = places.project_root(target)
        if excludes(target, root, self._settings) or not places.is_checked(target, self._settings):
            raise Refused("the module of tasks is excluded")
        project = self._workspace.project_of(target, self._wide)
        tasks = project.load(os.path.abspath(target))
        if tasks is not None and reaches(tasks, os.path.abspath(path)):
            raise Refused("the module of tasks imports this one")

    def _codes(self, path: str) -> set[str]:
        return {rule.code for rule in rules_for(path, self._settings)}

    def _found_in(self, files: Mapping[str, bytes]) -> Counter[str]:
        """How many violations of each code are in files that hold this."""
        self._shadow({**self._texts, **files})
        if gc.get_count()[0] > _ENOUGH_GARBAGE:  # nobody else looks for it: a project twice with every task that moves
            gc.collect()
        return Counter(
            violation.code
            for path, data in files.items()
            for violation in check(path, data, self._wide, self._workspace)
        )


def _after(before: Fixed | None, now: Fixed) -> Fixed:
    """What became of a file that has been fixed before."""
    return now if before is None else now._replace(applied=before.applied + now.applied, moved_to=before.moved_to)


def _target(path: str, rewrite: RewriteOfTwoFiles) -> str:
    """The second file that a rewrite concerns."""
    if isinstance(rewrite, ImportInTasksModule):
        return rewrite.target
    return os.path.join(os.path.dirname(path), f"{rewrite.module}.py")


def _moves_of(violation: Violation) -> Iterator[_Move]:
    """How each task moves that a violation is about, with the violation at that task."""
    rewrite = violation.fix.rewrite if violation.fix is not None else None
    if isinstance(rewrite, MoveToTasksModule):
        for each in (rewrite, *rewrite.others):
            yield violation._replace(line=each.line or violation.line), each
    elif isinstance(rewrite, ImportInTasksModule):
        yield violation, rewrite


def _read(path: str) -> bytes | None:
    """What a file holds; None where there is none.

    :raises Refused: where it cannot be read.
    """
    try:
        return read(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Refused(f"{path} cannot be read: {reason(error)}") from error
