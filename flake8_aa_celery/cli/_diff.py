"""What fixes would change, as a unified diff that names the rules, and where what they leave stands without them."""

from __future__ import annotations

import re
from difflib import SequenceMatcher, unified_diff
from typing import TYPE_CHECKING

from flake8_aa_celery.cli import _terminal
from flake8_aa_celery.source import decode
from flake8_aa_celery.wording import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TextIO

    from flake8_aa_celery.fixes.engine import Fixed
    from flake8_aa_celery.violation import Violation

_CONTEXT = 3
_STYLES = {"---": "bold", "+++": "bold", "@@": "cyan", "-": "red", "+": "green"}


def diff(path: str, before: bytes, fixed: Fixed) -> Iterator[str]:
    """A unified diff as ``patch`` and git take it; nothing for what is the same.

    The head of each hunk says which rules it is for.
    """
    if before == fixed.data:
        return
    old, new = _lines(before), _lines(fixed.data)
    hunks = iter(SequenceMatcher(None, old, new).get_grouped_opcodes(_CONTEXT))
    for line in unified_diff(old, new, path, path, n=_CONTEXT):
        if line.startswith("@@"):
            hunk = next(hunks)
            yield line.rstrip("\n") + _rules(fixed.applied, hunk[0][1] + 1, hunk[-1][2]) + "\n"
        else:
            yield line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"


def write(lines: Iterator[str], color: str, stream: TextIO) -> None:
    """Write a diff, in colour where it is for a person.

    :param color: the option's value.
    """
    if not _terminal.is_drawn(color, stream):
        stream.writelines(lines)
        return
    from rich.text import Text

    console = _terminal.console(color, stream)
    for line in lines:
        style = next((style for sign, style in _STYLES.items() if line.startswith(sign)), "")
        for part in line.rstrip("\n").split("\n"):
            console.print(Text(printable(part.replace("\t", "    ")), style), soft_wrap=True)


def without_fixes(left: Sequence[Violation], before: bytes, after: bytes) -> list[Violation]:
    """What fixes leave, in the lines of the file as it is: for a report of fixes that are not written.

    What stands in a line that would be changed is put where that change begins.
    """
    if before == after or not left:
        return list(left)
    numbers: dict[int, int] = {}
    for _, first, last, new_first, new_last in SequenceMatcher(None, _lines(before), _lines(after)).get_opcodes():
        for number in range(new_first, new_last):
            numbers[number + 1] = min(first + number - new_first, max(first, last - 1)) + 1
    return [
        each._replace(line=numbers.get(each.line, each.line), end_line=numbers.get(each.end_line, each.end_line))
        for each in left
    ]


def _rules(applied: Sequence[Violation], first: int, last: int) -> str:
    """What stands at the end of the head of a hunk: the rules of fixes in its lines, or of all where there are none."""
    there = [each for each in applied if each.line <= last and first <= each.end_line]
    told = (f"{each.code} {each.fix.title}" if each.fix else each.code for each in there or applied)
    return "".join(f" {printable(text)};" for text in dict.fromkeys(told)).rstrip(";")


def _lines(data: bytes) -> list[str]:
    """The lines with their ends as they are; what is changed can be decoded."""
    return [line for line in re.split(r"(?<=\n)", decode(data)) if line]
