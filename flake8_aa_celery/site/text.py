"""A site as text, for reading in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.wording import counted, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console

    from flake8_aa_celery.site.elements import Entry, Site, SiteApp

    Line = list[tuple[str, str]]

#: A bar is at most so many characters long.
_WIDEST = 40
#: So many starts at one minute are told as a crowd.
_CROWD = 5


def render(site: Site, *, all_tasks: bool = False) -> str:
    """The report as plain text.

    :param all_tasks: whether tasks are listed that nothing schedules.
    """
    return "".join("".join(text for text, _ in line).rstrip() + "\n" for line in _lines(site, all_tasks))


def draw(site: Site, console: Console, *, all_tasks: bool = False) -> None:
    """The same in colour."""
    from rich.text import Text

    for line in _lines(site, all_tasks):
        console.print(Text.assemble(*line), soft_wrap=True)


def _lines(site: Site, all_tasks: bool) -> Iterator[Line]:
    parts = (
        _scheduled(site),
        _faults(site),
        _missing(site),
        _doubles(site),
        _crowds(site),
        _apps(site, all_tasks),
        _unread(site),
    )
    for number, part in enumerate(part for part in map(list, parts) if part):
        if number:
            yield []
        yield from ([(printable(text), style) for text, style in line] for line in part)


def _scheduled(site: Site) -> Iterator[Line]:
    if not site.entries:
        yield [("Nothing is scheduled.", "bold")]
        return
    number = "1 entry" if len(site.entries) == 1 else f"{len(site.entries)} entries"
    yield [("Scheduled", "bold"), (f": {number}, {_often(site.an_hour)} in all", "")]
    rows = [(each.name, _when(each), _rate(each), _at(each.priority), each.task, _place(each)) for each in site.entries]
    for entry, row in zip(site.entries, _table(rows), strict=True):
        yield [("  ", ""), (row, "red" if entry.stops else "")]


def _faults(site: Site) -> Iterator[Line]:
    faulty = [entry for entry in site.entries if entry.problems]
    for heading, is_stopping in (("Cannot run", True), ("Runs otherwise than it reads", False)):
        found = [(entry, each) for entry in faulty for each in entry.problems if each.stops is is_stopping]
        if found:
            yield [(heading, "bold red" if is_stopping else "bold yellow")]
        for entry, problem in found:
            yield [("  ", ""), (entry.name, "bold"), (f"  {_place(entry)}", "dim")]
            yield [(f"    {problem.message}{f' ({problem.code})' if problem.code else ''}", "")]


def _missing(site: Site) -> Iterator[Line]:
    if site.missing:
        yield [("Documented by an app, and not scheduled", "bold yellow")]
    rows = [(entry.origin, entry.task, _when(entry)) for entry in site.missing]
    yield from ([(f"  {row}", "")] for row in _table(rows))


def _doubles(site: Site) -> Iterator[Line]:
    if site.doubles:
        yield [("Started by more than one entry", "bold yellow")]
    tasks = {entry.name: entry.task for entry in site.entries}
    for names in site.doubles:
        yield [(f"  {tasks[names[0]]}: {', '.join(names)}", "")]


def _crowds(site: Site) -> Iterator[Line]:
    """The minutes at which more is started than at the quietest; nothing where few come together."""
    most, least = max(site.minutes, default=0), min(site.minutes, default=0)
    if most < _CROWD:
        return
    yield [("Starts at each minute of an hour", "bold"), (", of all entries whatever their hour", "")]
    for minute, count in enumerate(site.minutes):
        if count > least:
            bar = "█" * max(1, round(count * _WIDEST / max(most, _WIDEST)))
            yield [(f"  :{minute:02}  {count:>3} ", ""), (bar, "yellow" if count >= _CROWD else "green")]
    yield [(f"  at the other minutes {least}", "dim")]


def _apps(site: Site, all_tasks: bool) -> Iterator[Line]:
    for number, app in enumerate(site.apps):
        if not number:
            yield [("Apps with tasks", "bold")]
        started = sum(bool(task.entries) for task in app.tasks)
        yield [(f"  {app.title}", "bold"), (f": {counted(len(app.tasks), 'task')}, {started} scheduled", "")]
        yield from ([(f"    {row}", "")] for row in _table(_tasks(app, all_tasks)))


def _tasks(app: SiteApp, all_tasks: bool) -> list[tuple[str, ...]]:
    return [(task.name, _at(task.priority), ", ".join(task.entries)) for task in app.tasks if task.entries or all_tasks]


def _unread(site: Site) -> Iterator[Line]:
    if site.problems:
        yield [("Could not be read", "bold red")]
    yield from ([(f"  {problem}", "")] for problem in site.problems)


def _when(entry: Entry) -> str:
    if entry.times is None:
        return "at times that are not known"
    return entry.times.text + (", moved by the site's own offset" if entry.times.is_spread else "")


def _rate(entry: Entry) -> str:
    return _often(entry.times.an_hour) if entry.times is not None else ""


def _often(an_hour: float) -> str:
    """How often, in the first of hours, days and weeks in which it is at least once."""
    for hours, unit in ((1, "an hour"), (24, "a day")):
        if round(an_hour * hours, 2) >= 1:
            return f"{round(an_hour * hours)} {unit}"
    return f"{an_hour * 168:.2g} a week"


def _at(priority: int | None) -> str:
    return "priority ?" if priority is None else f"priority {priority}"


def _place(entry: Entry) -> str:
    return entry.origin or f"{entry.path}:{entry.line}"


def _table(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Rows with their columns below each other."""
    listed = list(rows)
    widths = [max(map(len, column)) for column in zip(*listed, strict=True)]
    for row in listed:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
