"""Fix a file: what rules find is cured by the rewrites that they name, until there is nothing left to cure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.fixes import Change, Refused
from flake8_aa_celery.fixes._version import Version
from flake8_aa_celery.interrupts import hand_on_interrupt
from flake8_aa_celery.linter import rules_for
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.rewrites import OF_TWO_FILES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flake8_aa_celery.fixes._tree import Tree
    from flake8_aa_celery.settings import Settings
    from flake8_aa_celery.violation import Violation

#: Fixes that bring each other about end at some time; should they not, this many rounds are enough.
ROUNDS = 10


class Fixed(NamedTuple):
    """What became of a file.

    :param data: its bytes, the same where nothing was fixed.
    :param applied: the violations that were cured, in the order of their rounds.
    :param refused: those that could not be, each with the reason.
    :param left: what is reported now.
    :param is_shown: whether other files may see something of what was fixed.
    :param moved_to: the files that took what this one lost: they must be written before it is.
    """

    data: bytes
    applied: tuple[Violation, ...]
    refused: tuple[tuple[Violation, str], ...]
    left: tuple[Violation, ...]
    is_shown: bool = False
    moved_to: tuple[str, ...] = ()


class _Planned(NamedTuple):
    """A violation and what its rewrite wants to change."""

    violation: Violation
    change: Change


def fix(
    path: str,
    data: bytes,
    settings: Settings,
    workspace: Workspace | None = None,
    *,
    unsafe: bool = False,
    only: Violation | None = None,
) -> Fixed:
    """Fix one file, and write nothing.

    :param path: where the file is, or would be.
    :param data: its bytes.
    :param settings: the rules that they select are fixed; that no new violation is made goes for all.
    :param workspace: the files that it is one of, which then see what it becomes. One of its own where None.
    :param unsafe: whether to apply fixes that change what is sent.
    :param only: the one violation to be fixed; all where None.
    """
    version = Version(path, data, with_all_rules(settings), workspace or Workspace())
    return _Fixer(version, settings, unsafe).run(only)


def fix_each(
    path: str, data: bytes, settings: Settings, workspace: Workspace, violations: Sequence[Violation]
) -> list[bytes]:
    """What a file becomes by the fix of each of its violations alone; its own bytes where that is refused.

    The parameters are those of :func:`fix`. The file is linted once, and the other files see it as it is in the end.

    :param violations: of the file as it is; those that have no fix leave it as it is.
    """
    version = Version(path, data, with_all_rules(settings), workspace)
    found: list[bytes] = []
    for violation in violations:
        if violation.fix is None:
            found.append(data)
            continue
        found.append(_Fixer(version, settings, unsafe=violation.fix.safety == "unsafe").run(violation).data)
        version.show()
    return found


def with_all_rules(settings: Settings) -> Settings:
    """Settings by which every rule is asked that is on by default or selected."""
    selected = settings.select + settings.extend_select
    return settings._replace(select=(), extend_select=selected, ignore=())


class _Fixer:
    """The rounds of one file."""

    def __init__(self, version: Version, settings: Settings, unsafe: bool) -> None:
        self._codes = {rule.code for rule in rules_for(version.path, settings)}
        self._safeties = ("safe", "unsafe") if unsafe else ("safe",)
        self._version = version
        self._applied: list[Violation] = []
        self._refused: dict[tuple[str, ...], tuple[Violation, str]] = {}
        self._is_shown = False

    def run(self, only: Violation | None) -> Fixed:
        for _ in range(1 if only else ROUNDS):
            if not self._round(only):
                break
        left = tuple(violation for violation in self._version.found if violation.code in self._codes)
        return Fixed(self._version.data, tuple(self._applied), tuple(self._refused.values()), left, self._is_shown)

    def _round(self, only: Violation | None) -> bool:
        """Apply what can be applied at once; False where nothing was."""
        version = self._version
        wanted = [
            violation
            for violation in version.found
            if self._is_wanted(violation, version) and (only is None or _place(violation) == _place(only))
        ]
        if not wanted:
            return False
        from flake8_aa_celery.fixes._tree import Tree  # libcst is imported where there is something to fix

        try:
            tree = Tree(version, _lines_of(wanted))
        except Refused as reason:
            for violation in wanted:
                self._refuse(violation, str(reason))
            return False
        return self._apply_harmless(tree, self._planned(tree, wanted))

    def _is_wanted(self, violation: Violation, version: Version) -> bool:
        """Whether a violation of a version is to be fixed, now or in a later round."""
        return (
            violation.fix is not None
            and not isinstance(violation.fix.rewrite, OF_TWO_FILES)
            and violation.fix.safety in self._safeties
            and violation.code in self._codes
            and version.identity(violation) not in self._refused
        )

    def _planned(self, tree: Tree, wanted: Iterable[Violation]) -> list[_Planned]:
        """What the rewrites want to change, in the order of place and code; of two that want one place, the first."""
        from flake8_aa_celery.fixes._changes import change_for
        from flake8_aa_celery.fixes._edit import Places
        from flake8_aa_celery.fixes._tree import Place

        planned, places = [], Places(tree)
        for violation in wanted:
            assert violation.fix is not None and not isinstance(violation.fix.rewrite, OF_TWO_FILES)
            try:
                change = change_for(violation.fix.rewrite, Place(tree, violation))
            except Refused as reason:
                self._refuse(violation, str(reason))
            except Exception as error:
                self._refuse(violation, crash(error))
            else:
                planned += [_Planned(violation, change)] if places.take(change) else []
        return planned

    def _apply_harmless(self, tree: Tree, planned: list[_Planned]) -> bool:
        """Apply the changes that together do no harm; False where there are none.

        They are found by halving. What does harm on its own is refused for good, what does with others has its turn
        in the next round.
        """
        before, groups = self._version, [planned] if planned else []
        done: list[_Planned] = []
        while groups:
            group = groups.pop()
            try:
                self._version = self._applied_to(before, tree, [*done, *group])
            except Refused as reason:
                middle = len(group) // 2
                if middle:
                    groups += [group[middle:], group[:middle]]
                elif not done:
                    self._refuse(group[0].violation, str(reason))
            else:
                done += group
        self._version.show()
        self._applied += [each.violation for each in done]
        self._is_shown = self._is_shown or any(_is_shown(each, tree) for each in done)
        return bool(done)

    def _applied_to(self, before: Version, tree: Tree, planned: Sequence[_Planned]) -> Version:
        """What becomes of a version by changes.

        :raises Refused: where they do harm.
        """
        from flake8_aa_celery.fixes._edit import apply
        from flake8_aa_celery.fixes._guard import checked

        try:
            text = apply(tree, [each.change for each in planned])
            return checked(before, text, [each.violation for each in planned], self._is_wanted)
        except Refused:
            raise
        except Exception as error:
            raise Refused(crash(error)) from error

    def _refuse(self, violation: Violation, reason: str) -> None:
        self._refused[self._version.identity(violation)] = violation, reason


def _place(violation: Violation) -> tuple[int, int, str]:
    return violation.line, violation.column, violation.code


def crash(error: Exception) -> str:
    """What is said of a rewrite that went wrong: the others go on, as other rules do where one crashes.

    :raises KeyboardInterrupt: where the error came of one.
    """
    hand_on_interrupt(error)
    if isinstance(error, RecursionError):
        return "the code is nested too deeply"
    return f"the fix crashed: {type(error).__name__}: {error}; please report it with the code it crashed on"


def _lines_of(wanted: Iterable[Violation]) -> set[int]:
    """The lines that the rewrites of violations look into: those of the violations and of what they are told."""
    found: set[int] = set()
    for violation in wanted:
        found.add(violation.line)
        found.update(spot.line for spot in (violation.fix.rewrite.spots() if violation.fix else ()))
    return found


def _is_shown(done: _Planned, tree: Tree) -> bool:
    """Whether other files may see something of a change: not of what goes on in a function."""
    return not done.change.is_for_the_log and not tree.is_within_function(done.violation.line)
