"""The one way to remember: a fact is a function that does its work the first time it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Subject(Protocol):
    """What something can be said of, for as long as it exists: a project, a module, a scope, a block."""

    @property
    def memo(self) -> dict[object, Any]:
        """What is known of it so far."""


_Subject = TypeVar("_Subject", bound=Subject)
_Answer = TypeVar("_Answer")


def fact(work: Callable[[_Subject], _Answer]) -> Callable[[_Subject], _Answer]:
    """Make a function of a subject one that remembers its answer with that subject.

    A fact that asks itself, of the same subject, while it is worked out is a mistake: it would never end.
    """

    def ask(subject: _Subject) -> _Answer:
        memo = subject.memo
        if work in memo:
            known: _Answer = memo[work]
            return known
        answer = memo[work] = work(subject)
        return answer

    ask.__doc__, ask.__name__, ask.__module__ = work.__doc__, work.__name__, work.__module__
    ask.__annotations__ = work.__annotations__
    return ask
