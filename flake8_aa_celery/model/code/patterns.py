"""Names of modules as the setting ``tasks-modules`` gives them: ``tasks``, ``app.jobs``, ``tasks_*``."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What stands for other letters, as in the names of files.
_WILD = re.compile(r"\*|\?|\[[^\]]+\]")


@cache
def names(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """What finds a module, or a package around it, that has one of these names in a dotted name."""
    return re.compile(rf"(?:^|\.)(?:{'|'.join(map(_translated, patterns)) or '(?!)'})(?:\.|$)")


def _translated(pattern: str) -> str:
    """A pattern as a regular expression; nothing in it stands for a dot."""
    found, start = "", 0
    for wild in _WILD.finditer(pattern):
        found += re.escape(pattern[start : wild.start()]) + _wild(wild[0])
        start = wild.end()
    return found + re.escape(pattern[start:])


def _wild(sign: str) -> str:
    if len(sign) == 1:
        return r"[^.]*" if sign == "*" else r"[^.]"
    inner = sign[1:-1].replace("\\", "\\\\")
    found = f"[^{inner[1:]}]" if inner[0] == "!" and len(inner) > 1 else f"[{inner}]"
    try:
        re.compile(found)
    except re.error:  # a range that ends before it begins
        return re.escape(sign)
    return found


def longest_part(pattern: str) -> str:
    """The longest text that whatever a pattern finds has in its last name; empty where there is none."""
    return max(_WILD.split(pattern.rpartition(".")[2]), key=len)


def has_wild(pattern: str) -> bool:
    """Whether a name is a pattern."""
    return _WILD.search(pattern) is not None


def first_plain(patterns: Sequence[str], otherwise: str) -> str:
    """The first of some names that is no pattern, without its packages."""
    return next((pattern.rpartition(".")[2] for pattern in patterns if not has_wild(pattern)), otherwise)
