"""What a ``.gitignore`` says of the files and folders below it, as ``gitignore(5)`` has it.

A folder is asked about before what lies in it, so that a pattern need only be compared with the entry itself.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple
from warnings import catch_warnings, simplefilter

if TYPE_CHECKING:
    from collections.abc import Sequence

#: The wildcards, a class of characters, an escaped character: what of a pattern is not meant literally.
_SPECIAL = re.compile(r"(^\*\*/|/\*\*/|/\*\*$|\*+|\?|\[[!^]?\]?(?:\\.|\[:\w+:\]|[^\]])*\]|\\.)", re.DOTALL)
_WILDCARDS = {"**/": "(?:.*/)?", "/**/": "/(?:.*/)?", "/**": "/[^/].*", "?": "[^/]"}
_NAMED_CLASSES = {
    "[:alpha:]": "a-zA-Z", "[:digit:]": "0-9", "[:alnum:]": "a-zA-Z0-9", "[:lower:]": "a-z", "[:upper:]": "A-Z",
    "[:space:]": r"\s",
}  # fmt: skip


class Pattern(NamedTuple):
    """One line of a ``.gitignore``.

    :param ignores: False for a line that takes something back: ``!kept.py``.
    :param matches: compares it with a path below the folder.
    :param tail: its last character, by which it need not be compared with most files; a slash if it is about
        folders only.
    """

    ignores: bool
    matches: re.Pattern[str]
    tail: str


class Gitignore:
    """The patterns of the ``.gitignore`` in a folder.

    :param folder: the absolute path of the folder, with a slash behind it.
    :raises OSError: where the file cannot be read.
    """

    __slots__ = ("_by_tail", "_patterns", "folder")

    def __init__(self, folder: str) -> None:
        self.folder = folder
        with open(folder + ".gitignore", encoding="utf-8", errors="surrogateescape") as file:
            patterns = [pattern for line in file if (pattern := parse(line.rstrip("\n")))]
        self._patterns = patterns[::-1]
        self._by_tail: dict[str, list[Pattern]] = {}

    def says(self, absolute: str) -> bool | None:
        """Whether a folder, with a slash behind it, or a file is ignored; None where no pattern matches."""
        below = absolute[len(self.folder) :]
        for pattern in self._patterns if below.endswith("/") else self._for_files(below[-1]):
            if pattern.matches.fullmatch(below.rstrip("/")):
                return pattern.ignores
        return None

    def _for_files(self, tail: str) -> list[Pattern]:
        """The patterns that can match a file whose name ends like this."""
        if tail not in self._by_tail:
            self._by_tail[tail] = [pattern for pattern in self._patterns if pattern.tail in f"{tail}*?]"]
        return self._by_tail[tail]


def parse(line: str) -> Pattern | None:
    """The pattern of a line; None for an empty line, a comment, and what git cannot understand either."""
    text = re.sub(r"(?<!\\) +$", "", line)
    if not text or text.startswith("#"):
        return None
    ignores = not text.startswith("!")
    text = text.removeprefix("!")
    only_folders = text.endswith("/")
    text = text.removesuffix("/")
    anywhere = "/" not in text
    text = text.removeprefix("/")
    if not text:
        return None
    regex = ("(?:.*/)?" if anywhere else "") + "".join(map(_translate, _SPECIAL.split(text)))
    with catch_warnings():
        simplefilter("ignore", FutureWarning)  # of what "[" in a class of characters may mean some day
        try:
            compiled = re.compile(regex, re.DOTALL)
        except re.error:
            return None
    return Pattern(ignores, compiled, "/" if only_folders else text[-1])


def _translate(part: str) -> str:
    """The regular expression of a literal text or of one special part of a pattern."""
    if part in _WILDCARDS:
        return _WILDCARDS[part]
    if part.startswith("*"):
        return "[^/]*"
    if part.startswith("\\") and len(part) == 2:
        return re.escape(part[1])
    if part.startswith("[") and len(part) > 2:
        return "(?!/)" + _translate_class(part)
    return re.escape(part)


def _translate_class(part: str) -> str:
    inner = part[1:-1]
    negated = "^" if inner[0] in "!^" else ""
    inner = inner[1:] if negated else inner
    for name, characters in _NAMED_CLASSES.items():
        inner = inner.replace(name, characters)
    first = "\\]" if inner.startswith("]") else inner[:1]
    return f"[{negated}{first}{inner[1:]}]"


def of_parents(folder: str) -> tuple[Gitignore, ...]:
    """What the folders above say, from the root of the repository down; nothing outside of a repository.

    :param folder: an absolute path with a slash behind it.
    """
    found: list[Gitignore] = []
    while not os.path.exists(folder + ".git"):
        above = os.path.dirname(folder[:-1]).rstrip("/") + "/"
        if above == folder:
            return ()
        folder = above
        found += own(folder)
    return tuple(reversed(found))


def own(folder: str) -> tuple[Gitignore, ...]:
    """What the ``.gitignore`` in a folder says; as for git nothing, where it is no file or cannot be read."""
    if not os.path.isfile(folder + ".gitignore"):  # to open a pipe would be to wait for ever
        return ()
    try:
        return (Gitignore(folder),)
    except OSError:
        return ()


def is_ignored(absolute: str, gitignores: Sequence[Gitignore]) -> bool:
    """Whether an entry is ignored: the nearest ``.gitignore`` that says anything decides."""
    for gitignore in reversed(gitignores):
        says = gitignore.says(absolute)
        if says is not None:
            return says
    return False
