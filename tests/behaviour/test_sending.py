"""What Celery makes of options that it does not know, of what is no signature, and of a time without a zone."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from celery import chain, group, shared_task
from celery.schedules import crontab
from celery.signals import task_received
from kombu.exceptions import EncodeError

from .beat import send_all
from .tasks import a, b, see, seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .harness import Worker

UNKNOWN = [
    {"prioritty": 3},
    {"prio": 3},
    {"coutdown": 600},
    {"delay": 600},
    {"qeue": "services"},
    {"expire": 60},
    {"expires_in": 60},
    {"max_retries": 0},
    {"acks_late": True},
    {"force": True},
]
"""Options that somebody meant to give, none of which Celery has."""


@contextmanager
def receiving() -> Iterator[list[Any]]:
    """What the worker makes of each message that it receives meanwhile."""
    received: list[Any] = []

    def on_received(request: Any, **_: Any) -> None:
        received.append(request)

    task_received.connect(on_received)
    try:
        yield received
    finally:
        task_received.disconnect(on_received)


@shared_task(bind=True)
def tells(self: Any, force: bool = False) -> None:
    seen.append((force, self.request.properties))


def told(worker: Worker) -> dict[str, Any]:
    """The properties of the one message for `tells`, which went as any message without options goes."""
    (message,) = worker.sent
    assert (message.priority, message.countdown, message.expires, message.queue) == (5, None, None, "celery")
    worker.run()
    ((force, properties),) = seen
    assert force is False
    assert isinstance(properties, dict)
    return properties


@pytest.mark.parametrize("option", UNKNOWN, ids=str)
def test_an_unknown_option_is_a_property_of_the_message(worker: Worker, option: dict[str, Any]) -> None:
    """`apply_async(prioritty=3)` is accepted and sent along, and means nothing; a task's own parameter neither."""
    tells.apply_async(**option)
    assert option.items() <= told(worker).items()


@pytest.mark.parametrize("option", UNKNOWN, ids=str)
def test_an_unknown_option_that_is_set_on_a_signature_means_nothing(worker: Worker, option: dict[str, Any]) -> None:
    """`t.si().set(qeue="services")` goes to the default queue."""
    tells.si().set(**option).apply_async()
    assert option.items() <= told(worker).items()


@pytest.mark.parametrize("option", UNKNOWN, ids=str)
def test_an_unknown_option_of_a_signature_means_nothing(worker: Worker, option: dict[str, Any]) -> None:
    """`t.signature(options={"prioritty": 3})` and `signature("name", options=…)` run at the default."""
    worker.app.signature(tells.name, options=option).delay()
    assert option.items() <= told(worker).items()


@pytest.mark.parametrize("option", UNKNOWN, ids=str)
def test_an_unknown_option_of_a_schedule_entry_means_nothing(worker: Worker, option: dict[str, Any]) -> None:
    """`"options": {"expire": 60}` never expires."""
    send_all({"entry": {"task": tells.name, "schedule": crontab(), "options": option}})
    assert option.items() <= told(worker).items()


def test_an_unknown_option_of_send_task_means_nothing(worker: Worker) -> None:
    """`send_task(name, prioritty=3)` sends as if nothing had been said."""
    worker.app.send_task(tells.name, priority=5, coutdown=600)
    assert told(worker)["coutdown"] == 600


def test_a_timeout_of_apply_async_is_that_of_the_connection(worker: Worker) -> None:
    """`apply_async(timeout=5)` limits how long sending may take, not how long the task may run."""
    tells.apply_async(timeout=5)
    assert "timeout" not in told(worker)


def test_an_unknown_option_that_json_cannot_carry_is_not_noticed_either(worker: Worker) -> None:
    """The memory broker carries anything; `apply_async(delay=timedelta(1))` runs at once."""
    tells.apply_async(delay=timedelta(1))
    assert told(worker)["delay"] == timedelta(1)


def test_acks_late_is_an_option_of_a_task_and_not_of_a_dispatch(worker: Worker) -> None:
    """`apply_async(acks_late=True)` acknowledges before the task runs, as ever."""

    @shared_task
    def early() -> None:
        seen.append(received[-1].acknowledged)

    @shared_task(acks_late=True)
    def late() -> None:
        seen.append(received[-1].acknowledged)

    early.apply_async(acks_late=True)
    late.delay()
    with receiving() as received:
        worker.run()
    assert seen == [True, False]


@pytest.mark.parametrize("option", ["time_limit", "soft_time_limit"])
def test_a_dispatch_can_have_time_limits_of_its_own(worker: Worker, option: str) -> None:
    """`apply_async(time_limit=60)` is no mistake: the message says so."""

    @shared_task(bind=True)
    def limited(self: Any) -> None:
        seen.append(self.request.timelimit)

    limited.apply_async(**{option: 60})
    worker.run()
    assert seen == [[60, None] if option == "time_limit" else [None, 60]]


def test_a_routing_key_alone_reaches_nothing(worker: Worker) -> None:
    """`apply_async(routing_key="services")` without a queue or exchange goes to the default queue."""
    a.apply_async(routing_key="services")
    worker.run()
    assert [(message.queue, message.outcome) for message in worker.sent] == [("celery", "SUCCESS")]


@pytest.mark.parametrize(
    "started",
    [
        lambda: chain(see.delay(1), b.si()),
        lambda: chain([see.delay(1), b.si()]),
        lambda: chain(b.si(), see.delay(1)),
        lambda: b.si() | see.delay(1),
        lambda: group(see.delay(1), b.si()),
        lambda: group([see.delay(1)]),
    ],
    ids=["first", "list", "second", "pipe", "group", "group-of-one"],
)
def test_a_result_in_a_workflow_has_been_sent_and_is_no_signature(worker: Worker, started: Any) -> None:
    """`chain(t.delay(1), …)` sends `t` at once, and nothing else: it raises when it is made or started."""
    with pytest.raises((TypeError, AttributeError, NotImplementedError)):
        started().delay()
    assert [message.name for message in worker.sent] == ["see"]


@pytest.mark.parametrize(
    "started",
    [
        lambda: chain(a(), b.si()),
        lambda: chain(b.si(), a()),
        lambda: group([a(), b.si()]),
        lambda: chain([see(1), see(2)]),
        lambda: group(see(x) for x in range(2)),
    ],
    ids=["first", "second", "group", "list", "generator"],
)
def test_what_a_task_returned_is_no_signature(worker: Worker, started: Any) -> None:
    """`group([t(1), …])` runs `t` here and now, and raises, be it for None or for text."""
    with pytest.raises((TypeError, AttributeError)):
        started().delay()
    assert worker.sent == []


@pytest.mark.parametrize(
    "started",
    [lambda: chain(a, b), lambda: chain(a.si(), b), lambda: a.si() | b, lambda: group(a, b), lambda: group([a, b])],
    ids=["chain", "second", "pipe", "group", "list"],
)
def test_a_task_is_no_signature(worker: Worker, started: Any) -> None:
    """`chain(a, b)` for `chain(a.si(), b.si())` raises, and nothing is sent."""
    with pytest.raises((TypeError, AttributeError, NotImplementedError)):
        started().delay()
    assert worker.sent == []


def test_what_a_task_without_a_result_returned_is_no_callback(worker: Worker) -> None:
    """`a.apply_async(link=see(1))` runs `see` here and now; None is no callback, and nobody complains."""
    a.apply_async(link=see(1))
    assert seen == [1]
    worker.run()
    assert [message.name for message in worker.sent] == ["a"]


@pytest.mark.parametrize("option", ["link", "link_error"])
def test_a_result_as_a_callback_is_sent_before_its_task(worker: Worker, option: str) -> None:
    """`a.apply_async(link=see.delay(1))` sends `see` at once, and cannot send `a`."""
    with pytest.raises(EncodeError, match="not JSON serializable"):
        a.apply_async(**{option: see.delay(1)})
    assert [message.name for message in worker.sent] == ["see"]


@pytest.mark.parametrize("option", ["link", "link_error"])
def test_a_task_as_a_callback_cannot_be_sent(worker: Worker, option: str) -> None:
    """`a.apply_async(link=b)` for `link=b.si()` raises."""
    with pytest.raises(EncodeError, match="not JSON serializable"):
        a.apply_async(**{option: b})
    assert worker.sent == []


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Sets the time zone of this process, as an administrator does by `TZ`."""

    def set_zone(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield set_zone
    monkeypatch.undo()
    time.tzset()


def due(worker: Worker, eta: datetime, *, delayed: bool = False) -> datetime | None:
    """The moment at which a task that is sent with this `eta` is due, as the worker reads it.

    With `delayed` it returns when that task ran: the worker must be late for it.
    """
    with receiving() as received:
        a.apply_async(eta=eta)
        b.delay()  # what comes later in the queue runs when that one has been received
        worker.run(delayed=delayed)
    moment: datetime | None = received[0].eta
    return moment


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_an_eta_without_a_zone_is_read_as_utc(worker: Worker, clock: Any, zone: str) -> None:
    """`eta=datetime.now() + …` where the clock is not UTC: hours too late, or at once."""
    clock(zone)
    eta = datetime.now() + timedelta(minutes=1)
    at_once = zone == "America/New_York"
    assert due(worker, eta, delayed=at_once) == eta.replace(tzinfo=timezone.utc)
    # in which order two tasks that are due run, nobody says
    assert sorted(worker.names()) == (["a", "b"] if at_once else ["b"])


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_an_expiry_without_a_zone_is_read_as_utc(worker: Worker, clock: Any, zone: str) -> None:
    """`expires=datetime.now() + …` where the clock is not UTC: hours too late, or before it could run."""
    clock(zone)
    a.apply_async(expires=datetime.now() + timedelta(minutes=1))
    a.apply_async(expires=datetime.now() - timedelta(minutes=1))
    worker.run()
    outcome = {"Asia/Tokyo": "SUCCESS", "America/New_York": "REVOKED"}[zone]
    assert [message.outcome for message in worker.sent] == [outcome, outcome]


def test_an_eta_with_a_zone_is_that_moment(worker: Worker, clock: Any) -> None:
    """`datetime.now(timezone.utc)` and Django's `timezone.now()` are right wherever the clock is."""
    clock("Asia/Tokyo")
    eta = datetime.now(timezone.utc) + timedelta(minutes=1)
    assert due(worker, eta) == eta


def test_celerys_own_time_zone_does_not_matter_to_an_eta_without_one(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With Celery's `timezone` set to another zone, a time without a zone is read as UTC all the same."""
    monkeypatch.setitem(worker.app.conf, "timezone", "Asia/Tokyo")
    assert due(worker, datetime(2099, 1, 1, 12)) == datetime(2099, 1, 1, 12, tzinfo=timezone.utc)


def test_an_eta_without_a_zone_is_right_where_the_clock_is_utc(worker: Worker, clock: Any) -> None:
    """`TZ` of UTC, or Django's `TIME_ZONE = "UTC"`, which sets it: `datetime.now()` is what it seems."""
    clock("UTC")
    eta = datetime.now() + timedelta(minutes=1)
    assert due(worker, eta) == eta.astimezone(timezone.utc)
