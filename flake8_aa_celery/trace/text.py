"""Traces as trees, for reading in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.graph.elements import KINDS
from flake8_aa_celery.graph.text import priority_line
from flake8_aa_celery.wording import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console

    from flake8_aa_celery.trace.elements import Item, Kind, Trace

    Line = list[tuple[str, str]]

#: What stands before the text of an item of each kind, and in which colours.
WORDS: dict[Kind, tuple[str, str]] = {
    "call": ("", "bold"),
    "loop": ("", "magenta"),
    "transaction": ("in ", "blue"),
    "waits": ("waits for ", "red"),
    "runs": ("runs here ", "red"),
    "sends": ("sends ", "cyan"),
    "member": ("", "cyan"),
    "logs": ("logs ", "dim"),
    "retries": ("retries ", "yellow"),
}


def render(traces: Iterable[Trace]) -> str:
    """The trees as plain text."""
    return "".join("".join(text for text, _ in line).rstrip() + "\n" for line in _lines(traces))


def draw(traces: Iterable[Trace], console: Console) -> None:
    """The same in colour."""
    from rich.text import Text

    for line in _lines(traces):
        console.print(Text.assemble(*line), soft_wrap=True)


def _lines(traces: Iterable[Trace]) -> Iterator[Line]:
    for number, trace in enumerate(traces):
        if number:
            yield []
        place = f"  {trace.place.path}:{trace.place.line}"
        line: Line = [(f"{KINDS[trace.kind]} ", ""), (trace.name, "bold"), (place, "dim")]
        yield _printable(line)
        if not trace.below:
            yield [("└─ ", "dim"), ("nothing that is known of: no wait, no send, no log, no transaction", "dim")]
        yield from _below(trace.below, trace.place.path, "")


def _below(items: Sequence[Item], path: str, rest: str) -> Iterator[Line]:
    items = list(_logs_together(items))
    for index, item in enumerate(items):
        last = index == len(items) - 1
        yield _printable([(rest + ("└─ " if last else "├─ "), "dim"), *_line(item, path)])
        inside = item.target.path if item.target and item.kind in ("call", "runs", "waits") else path
        yield from _below(item.below, inside, rest + ("   " if last else "│  "))


def _line(item: Item, path: str) -> Line:
    """An item on one line: its line in the file at hand, what it does, when, and where what it calls is defined."""
    words, style = WORDS[item.kind]
    place = str(item.place.line) if item.place.path == path else f"{item.place.path}:{item.place.line}"
    line: Line = [
        (f"{place} ", "dim"),
        (f"{item.when}: " if item.when else "", "italic"),
        (words, ""),
        (item.text, style),
    ]
    if item.priority is not None:
        line += [(", ", "dim"), *priority_line(item.priority)]
    if item.per_item:
        line.append((", waits for each item" if item.kind == "loop" else ", one for each item", "yellow"))
    if item.target is not None and item.kind not in ("member", "sends"):
        line.append((f"  {item.target.path}:{item.target.line}", "dim"))
    return [*line, ("  see above", "dim")] if item.seen else line


def _logs_together(items: Iterable[Item]) -> Iterator[Item]:
    """The items, of logs that follow each other under the same condition the first with how many there are."""
    waiting: list[Item] = []
    for item in items:
        if waiting and (item.kind != "logs" or item.when != waiting[0].when):
            yield _together(waiting)
            waiting = []
        if item.kind == "logs":
            waiting.append(item)
        else:
            yield item
    if waiting:
        yield _together(waiting)


def _together(logs: Sequence[Item]) -> Item:
    texts = list(dict.fromkeys(log.text for log in logs))
    lines = [str(log.place.line) for log in logs[1:]]
    return logs[0]._replace(text=", ".join(texts) + (f" (also in {', '.join(lines)})" if lines else ""))


def _printable(line: Line) -> Line:
    return [(printable(text), style) for text, style in line]
