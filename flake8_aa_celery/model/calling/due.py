"""When an entry of a schedule starts its task, in words and in numbers."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.calling.delays import behind_names, seconds_of
from flake8_aa_celery.model.knowledge.celery import CRONTAB_FIELDS, LONGEST_MONTHS
from flake8_aa_celery.model.periodic.crontabs import crontabs_of, expanded
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import Constant

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from flake8_aa_celery.model.code.scopes import Site
    from flake8_aa_celery.model.periodic.crontabs import Crontab
    from flake8_aa_celery.model.periodic.schedules import ScheduleEntry

_DAY_NAMES = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
_MINUTES, _HOURS, _DAYS = 60, 24, 7


class Times(NamedTuple):
    """When something is started.

    :param text: in words: ``daily at 02:30``.
    :param an_hour: how often in an hour, on average over a year.
    :param minutes: of each hour; empty where an interval counts from when beat was started.
    :param hours: of a day; empty as ``minutes``.
    :param is_spread: whether each site starts it at a minute of its own (``apply_offset``).
    """

    text: str
    an_hour: float
    minutes: tuple[int, ...] = ()
    hours: tuple[int, ...] = ()
    is_spread: bool = False


def times_of(entry: ScheduleEntry) -> Times | None:
    """When an entry is due; None where that is not known."""
    schedule = _schedule_of(entry)
    if isinstance(schedule, float):
        return Times(f"every {_period(schedule)}", 3600 / schedule) if schedule else None
    found = _of_crontab(schedule) if schedule is not None else None
    return found._replace(is_spread=True) if found and entry.fields.constant("apply_offset") is True else found


def occasions_of(entry: ScheduleEntry) -> Hashable | None:
    """What the times of an entry are compared by, however they are written; None where they are not known."""
    schedule = _schedule_of(entry)
    if schedule is None or isinstance(schedule, float):
        return schedule
    if schedule.extra is not None or not schedule.fields.entries.keys() <= CRONTAB_FIELDS.keys():
        return None
    fields = tuple(expanded(schedule, name) for name in CRONTAB_FIELDS)
    return None if None in fields else fields


def _schedule_of(entry: ScheduleEntry) -> float | Crontab | None:
    """The interval of an entry in seconds, or its crontab; None where neither is known."""
    field = entry.fields.get("schedule")
    if field is None:
        return None
    node, site = behind_names(field.node, field.site)
    seconds = _seconds(node, site)
    if seconds is not None:
        return float(seconds)
    return next((each for each in crontabs_of(site.module) if each.node is node), None)


def _seconds(node: ast.expr, site: Site) -> float | None:
    value = value_of(node, site)
    if isinstance(value, Constant) and type(value.value) in (int, float):
        return float(value.value)  # type: ignore[arg-type]
    return seconds_of(node, site)


def _period(seconds: float) -> str:
    """A length of time in words: ``90 s``, ``10 min``, ``2 h``."""
    for length, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= length and not seconds % length:
            return f"{seconds / length:g} {unit}"
    return f"{seconds:g} s"


def _of_crontab(crontab: Crontab) -> Times | None:
    fields: dict[str, frozenset[int]] = {}
    for name in CRONTAB_FIELDS:
        numbers = expanded(crontab, name)
        if not numbers:
            return None
        fields[name] = numbers
    minutes, hours = sorted(fields["minute"]), sorted(fields["hour"])
    days = len(fields["day_of_week"]) / _DAYS * _share_of_year(fields["day_of_month"], fields["month_of_year"])
    return Times(_in_words(fields), len(minutes) * len(hours) / _HOURS * days, tuple(minutes), tuple(hours))


def _share_of_year(days: frozenset[int], months: frozenset[int]) -> float:
    due = sum(day <= LONGEST_MONTHS[month - 1] for month in months for day in days)
    return due / sum(LONGEST_MONTHS)


def _in_words(fields: Mapping[str, frozenset[int]]) -> str:
    clock = _clock(sorted(fields["minute"]), sorted(fields["hour"]))
    days = sorted(fields["day_of_week"])
    if len(days) < _DAYS:
        clock += f" on {', '.join(_DAY_NAMES[day] for day in days)}"
    dates, months = sorted(fields["day_of_month"]), sorted(fields["month_of_year"])
    if len(dates) < CRONTAB_FIELDS["day_of_month"][1]:
        clock += f" on day {_listed(dates)} of the month"
    if len(months) < CRONTAB_FIELDS["month_of_year"][1]:
        clock += f" in month {_listed(months)}"
    return clock


def _clock(minutes: list[int], hours: list[int]) -> str:
    """The time of day: ``every 15 min``, ``hourly at :05``, ``every 4 h at :30``, ``daily at 02:30``."""
    if len(minutes) == 1:
        at = f":{minutes[0]:02}"
        if len(hours) == _HOURS:
            return f"hourly at {at}"
        step = _step(hours, _HOURS)
        if len(hours) > 1 and step:
            return f"every {step} h at {at}"
        return "daily at " + _listed([f"{hour:02}{at}" for hour in hours])
    step = _step(minutes, _MINUTES)
    every = f"every {step} min" if step and step > 1 else "every minute" if step else f"at minute {_listed(minutes)}"
    return every if len(hours) == _HOURS else f"{every} in hour {_listed(hours)}"


def _step(numbers: list[int], whole: int) -> int:
    """The distance of numbers that stand as far apart from each other, round the clock; 0 where they do not."""
    distances = {(after - before) % whole for before, after in zip(numbers, [*numbers[1:], numbers[0]], strict=True)}
    return distances.pop() if len(distances) == 1 and not numbers[0] else 0


def _listed(parts: list[int] | list[str]) -> str:
    return ", ".join(map(str, parts))
