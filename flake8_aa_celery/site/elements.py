"""What is known of a site, as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from flake8_aa_celery.model.calling.due import Times


class Problem(NamedTuple):
    """What is wrong with an entry.

    :param code: the rule that says so; empty where none does.
    :param stops: whether the entry cannot run for it.
    """

    code: str
    message: str
    stops: bool


class Entry(NamedTuple):
    """An entry of a schedule.

    :param task: the registered name of what it starts; empty where that is not known.
    :param given: its arguments as they are written; empty without any.
    :param times: None where they are not known.
    :param priority: what its messages are sent at; None where that is not known.
    :param path: where it stands, as it is shown.
    :param origin: the package whose code or documentation has it; empty for the site's own settings.
    """

    name: str
    task: str
    given: str
    times: Times | None
    priority: int | None
    path: str
    line: int
    origin: str
    problems: tuple[Problem, ...] = ()

    @property
    def stops(self) -> bool:
        """Whether it cannot run."""
        return any(problem.stops for problem in self.problems)


class SiteTask(NamedTuple):
    """A task of an app.

    :param priority: what it is sent at where nobody says otherwise; None where that is not known.
    :param entries: the names of the entries that start it.
    """

    name: str
    priority: int | None
    entries: tuple[str, ...]


class SiteApp(NamedTuple):
    """An app of a site.

    :param title: the package that it comes with and its version; the app's name for one of the site's own.
    """

    title: str
    package: str
    tasks: tuple[SiteTask, ...]


class Site(NamedTuple):
    """A site.

    :param entries: what is scheduled, in the order of files and lines.
    :param missing: what the documentation of an app schedules, and the site does not.
    :param doubles: the names of the entries that start one task with the same arguments, two or more each.
    :param minutes: how many entries start something at each of the 60 minutes of an hour.
    :param problems: what could not be read.
    """

    path: str
    environment: str
    apps: tuple[SiteApp, ...]
    entries: tuple[Entry, ...]
    missing: tuple[Entry, ...]
    doubles: tuple[tuple[str, ...], ...]
    minutes: tuple[int, ...]
    problems: tuple[str, ...]

    @property
    def stops(self) -> bool:
        """Whether something that is scheduled cannot run."""
        return any(entry.stops for entry in self.entries)

    @property
    def an_hour(self) -> float:
        """How many starts there are in an hour, on average."""
        return sum(entry.times.an_hour for entry in self.entries if entry.times and not entry.stops)
