"""How something is said to a person, by whatever module says it."""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers know it: importing typing would take longer than all that is done here

if TYPE_CHECKING:
    from collections.abc import Iterable


def counted(number: int, word: str) -> str:
    """A number and a word in its number: ``1 file``, ``2 files``."""
    return f"{number} {word}" + "s" * (number != 1)


def nearest(word: str, words: Iterable[str]) -> str:
    """The end of an error: ``; did you mean 'profile'?``, or nothing where no word is near."""
    from difflib import get_close_matches

    found = get_close_matches(word, list(words), n=1)
    return f"; did you mean {found[0]!r}?" if found else ""


def printable(text: str) -> str:
    """Text on one line that moves no cursor: what a file holds may be meant for a terminal."""
    return "".join(
        sign if sign.isprintable() else " " if sign.isspace() else "\N{REPLACEMENT CHARACTER}" for sign in text
    )


def cut(text: str, longest: int) -> str:
    """A text, or the beginning of a long one."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
