"""The report for a person at a terminal: by file, with the offending lines, in colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from flake8_aa_celery.source import lines_of
from flake8_aa_celery.wording import counted, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console

    from flake8_aa_celery.report import Result, Results
    from flake8_aa_celery.violation import Violation

_MARGIN = "    "
#: What stays of a long line in front of what is marked.
_BEFORE = 20
_CODE = r"`[^`]+`"


def draw(results: Results, console: Console, *, fixed: bool = False) -> None:
    """Draw what was found.

    :param fixed: whether it is what a fix has left.
    """
    for result in results:
        if result.violations:
            console.print(Text(printable(result.path), "bold"), soft_wrap=True)
            for part in _file(result, console.width - len(_MARGIN)):
                console.print(part, soft_wrap=True)
            console.print()
    console.print(_closing(results, fixed))


def _file(result: Result, width: int) -> Iterator[Text]:
    lines = lines_of(result.data)
    place_width = max(len(_place(found)) for found in result.violations)
    for found in result.violations:
        head = Text.assemble("  ", (f"{_place(found):{place_width}}", "dim"), "  ", (found.code, "bold red"), " ")
        yield head + _with_code(found.message)
        yield from _excerpt("".join(lines[found.line - 1 : found.line]), found, width)
        if found.fix:
            unsafe = " (--unsafe-fixes)" if found.fix.safety == "unsafe" else ""
            yield Text.assemble(_MARGIN, ("fix: ", "green"), _with_code(found.fix.title), (unsafe, "dim"))


def _place(found: Violation) -> str:
    return f"{found.line}:{found.column + 1}"


def _with_code(text: str) -> Text:
    told = Text(printable(text))
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


def _closing(results: Results, fixed: bool) -> Text:
    violations = [found for result in results for found in result.violations]
    if not violations:
        return Text("Nothing is left to do" if fixed else "No violations", "green")
    files = sum(1 for result in results if result.violations)
    text = f"{counted(len(violations), 'violation')} {'left ' * fixed}in {counted(files, 'file')}"
    return _with_code(", ".join([text, *([] if fixed else _fixable(violations))]))


def _fixable(violations: Iterable[Violation]) -> Iterator[str]:
    safeties = [found.fix.safety for found in violations if found.fix]
    safe, unsafe = safeties.count("safe"), safeties.count("unsafe")
    if safe:
        yield f"{safe} can be fixed with `aa-celery fix`"
    if unsafe:
        yield f"{unsafe} {'more' if safe else 'can be fixed'} with `aa-celery fix --unsafe-fixes`"
