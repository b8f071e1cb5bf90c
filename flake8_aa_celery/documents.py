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
_FENCE = r"(?P<quote>[ \t>]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^`]*)$"
_HTML_COMMENT = r"(?P<quote>[ \t>]*)<!--"
_PYTHON = r"(?i:(?:\{code(?:-block)?\}[ \t]*)?\{?\.?(?:python3?|py3?)\b)"
_DIRECTIVE = r"[ \t]*\.\. (?:code|code-block|sourcecode)::[ \t]*(?:python3?|py3?)[ \t]*$"
_LITERAL = r"[ \t]*(?!\.\.[ \t])(?:\S.*)?::[ \t]*$"
_OPTION = r"[ \t]*:[\w-]+:"
#: ``..`` and what is neither a directive, a target, a footnote nor a substitution
_RST_COMMENT = r"[ \t]*\.\.(?:[ \t]+(?!_|\[|\||[\w.+:-]+ ?::)\S.*|[ \t]*)$"


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

    In reStructuredText the literal blocks after ``::`` count too: they are Python unless something else is said.

    :param lines: the lines of the document, each with its end.
    """
    return _of_rst(lines) if path.lower().endswith(".rst") else _of_markdown(lines)


def _of_markdown(lines: list[str]) -> Iterator[CodeBlock]:
    number = 0
    while number < len(lines):
        line = lines[number].rstrip("\r\n")
        if comment := re.match(_HTML_COMMENT, line):
            number = _after_comment(lines, number, comment["quote"])
            continue
        number += 1
        if opening := re.match(_FENCE, line):
            block, after = _fenced(lines, number, opening)
            if re.match(_PYTHON, opening["info"]):
                yield _block(block, number)
            number = after


def _after_comment(lines: list[str], number: int, quote: str) -> int:
    """The index of the line after an HTML comment, which ends with the quotes that it stands in, too."""
    while number < len(lines) and (line := _unquoted(lines[number], quote)) is not None:
        number += 1
        if "-->" in line:
            break
    return number


def _fenced(lines: list[str], number: int, opening: re.Match[str]) -> tuple[list[str], int]:
    """The lines of a fenced block, and the index of the line after it; it ends with the quotes that it stands in, too.

    :param number: the index of the first line.
    """
    block: list[str] = []
    quote = opening["quote"]
    while number < len(lines) and (line := _unquoted(lines[number], quote)) is not None:
        number += 1
        if _closes(line, opening["fence"]):
            break
        block.append(line)
    return block, number


def _unquoted(line: str, quote: str) -> str | None:
    """A line with blanks for the signs of the quotes that it stands in; None where it stands in fewer.

    There are as many blanks in each line as in the first.

    :param quote: what stands before the first line of what is quoted. Where a blank follows its signs, that belongs to
        them; a line that has none is given one.
    """
    depth = quote.count(">")
    if not depth:
        return line
    signs = re.match(rf"(?:[ \t]*>){{{depth}}}", line)
    if signs is None:
        return None
    rest = line[signs.end() :]
    has_blank = quote[-1] == ">" or rest[:1].isspace()
    return " " * (quote.rindex(">") + 1) + " " * (not has_blank) + rest


def _closes(line: str, fence: str) -> bool:
    stripped = line.strip()
    return len(stripped) >= len(fence) and not stripped.strip(fence[0])


def _of_rst(lines: list[str]) -> Iterator[CodeBlock]:
    number = 0
    while number < len(lines):
        opening = lines[number].rstrip("\r\n")
        number += 1
        if re.match(_RST_COMMENT, opening):
            number = _after_rst_comment(lines, number, opening)
            continue
        if not re.match(_DIRECTIVE, opening) and not re.match(_LITERAL, opening):
            continue
        while number < len(lines) and (not lines[number].strip() or re.match(_OPTION, lines[number])):
            number += 1
        start = number
        number = _after_indented(lines, number, opening)
        if number > start:
            yield _block(lines[start:number], start)


def _after_indented(lines: list[str], number: int, opening: str) -> int:
    """The index of the first line from a number on that does not belong to what an opening line opens."""
    while number < len(lines) and (not lines[number].strip() or _indent(lines[number]) > _indent(opening)):
        number += 1
    return number


def _after_rst_comment(lines: list[str], number: int, opening: str) -> int:
    """The index of the line after a comment; two dots with nothing in the next line are one without text."""
    is_empty = opening.strip() == ".." and not "".join(lines[number : number + 1]).strip()
    return number if is_empty else _after_indented(lines, number, opening)


def _block(lines: list[str], start: int) -> CodeBlock:
    indent = min((_indent(line) for line in lines if line.strip()), default=0)
    return CodeBlock(start + 1, indent, "".join(line[indent:] if line.strip() else "\n" for line in lines))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
