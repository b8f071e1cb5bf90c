"""Ctrl-C in disguise: what somebody interrupts may end with another error than ``KeyboardInterrupt``."""

from __future__ import annotations


def hides_interrupt(error: BaseException | None) -> bool:
    """Whether an error came of an interrupt: of one that was under way when something else went wrong by it.

    libcst's way out of a context that an interrupt has left half done raises a ``KeyError``, and Python makes a
    ``RuntimeError`` of one that comes while a class is made.
    """
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def hand_on_interrupt(error: BaseException) -> None:
    """Raise the interrupt that an error came of; where there was none, return.

    :raises KeyboardInterrupt: where there was one.
    """
    if hides_interrupt(error):
        raise KeyboardInterrupt from error
