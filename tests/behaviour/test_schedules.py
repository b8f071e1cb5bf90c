"""What Celery beat makes of a schedule."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from celery import shared_task
from celery.beat import Scheduler, SchedulingError
from celery.schedules import ParseException, crontab

from . import beat
from .harness import CELERY

if TYPE_CHECKING:
    from .harness import Worker


@shared_task
def update() -> None: ...


@shared_task(priority=7)
def update_all() -> None: ...


@shared_task
def update_one(pk: int) -> None: ...


def times(worker: Worker, days: int = 1, **fields: Any) -> list[str]:
    """When `crontab(**fields)` is due in the days after midnight of Monday 1 January 2024, as beat would ask it."""
    return beat.times(crontab(**fields, app=worker.app), days)


def tick(worker: Worker, monkeypatch: pytest.MonkeyPatch, **entry: Any) -> None:
    """Let beat's own scheduler send this entry once."""
    monkeypatch.setitem(worker.app.conf, "beat_schedule", {"entry": entry})
    scheduler = Scheduler(app=worker.app)
    scheduler.apply_async(scheduler.schedule["entry"])


def test_a_crontab_with_an_hour_alone_runs_every_minute_of_it(worker: Worker) -> None:
    """`crontab(hour=3)` is due 60 times, from 03:00 to 03:59."""
    due = times(worker, hour=3)
    assert (len(due), due[0], due[-1]) == (60, "Mon 01 03:00", "Mon 01 03:59")


def test_a_crontab_with_an_hour_step_alone_runs_every_minute_of_these_hours(worker: Worker) -> None:
    """`crontab(hour="*/12")` is due 120 times a day."""
    assert len(times(worker, hour="*/12")) == 120


def test_a_crontab_with_a_day_alone_runs_every_minute_of_it(worker: Worker) -> None:
    """`crontab(day_of_week="mon")` is due 1440 times on a Monday."""
    assert len(times(worker, day_of_week="mon")) == 1440


def test_a_crontab_with_a_day_and_minute_runs_every_hour_of_it(worker: Worker) -> None:
    """`crontab(minute=0, day_of_week="mon")` is due 24 times on a Monday."""
    assert len(times(worker, minute=0, day_of_week="mon")) == 24


def test_a_crontab_with_minute_and_hour_runs_once_a_day(worker: Worker) -> None:
    """`crontab(minute=0, hour=3)` is due at 03:00."""
    assert times(worker, minute=0, hour=3) == ["Mon 01 03:00"]


def test_an_empty_crontab_runs_every_minute(worker: Worker) -> None:
    """`crontab()` is due 1440 times a day."""
    assert len(times(worker)) == 1440


def test_a_crontab_needs_both_its_day_fields_to_match(worker: Worker) -> None:
    """Unlike cron's, Celery's day of the month and day of the week must both match."""
    assert times(worker, days=14, minute=0, hour=3, day_of_month="1-7", day_of_week="tue") == ["Tue 02 03:00"]


def test_the_third_positional_field_of_a_crontab_is_the_day_of_the_week() -> None:
    """`crontab(0, 3, 1)` is every Monday: cron's third field is the day of the month."""
    assert crontab(0, 3, 1) == crontab(minute=0, hour=3, day_of_week=1)


@pytest.mark.parametrize(
    "fields",
    [
        {"minute": "60"},
        {"hour": "24"},
        {"day_of_month": "0"},
        {"day_of_month": "32"},
        {"month_of_year": "13"},
        {"month_of_year": "0"},
        {"day_of_week": "7"},
        {"day_of_week": "someday"},
        {"minute": "*/0"},
        {"minute": "a"},
        {"minute": 60},
        {"minute": ""},
        {"minute": "0 3 * * *"},
        {"minute": "0 3"},
        {"minute": range(0, 61, 5)},
    ],
    ids=str,
)
def test_a_crontab_refuses(fields: dict[str, Any]) -> None:
    """A value out of range, or no cron expression, raises when the settings are imported."""
    with pytest.raises((ValueError, ParseException)):
        crontab(**fields)


@pytest.mark.parametrize("fields", [{"minutes": 5}, {"hours": 3}, {"day": 1}, {"weekday": 1}], ids=str)
def test_a_crontab_refuses_an_unknown_field(fields: dict[str, Any]) -> None:
    """`crontab(minutes=5)` raises `TypeError`."""
    with pytest.raises(TypeError):
        crontab(**fields)


@pytest.mark.parametrize("minute", [5.5, None, timedelta(minutes=5)], ids=str)
def test_a_crontab_refuses_a_field_that_is_no_number_string_or_iterable(minute: Any) -> None:
    """`crontab(minute=5.5)` raises `TypeError`."""
    with pytest.raises(TypeError):
        crontab(minute=minute)


@pytest.mark.parametrize(
    ("fields", "expanded"),
    [
        ({"day_of_week": "mon"}, {1}),
        ({"day_of_week": "monday"}, {1}),
        ({"day_of_week": "mon-wed"}, {1, 2, 3}),
        ({"day_of_week": 0}, {0}),
        ({"minute": "*/60"}, {0}),
        ({"minute": "*/70"}, {0}),
        ({"minute": "*/90"}, {0}),
        ({"hour": "*/24"}, {0}),
        ({"day_of_month": "*/31"}, {1}),
        ({"month_of_year": "*/12"}, {1}),
        ({"minute": b"\x05"}, {5}),
        ({"minute": range(0, 60, 20)}, {0, 20, 40}),
        ({"minute": "0,30"}, {0, 30}),
        ({"minute": [0, 30]}, {0, 30}),
        ({"minute": "10-20/5"}, {10, 15, 20}),
        ({"hour": "22-2"}, {22, 23, 0, 1, 2}),
        pytest.param(
            {"month_of_year": "jan"},
            {1},
            marks=pytest.mark.skipif(CELERY < (5, 5), reason="names of months came with Celery 5.5"),
        ),
    ],
    ids=str,
)
def test_a_crontab_accepts(fields: dict[str, Any], expanded: set[int]) -> None:
    """Names of days and months, ranges over the edge, lists, and a step larger than the range are accepted."""
    (name,) = fields
    assert getattr(crontab(**fields), name) == expanded


@pytest.mark.parametrize("line", ["*/5 4 * * *", "*/5 4", "*/5 */2 1 * *"])
def test_a_crontab_ignores_what_follows_a_step(line: str) -> None:
    """`crontab("*/5 4 * * *")` is `crontab(minute="*/5")`: every five minutes of every hour, not only of the fifth."""
    assert crontab(line) == crontab(minute="*/5")


def test_a_step_as_long_as_its_field_is_no_step(worker: Worker) -> None:
    """`minute="*/90"` is each full hour, not every 90 minutes."""
    assert [due[-5:] for due in times(worker, minute="*/90", hour="0-2")] == ["00:00", "01:00", "02:00"]


NEVER = [
    {"day_of_month": 31, "month_of_year": 2},
    {"day_of_month": "30", "month_of_year": "2"},
    {"day_of_month": 31, "month_of_year": "4,6"},
]
"""Dates that no year has."""


@pytest.mark.skipif(CELERY < (5, 7), reason="Celery before 5.7 does not look")
@pytest.mark.parametrize("date", NEVER, ids=str)
def test_a_crontab_refuses_a_date_that_never_comes(date: dict[str, Any]) -> None:
    """From Celery 5.7 on, 31 February raises `ValueError` when the settings are imported."""
    with pytest.raises(ValueError, match="never occurs"):
        crontab(minute=0, hour=0, **date)


@pytest.mark.skipif(CELERY >= (5, 7), reason="Celery 5.7 refuses it")
@pytest.mark.parametrize("date", NEVER, ids=str)
def test_a_date_that_never_comes_stops_beat_on_older_celery(date: dict[str, Any]) -> None:
    """Before Celery 5.7, 31 February is accepted, and beat raises when it asks when that is."""
    schedule = crontab(minute=0, hour=0, **date)
    with pytest.raises(RuntimeError, match="unable to rollover"):
        schedule.is_due(beat.MONDAY)


def test_a_crontab_accepts_a_date_that_comes_in_leap_years() -> None:
    """29 February is one."""
    assert crontab(minute=0, hour=0, day_of_month=29, month_of_year=2).month_of_year == {2}


def test_a_step_that_does_not_divide_the_range_starts_over(worker: Worker) -> None:
    """`minute="*/25"` is 0, 25 and 50 of each hour: not every 25 minutes."""
    assert [due[-5:] for due in times(worker, minute="*/25", hour="0-1")] == [
        "00:00", "00:25", "00:50", "01:00", "01:25", "01:50",
    ]  # fmt: skip


def test_a_schedule_entry_sends_its_task(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """beat sends the entry's task with its `args`, at the default priority."""
    tick(worker, monkeypatch, task=update_one.name, schedule=crontab(), args=[1])
    assert [(m.name, m.args, m.priority) for m in worker.sent] == [("update_one", [1], 5)]


def test_a_schedule_entrys_options_are_those_of_apply_async(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """`options` holds a priority, a queue, an expiry."""
    options = {"priority": 7, "queue": "services", "expires": 60}
    tick(worker, monkeypatch, task=update.name, schedule=crontab(), options=options)
    assert [(m.priority, m.queue, m.expires) for m in worker.sent] == [(7, "services", 60)]


def test_a_schedule_entry_takes_the_decorators_priority(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """The priority of the task's decorator holds for beat too."""
    tick(worker, monkeypatch, task=update_all.name, schedule=crontab())
    assert worker.priorities() == [("update_all", 7)]


def test_a_schedule_entry_for_a_task_unknown_to_beat_is_sent_at_the_reserved_priority(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """beat uses `send_task` for a name that it does not know: nothing complains, and the message goes at 0."""
    tick(worker, monkeypatch, task="nope.tasks.update", schedule=crontab())
    assert worker.priorities() == [("update", 0)]
    worker.run()
    assert [m.outcome for m in worker.sent] == ["UNREGISTERED"]


@pytest.mark.parametrize("arguments", [{}, {"args": [1, 2]}, {"kwargs": {"character_pk": 1}}], ids=str)
def test_a_schedule_entry_with_wrong_arguments_is_never_sent(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, arguments: dict[str, Any]
) -> None:
    """beat fails to send it, each time that it is due."""
    with pytest.raises(SchedulingError, match="argument"):
        tick(worker, monkeypatch, task=update_one.name, schedule=crontab(), **arguments)
    assert worker.sent == []


@pytest.mark.parametrize("key", ["apply_offset", "priority", "enabled", "crontab", "name_of_nothing"])
def test_an_unknown_key_in_a_schedule_entry_stops_beat(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """beat does not start; Alliance Auth's own scheduler takes `apply_offset` out before."""
    with pytest.raises(TypeError, match=f"unexpected keyword argument '{key}'"):
        tick(worker, monkeypatch, task=update.name, schedule=crontab(), **{key: True})


@pytest.mark.parametrize("key", ["name", "app", "last_run_at", "total_run_count", "relative"])
def test_a_schedule_entry_may_have_what_beat_keeps_of_it(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """`name`, `app`, `last_run_at` and `total_run_count` are no unknown keys of an entry."""
    tick(worker, monkeypatch, task=update.name, schedule=crontab(), **{key: None})
    assert worker.priorities() == [("update", 5)]


def scheduled(worker: Worker, monkeypatch: pytest.MonkeyPatch, entry: Any) -> Any:
    """What beat's own scheduler makes of whatever stands in a schedule."""
    monkeypatch.setitem(worker.app.conf, "beat_schedule", {"entry": entry})
    return Scheduler(app=worker.app).schedule["entry"]


@pytest.mark.parametrize(
    "entry",
    [
        ({"task": update.name, "schedule": 60, "args": []},),
        [{"task": update.name, "schedule": 60, "args": []}],
        (update.name, 60),
        update.name,
    ],
    ids=["comma", "list", "tuple", "text"],
)
def test_a_schedule_entry_that_is_no_dict_stops_beat(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, entry: Any
) -> None:
    """A comma after an entry makes it a tuple: beat does not start, `ValueError`."""
    with pytest.raises((ValueError, TypeError)):
        scheduled(worker, monkeypatch, entry)


def test_a_schedule_entry_of_two_keys_with_a_comma_is_another_entry(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`({"task": …, "schedule": …},)` is read as a pair of its two keys: a task called `schedule`, never due."""
    entry = scheduled(worker, monkeypatch, ({"task": update.name, "schedule": 60},))
    assert (entry.task, entry.schedule) == ("schedule", None)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"args": (3)}, "'int' object is not iterable"),
        ({"args": "abc"}, "takes 1 positional argument but 3 were given"),
        ({"kwargs": [("pk", 1)]}, "has no attribute 'items'"),
    ],
    ids=["number", "text", "kwargs"],
)
def test_arguments_of_a_schedule_entry_that_are_no_list_are_never_sent(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, arguments: dict[str, Any], error: str
) -> None:
    """`"args": (3)` is a number and `"abc"` three arguments: beat fails to send it, each time that it is due."""
    with pytest.raises(SchedulingError, match=error):
        tick(worker, monkeypatch, task=update_one.name, schedule=crontab(), **arguments)
    assert worker.sent == []


@pytest.mark.parametrize("args", [{3}, {3: "x"}, range(3, 4)], ids=["set", "dict", "range"])
def test_arguments_of_a_schedule_entry_may_be_any_iterable(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, args: Any
) -> None:
    """Unlike `apply_async`, beat makes a list of them."""
    tick(worker, monkeypatch, task=update_one.name, schedule=crontab(), args=args)
    assert [message.args for message in worker.sent] == [[3]]


@pytest.mark.parametrize(
    ("schedule", "error"), [("*/5 * * * *", AttributeError), (crontab, TypeError)], ids=["text", "class"]
)
def test_a_schedule_that_is_none_stops_beat(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, schedule: Any, error: type[Exception]
) -> None:
    """`"schedule": "*/5 * * * *"` or the class `crontab`: beat does not start."""
    with pytest.raises(error):
        scheduled(worker, monkeypatch, {"task": update.name, "schedule": schedule})


def test_an_expiry_of_a_schedule_entry_is_no_timedelta(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """`"options": {"expires": timedelta(…)}`: beat fails to send it, each time that it is due."""
    with pytest.raises(SchedulingError, match="not supported between instances"):
        tick(worker, monkeypatch, task=update.name, schedule=crontab(), options={"expires": timedelta(minutes=1)})
    assert worker.sent == []


def test_two_entries_for_one_task_send_it_twice(worker: Worker) -> None:
    """Two names for the same task, arguments and times: each of them is due."""
    entry = {"task": update.name, "schedule": crontab()}
    beat.send_all({"one": entry, "two": entry})
    assert worker.priorities() == [("update", 5), ("update", 5)]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (lambda: (update.s(),), TypeError),
        (lambda: (update.s(), 60), AttributeError),
        (lambda: (60, update.name), AttributeError),
        (lambda: (60, update()), AttributeError),
        (lambda: (60, update.delay()), AttributeError),
    ],
    ids=["no-schedule", "swapped", "name", "called", "sent"],
)
def test_add_periodic_task_refuses_what_is_no_signature(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, arguments: Any, error: type[Exception]
) -> None:
    """`add_periodic_task(60, t())` and `t.delay()` run or send `t` once, and raise; so does a missing schedule."""
    monkeypatch.setitem(worker.app.conf, "beat_schedule", {})
    with pytest.raises(error):
        worker.app.add_periodic_task(*arguments())
    assert worker.app.conf.beat_schedule == {}


def test_add_periodic_task_takes_a_task_for_its_signature(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """`add_periodic_task(60, t)` is `add_periodic_task(60, t.s())`."""
    monkeypatch.setitem(worker.app.conf, "beat_schedule", {})
    worker.app.add_periodic_task(60, update)
    beat.send_all(worker.app.conf.beat_schedule)
    assert worker.priorities() == [("update", 5)]


@pytest.mark.parametrize("schedule", ["*/5 * * * *", crontab], ids=["text", "class"])
def test_add_periodic_task_takes_a_schedule_that_is_none(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, schedule: Any
) -> None:
    """`add_periodic_task("*/5 * * * *", …)` is accepted, and stops beat."""
    monkeypatch.setitem(worker.app.conf, "beat_schedule", {})
    worker.app.add_periodic_task(schedule, update.s())
    with pytest.raises((AttributeError, TypeError)):
        beat.send_all(worker.app.conf.beat_schedule)


def test_a_schedule_entry_without_schedule_is_never_due(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """beat accepts the entry, and cannot tell when it is due: Celery 5.4 stops, a newer one logs an error."""
    monkeypatch.setitem(worker.app.conf, "beat_schedule", {"entry": {"task": update.name}})
    with pytest.raises(AttributeError, match="'NoneType' object has no attribute 'is_due'"):
        Scheduler(app=worker.app).schedule["entry"].is_due()


def test_a_schedule_entry_without_task_sends_nothing_that_runs(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """beat accepts the entry and sends a message that names no task, which the worker drops."""
    tick(worker, monkeypatch, schedule=crontab())
    worker.run()
    sent: list[tuple[object, object]] = [(m.task, m.outcome) for m in worker.sent]
    assert sent == [(None, "UNREGISTERED")]


def test_a_schedule_entry_that_expires_does_not_run_late(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that takes the message after `options.expires` drops it."""
    tick(worker, monkeypatch, task=update.name, schedule=crontab(), options={"expires": -1})
    worker.run()
    assert [m.outcome for m in worker.sent] == ["REVOKED"]


def test_add_periodic_task_overrides_the_settings(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """`add_periodic_task` in an app's code replaces the entry of that name which an administrator has set."""
    entry = {"task": update.name, "schedule": crontab(minute=0, hour=3)}
    monkeypatch.setitem(worker.app.conf, "beat_schedule", {"entry": entry})
    worker.app.add_periodic_task(crontab(), update_all.s(), name="entry")
    assert worker.app.conf.beat_schedule["entry"]["task"] == update_all.name


def test_a_scheduled_task_stays_scheduled_at_its_own_interval(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number or a timedelta is an interval: the entry is due when that has passed since it last ran."""
    entry = {"task": update.name, "schedule": 60}
    monkeypatch.setitem(worker.app.conf, "beat_schedule", {"entry": entry})
    scheduled = Scheduler(app=worker.app).schedule["entry"]
    assert not scheduled.is_due().is_due
    scheduled.last_run_at -= timedelta(seconds=61)
    assert scheduled.is_due().is_due


@pytest.mark.parametrize(
    ("given", "named", "error"),
    [
        ((0, 0, 1, 1, 1, 1), {}, TypeError),
        ((0,), {"minute": 5}, TypeError),
        ((), {"minute": range(0, 61, 5)}, ValueError),
        ((), {"minute": timedelta(minutes=5)}, TypeError),
    ],
)
def test_a_crontab_has_five_fields_and_takes_each_once(
    given: tuple[int, ...], named: dict[str, Any], error: type[Exception]
) -> None:
    """`crontab(0, minute=5)` raises `TypeError`, as a sixth value does; a range beyond the field `ValueError`."""
    with pytest.raises(error):
        crontab(*given, **named)


def test_a_crontab_takes_bytes_for_numbers() -> None:
    """`crontab(minute=b"5")` is minute 53, the number of that character."""
    assert crontab(minute=b"5").minute == {53}
