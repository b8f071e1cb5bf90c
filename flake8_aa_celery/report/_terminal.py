"""The report for a person at a terminal: by file, with the offending lines, in colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from flake8_aa_celery.places import below
from flake8_aa_celery.report._summary import summary
from flake8_aa_celery.source import lines_of
from flake8_aa_celery.wording import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from flake8_aa_celery.report import Result, Results
    from flake8_aa_celery.violation import Violation

_MARGIN = "    "
#: What stays of a long line in front of what is marked.
_BEFORE = 20
_CODE = r"`[^`]+`"
#: In fewer columns than this a text is not broken by us.
_NARROW = 20


def draw(results: Results, console: Console, *, fixed: bool = False, unsafe: bool = False) -> None:
    """Draw what was found.

    :param fixed: whether it is what a fix has left.
    :param unsafe: whether unsafe fixes were tried, too.
    """
    for result in results:
        if result.violations:
            console.print(Text(printable(result.path), "bold"), soft_wrap=True)
            for part in _file(result, console):
                console.print(part, soft_wrap=True)
    console.print(
        _with_code(
            summary(results, fixed=fixed, unsafe=unsafe), "" if any(each.violations for each in results) else "green"
        )
    )


def _file(result: Result, console: Console) -> Iterator[Text]:
    """The violations of a file, and an empty line after each."""
    lines = lines_of(result.data)
    place_width = max(len(_place(found)) for found in result.violations)
    for found in result.violations:
        head = Text.assemble("  ", (f"{_place(found):{place_width}}", "dim"), "  ", (found.code, "bold red"), " ")
        yield from _hanging(head, found.message, console)
        yield from _excerpt("".join(lines[found.line - 1 : found.line]), found, console.width - len(_MARGIN))
        for each in found.trace:
            yield Text.assemble(
                _MARGIN, (f"{printable(below(each.path))}:{each.line}", "dim"), f"  {printable(each.what)}"
            )
        if found.fix:
            unsafe = " (--unsafe-fixes)" if found.fix.safety == "unsafe" else ""
            yield from _hanging(Text.assemble(_MARGIN, ("fix: ", "green")), found.fix.title + unsafe, console)
        yield Text()


def _hanging(head: Text, text: str, console: Console) -> Iterator[Text]:
    """Text after a head, broken at words where it is longer than the terminal is wide, and aligned below itself."""
    indent = cell_len(head.plain)
    width = console.width - indent
    if width < _NARROW:
        yield head + _with_code(text)
        return
    for number, line in enumerate(_with_code(text).wrap(console, width)):
        line.rstrip()
        yield line if number and not line.plain else (Text(" " * indent) if number else head) + line


def _place(found: Violation) -> str:
    return f"{found.line}:{found.column + 1}"


def _with_code(text: str, style: str = "") -> Text:
    told = Text(printable(text), style)
    told.highlight_regex(_CODE, "cyan")
    return told


def _excerpt(line: str, found: Violation, width: int) -> Iterator[Text]:
    """The line and below it what marks the place, both without indentation; of a long line the part around it."""
    line = line.rstrip()
    if not line:
        return
    end = min(found.end_column, len(line)) if found.end_line == found.line else len(line)
    first = len(line) - len(line.lstrip())
    if end - first > width:
        first = max(first, found.column - _BEFORE)
    before, marked = printable(line[first : found.column]), printable(line[found.column : end])
    shown = Text(printable(line[first:]))
    shown.truncate(width, overflow="ellipsis")
    marks = "^" * max(1, min(cell_len(marked), width - cell_len(before)))
    yield Text(_MARGIN) + shown
    yield Text.assemble(_MARGIN, " " * cell_len(before), (marks, "bold red"))
