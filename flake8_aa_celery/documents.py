"""Python in documents: the code blocks of Markdown and reStructuredText.

App authors publish the schedule that their users copy into the settings in a README, where nothing else checks it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

SUFFIXES = (".md", ".markdown", ".rst")

# Patterns that are compiled when a document is read: most runs read none.
#: ```` ```python ````, ``~~~ py``, and MyST's ```` ```{code-block} python ````
_FENCE = r"[ \t>]*(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^`]*)$"
_PYTHON = r"(?i:(?:\{code(?:-block)?\}[ \t]*)?\{?\.?(?:python3?|py3?)\b)"
_DIRECTIVE = r"[ \t]*\.\. (?:code|code-block|sourcecode)::[ \t]*(?:python3?|py3?)[ \t]*$"
_LITERAL = r"[ \t]*(?!\.\.[ \t])(?:\S.*)?::[ \t]*$"
_OPTION = r"[ \t]*:[\w-]+:"


class CodeBlock(NamedTuple):
    """A block of code in a document.

    :param line: the line of the document, counted from 1, in which its first line stands.
    :param indent: how many characters stand before each of its lines.
    :param code: its text without that indentation.
    """

    line: int
    indent: int
    code: str


def is_document(path: str) -> bool:
    """Whether a file is Markdown or reStructuredText, by its name."""
    return path.lower().endswith(SUFFIXES)


def code_blocks(path: str, lines: list[str]) -> Iterator[CodeBlock]:
    """The blocks of a document that are said to be Python.

    In reStructuredText the literal blocks behind ``::`` count too: they are Python unless something else is said.

    :param lines: the lines of the document, each with its end.
    """
    return _of_rst(lines) if path.lower().endswith(".rst") else _of_markdown(lines)


def _of_markdown(lines: list[str]) -> Iterator[CodeBlock]:
    number = 0
    while number < len(lines):
        opening = re.match(_FENCE, lines[number].rstrip("\r\n"))
        number += 1
        if opening is None:
            continue
        start = number
        while number < len(lines) and not _closes(lines[number], opening["fence"]):
            number += 1
        if re.match(_PYTHON, opening["info"]):
            yield _block(lines[start:number], start)
        number += 1


def _closes(line: str, fence: str) -> bool:
    stripped = line.strip(" \t>\r\n")
    return len(stripped) >= len(fence) and not stripped.strip(fence[0])


def _of_rst(lines: list[str]) -> Iterator[CodeBlock]:
    number = 0
    while number < len(lines):
        opening = lines[number].rstrip("\r\n")
        number += 1
        if not re.match(_DIRECTIVE, opening) and not re.match(_LITERAL, opening):
            continue
        while number < len(lines) and (not lines[number].strip() or re.match(_OPTION, lines[number])):
            number += 1
        start = number
        while number < len(lines) and (not lines[number].strip() or _indent(lines[number]) > _indent(opening)):
            number += 1
        if number > start:
            yield _block(lines[start:number], start)


def _block(lines: list[str], start: int) -> CodeBlock:
    indent = min((_indent(line) for line in lines if line.strip()), default=0)
    return CodeBlock(start + 1, indent, "".join(line[indent:] if line.strip() else "\n" for line in lines))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
