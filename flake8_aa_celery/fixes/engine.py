"""Fix files: what rules find is cured by the rewrites that they name, until there is nothing left to cure."""

from __future__ import annotations

import gc
import io
import os
import tokenize
from collections import Counter
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.documents import is_document
from flake8_aa_celery.fixes import Change, Refused, rewrite_called
from flake8_aa_celery.linter import check, parse, rules_for
from flake8_aa_celery.model.project import Project
from flake8_aa_celery.places import project_root
from flake8_aa_celery.source import decode, lines_of, read, reason

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from flake8_aa_celery.fixes._tree import Tree
    from flake8_aa_celery.settings import Settings
    from flake8_aa_celery.violation import Violation

    File = tuple[str, bytes]
    Work = Callable[[Iterable[File]], list[tuple[str, "Fixed"]]]
    Spread = Callable[[Sequence[File], Work], list[tuple[str, "Fixed"]]]

#: Fixes that bring each other about end at some time; should they not, this many rounds are enough.
ROUNDS = 10


#: Rules whose fixes change how something is called, logged or scheduled, and nothing that other files know of.
_WITHIN = frozenset(
    {"AAC105", "AAC106", "AAC205", "AAC206", "AAC207", "AAC208", "AAC306", "AAC402", "AAC403", "AAC404", "AAC405"}
    | {"AAC409", "AAC501", "AAC505", "AAC603"}
)
#: The one rewrite that concerns two files, and is no module of its own.
_MOVE = "move_to_tasks"


class Fixed(NamedTuple):
    """What became of a file.

    :param data: its bytes, the same where nothing was fixed.
    :param applied: the violations that were cured, in the order of their rounds.
    :param refused: those that could not be, each with the reason.
    :param left: what is reported now.
    :param moved_to: the files that took what this one lost: they must be written before it is.
    """

    data: bytes
    applied: tuple[Violation, ...]
    refused: tuple[tuple[Violation, str], ...]
    left: tuple[Violation, ...]
    moved_to: tuple[str, ...] = ()


class Planned(NamedTuple):
    """A violation and what its rewrite wants to change."""

    violation: Violation
    change: Change


def fix(path: str, data: bytes, settings: Settings, *, unsafe: bool = False) -> Fixed:
    """Fix one file, and write nothing.

    :param path: where the file is, or would be.
    :param data: its bytes.
    :param settings: the rules that they select are fixed; that no new violation is made goes for all.
    :param unsafe: whether to apply fixes that change what is sent.
    """
    return _Fixer(path, data, settings, unsafe, check(path, data, with_all_rules(settings))).run()


def fix_all(files: Sequence[File], settings: Settings, spread: Spread, *, unsafe: bool = False) -> dict[str, Fixed]:
    """Fix many files, and write nothing; in the order of the files.

    What is fixed in one file can show something in another: the files of a project are gone through until
    nothing changes.

    :param files: their paths and bytes; what they become shadows what is on disk.
    :param spread: does the work that it is given on the files that it is given, in whatever processes.
    """

    def work(part: Iterable[File]) -> list[tuple[str, Fixed]]:
        return [(path, fix(path, data, settings, unsafe=unsafe)) for path, data in part]

    fixed: dict[str, Fixed] = {}
    originals, texts = dict(files), dict(files)
    waiting: Sequence[File] = files
    for _ in range(ROUNDS):
        changed = {}
        for path, outcome in spread(waiting, work):
            fixed[path] = _together(fixed.get(path), outcome)
            if outcome.applied:
                changed[path] = texts[path] = outcome.data
        for path in list(fixed):
            changed.update(_moved(path, texts, fixed, settings, unsafe=unsafe))
        if not changed:
            break
        roots = {project_root(path) for path in changed if _shows_elsewhere(fixed[path])}
        waiting = [(path, data) for path, data in texts.items() if project_root(path) in roots]
        if not waiting:
            break
        _shadow([(path, data) for path, data in texts.items() if data != originals.get(path)], settings)
    return dict(sorted(fixed.items()))


def with_all_rules(settings: Settings) -> Settings:
    """Settings by which every rule is asked that is on by default or selected."""
    selected = settings.select + settings.extend_select
    return settings._replace(select=(), extend_select=selected, ignore=())


def _together(before: Fixed | None, now: Fixed) -> Fixed:
    return now if before is None else now._replace(applied=before.applied + now.applied, moved_to=before.moved_to)


def _moved(
    path: str, texts: dict[str, bytes], fixed: dict[str, Fixed], settings: Settings, *, unsafe: bool
) -> dict[str, bytes]:
    """Move the tasks of a file that belong elsewhere, one after the other; what files become by it."""
    changed: dict[str, bytes] = {}
    refused: dict[str, tuple[Violation, str]] = {}
    while unsafe:
        wanted = next((each for each in fixed[path].left if _is_move(each) and each.message not in refused), None)
        if wanted is None:
            break
        try:
            changed |= _move_one(path, wanted, texts, fixed, settings)
        except Refused as why:
            refused[wanted.message] = wanted, str(why)
    fixed[path] = fixed[path]._replace(refused=(*fixed[path].refused, *refused.values()))
    return changed


def _is_move(violation: Violation) -> bool:
    return violation.fix is not None and violation.fix.rewrite == _MOVE


def _move_one(
    path: str, wanted: Violation, texts: dict[str, bytes], fixed: dict[str, Fixed], settings: Settings
) -> dict[str, bytes]:
    """Move one task and put down what has become of the two files.

    :raises Refused: where that cannot be done right.
    """
    from flake8_aa_celery.fixes._move import move

    arguments = wanted.fix.arguments if wanted.fix else {}
    target = os.path.join(os.path.dirname(path), f"{arguments['module']}.py")
    there = texts[target] if target in texts else _read(target)
    source, tasks = move(path, texts[path], there, wanted.line, arguments)
    after = {path: source, target: tasks}
    _demand_no_harm({**texts, target: there or b""}, after, settings)
    codes = {rule.code for rule in rules_for(path, settings)}
    left = tuple(found for found in check(path, source, with_all_rules(settings)) if found.code in codes)
    applied, moved_to = (*fixed[path].applied, wanted), (*fixed[path].moved_to, target)
    fixed[path] = fixed[path]._replace(data=source, applied=applied, left=left, moved_to=moved_to)
    fixed[target] = fixed.get(target, Fixed(tasks, (), (), ()))._replace(data=tasks)
    texts.update(after)
    return after


def _read(path: str) -> bytes | None:
    try:
        return read(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Refused(f"{path} cannot be read: {reason(error)}") from error


def _demand_no_harm(before: Mapping[str, bytes], after: Mapping[str, bytes], settings: Settings) -> None:
    """Refuse what would make a violation that was not there, but that a module of tasks has no logger.

    :param before: all files, of which some become what is in ``after``.
    """
    roots = {project_root(path) for path in after}
    before = {path: data for path, data in before.items() if project_root(path) in roots}
    codes = Counter({"AAC105": 1})
    codes.update(_codes({path: before[path] for path in after}, before, settings))
    codes.subtract(_codes(after, {**before, **after}, settings))
    for code, count in codes.items():
        if count < 0:
            raise Refused(f"{code} would be violated")


def _codes(files: Mapping[str, bytes], seen: Mapping[str, bytes], settings: Settings) -> Iterator[str]:
    """The codes of the violations in files, where other files are as they are ``seen``."""
    Project.forget()
    gc.collect()  # nobody else looks for garbage, and this is a project twice with every task that moves
    _shadow([*seen.items()], settings)
    for path, data in files.items():
        yield from (violation.code for violation in check(path, data, with_all_rules(settings)))


def _shows_elsewhere(outcome: Fixed) -> bool:
    """Whether what was fixed in a file may concern what is found in another one."""
    return any(violation.code not in _WITHIN for violation in outcome.applied)


def _shadow(files: Iterable[File], settings: Settings) -> None:
    """Let what other files say be read from these bytes, and not from the disk."""
    Project.forget()
    for path, data in files:
        if not is_document(path):
            with suppress(SyntaxError):  # it is reported, and nothing of it is known
                Project.of(path, settings).shadow(path, _tree(data))


@lru_cache(maxsize=1024)
def _tree(data: bytes) -> ast.Module:
    return parse(data)


class _Fixer:
    """The rounds of one file."""

    def __init__(self, path: str, data: bytes, settings: Settings, unsafe: bool, known: list[Violation]) -> None:
        self._path = path
        self._data = data
        self._wide = with_all_rules(settings)
        self._codes = {rule.code for rule in rules_for(path, settings)}
        self._safeties = ("safe", "unsafe") if unsafe else ("safe",)
        self._applied: list[Violation] = []
        self._refused: dict[tuple[str, ...], tuple[Violation, str]] = {}
        self._known = known

    def run(self) -> Fixed:
        for _ in range(ROUNDS):
            if not self._round():
                break
        left = tuple(violation for violation in self._known if violation.code in self._codes)
        return Fixed(self._data, tuple(self._applied), tuple(self._refused.values()), left)

    def _round(self) -> bool:
        """Apply what can be applied at once; False where nothing was."""
        wanted = [violation for violation in self._known if self._is_wanted(violation)]
        if not wanted:
            return False
        from flake8_aa_celery.fixes._tree import Tree  # libcst is imported where there is something to fix

        try:
            tree = Tree(self._path, decode(self._data), _lines_of(wanted))
        except (Refused, SyntaxError, UnicodeError) as error:
            for violation in wanted:
                self._refuse(violation, str(error))
            return False
        planned = self._planned(tree, wanted)
        batch = _apart(tree, planned)
        return bool(batch) and (self._apply(tree, batch) or self._apply_part(tree, batch))

    def _is_wanted(self, violation: Violation) -> bool:
        return (
            violation.fix is not None
            and violation.fix.rewrite != _MOVE
            and not is_document(self._path)
            and violation.fix.safety in self._safeties
            and violation.code in self._codes
            and self._identity(violation) not in self._refused
        )

    def _planned(self, tree: Tree, wanted: Iterable[Violation]) -> list[Planned]:
        """What the rewrites want to change, in the order of place and code."""
        from flake8_aa_celery.fixes._tree import Place

        planned = []
        for violation in wanted:
            assert violation.fix is not None
            try:
                rewrite = rewrite_called(violation.fix.rewrite)
                planned.append(Planned(violation, rewrite(Place(tree, violation), violation.fix.arguments)))
            except Refused as reason:
                self._refuse(violation, str(reason))
            except Exception as error:
                self._refuse(violation, _crash(error))
        return planned

    def _apply(self, tree: Tree, batch: Sequence[Planned]) -> bool:
        """Apply a batch if that does no harm; a single fix that does some is refused for good."""
        from flake8_aa_celery.fixes._edit import apply
        from flake8_aa_celery.fixes._guard import checked

        cured = [planned.violation for planned in batch]
        try:
            text = apply(tree, [planned.change for planned in batch])
            data = _encoded(text, self._data)
            self._known = checked(self._path, self._data, data, self._known, cured, self._wide, self._is_wanted)
        except Refused as reason:
            if len(batch) == 1:
                self._refuse(cured[0], str(reason))
            return False
        except Exception as error:
            if len(batch) == 1:
                self._refuse(cured[0], _crash(error))
            return False
        self._data = data
        self._applied += cured
        return True

    def _apply_part(self, tree: Tree, batch: Sequence[Planned]) -> bool:
        """Apply a part of a batch that does no harm; the rest has its turn in later rounds."""
        middle = len(batch) // 2
        halves = (batch[:middle], batch[middle:]) if middle else ()
        return any(self._apply(tree, half) or self._apply_part(tree, half) for half in halves)

    def _refuse(self, violation: Violation, reason: str) -> None:
        self._refused[self._identity(violation)] = violation, reason

    def _identity(self, violation: Violation) -> tuple[str, ...]:
        """What tells a violation from others when its line has moved."""
        lines = lines_of(self._data)[violation.line - 1 : violation.end_line]
        return violation.code, violation.message, str(violation.column), "".join(lines)


def _crash(error: Exception) -> str:
    """What is said of a rewrite that went wrong: the others go on, as other rules do where one crashes."""
    return f"the fix crashed: {type(error).__name__}: {error}; please report it with the code it crashed on"


def _lines_of(wanted: Iterable[Violation]) -> set[int]:
    """The lines that the rewrites of violations look into: those of the violations and of what they are told."""
    found: set[int] = set()
    for violation in wanted:
        found.add(violation.line)
        arguments = violation.fix.arguments if violation.fix else {}
        spots = [arguments.get(name) for name in ("spot", "call", "key")] + arguments.get("members", [])
        found.update(spot[0] for spot in spots if spot)
    return found


def _apart(tree: Tree, planned: Sequence[Planned]) -> list[Planned]:
    """Those changes that do not want the same place; of two that do, the first."""
    from flake8_aa_celery.fixes._edit import overlap

    batch: list[Planned] = []
    for candidate in planned:
        if not any(overlap(tree, candidate.change, other.change) for other in batch):
            batch.append(candidate)
    return batch


def _encoded(text: str, like: bytes) -> bytes:
    """Text in the encoding of a file, with its byte-order mark.

    :raises Refused: where that encoding does not have a character of the text.
    """
    encoding, _ = tokenize.detect_encoding(io.BytesIO(like).readline)
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        raise Refused(f"{encoding} cannot express the result") from error
