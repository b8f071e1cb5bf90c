"""How far options reach, and what they hold back: countdown, queue, expiry, rate limit, `ignore_result`."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from celery import Celery, Task, chain, group, shared_task
from celery.worker import WorkController

from .harness import CELERY
from .tasks import a, b, c, see, seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .harness import Worker


def test_a_chains_countdown_reaches_only_its_first_task(worker: Worker) -> None:
    """`chain(a, b).apply_async(countdown=0.2)` delays `a` alone: `b` is sent without a countdown when `a` has run."""
    chain(a.si(), b.si()).apply_async(countdown=0.2)
    worker.run(delayed=True)
    assert [(m.name, m.countdown is None) for m in worker.sent] == [("a", False), ("b", True)]


def test_a_chains_queue_reaches_only_its_first_task(worker: Worker) -> None:
    """`chain(a, b).apply_async(queue="services")` sends `b` to the default queue."""
    with worker.consuming("services"):
        chain(a.si(), b.si()).apply_async(queue="services")
        worker.run()
    assert [(m.name, m.queue) for m in worker.sent] == [("a", "services"), ("b", "celery")]


def test_a_chains_expiry_reaches_only_its_first_task(worker: Worker) -> None:
    """`chain(a, b).apply_async(expires=60)`: `b` never expires."""
    chain(a.si(), b.si()).apply_async(expires=60)
    worker.run()
    assert [m.expires for m in worker.sent] == [60, None]


@pytest.mark.parametrize("option", ["expires", "priority"])
def test_an_option_of_a_chain_that_begins_with_a_group_reaches_what_follows(option: str) -> None:
    """`chain(group(a, b), c).apply_async(expires=60)` is a chord, which gives it to `c`, too."""
    queue = f"chords of {option}"
    app = Celery("chords", broker="memory://", backend="cache+memory://", set_as_current=False)

    @app.task
    def member() -> None: ...

    chain(group(member.si(), member.si()), member.si()).apply_async(**{option: 8}, queue=queue)
    with app.connection_for_read() as connection:
        message = connection.SimpleQueue(queue).get(timeout=5)
    assert message.payload[2]["chord"]["options"][option] == 8


def test_a_groups_countdown_reaches_every_member(worker: Worker) -> None:
    """`group(a, b).apply_async(countdown=60)` delays both."""
    group(a.si(), b.si()).apply_async(countdown=60)
    assert [m.countdown for m in worker.sent] == [60, 60]


def test_an_expired_task_does_not_run(worker: Worker) -> None:
    """A worker that takes a message after it expired drops it."""
    a.apply_async(expires=-1)
    assert worker.run() == []
    assert [m.outcome for m in worker.sent] == ["REVOKED"]


def test_an_expired_task_ends_its_chain_silently(worker: Worker) -> None:
    """Nobody sends what stands after a task that expired; its `link_error` is not called."""
    chain(a.si(), b.si().set(expires=-1), c.si()).apply_async(link_error=see.si("failed"))
    worker.run()
    assert worker.names() == ["a"]
    assert seen == []


def test_expires_before_countdown_never_runs(worker: Worker) -> None:
    """`apply_async(countdown=1, expires=0.1)` is accepted, waits, and is dropped."""
    a.apply_async(countdown=0.4, expires=0.1)
    worker.run(delayed=True)
    assert [m.outcome for m in worker.sent] == ["REVOKED"]


def test_a_rate_limit_holds_messages_back_in_the_worker(worker: Worker) -> None:
    """`rate_limit="4/s"` runs one task every quarter of a second; the others wait in the worker, priority or not."""

    @shared_task(rate_limit="4/s")
    def limited(name: str) -> None:
        seen.append((name, time.monotonic()))

    limited.apply_async(["low"], priority=9)
    limited.apply_async(["middle"], priority=9)
    limited.apply_async(["high"], priority=1)
    worker.run()
    names, moments = zip(*seen, strict=True)
    assert names == ("low", "middle", "high")
    assert moments[2] - moments[0] >= 0.4


def test_a_rate_limited_task_that_waits_holds_every_other_task_back(worker: Worker) -> None:
    """With Alliance Auth's `worker_prefetch_multiplier = 1` a waiting message takes up the slot of its worker."""

    @shared_task(rate_limit="4/s")
    def limited() -> None:
        seen.append(("limited", time.monotonic()))

    @shared_task
    def free() -> None:
        seen.append(("free", time.monotonic()))

    limited.delay()
    limited.delay()
    free.delay()
    worker.run()
    names, moments = zip(*seen, strict=True)
    assert names == ("limited", "limited", "free")
    assert moments[2] - moments[0] >= 0.2


def test_get_of_an_ignored_result_is_none_at_once(worker: Worker) -> None:
    """With `ignore_result=True`, `.get()` does not raise without a backend: it returns None before the task ran."""

    @shared_task(ignore_result=True)
    def ignored() -> int:
        return 42

    assert ignored.delay().get() is None
    assert worker.sent[0].outcome is None


def test_an_ignored_result_cannot_be_asked_either(worker: Worker) -> None:
    """`ignore_result=True` changes nothing for `.ready()` and `.state`."""

    @shared_task(ignore_result=True)
    def ignored() -> None: ...

    with pytest.raises(AttributeError, match="DisabledBackend"):
        ignored.delay().ready()


def test_an_ignored_result_still_travels_along_a_chain(worker: Worker) -> None:
    """`ignore_result` is about the backend: the next task of a chain receives the result all the same."""

    @shared_task(ignore_result=True)
    def ignored() -> int:
        return 42

    chain(ignored.s(), see.s()).delay()
    worker.run()
    assert seen == [42]


def test_acks_late_is_off_unless_told(worker: Worker) -> None:
    """A message is acknowledged before its task runs: a worker that dies then has lost the task."""
    assert worker.app.conf.task_acks_late is False
    assert worker.app.tasks[a.name].acks_late is False


def sends_of_swapped_limits(worker: Worker) -> Iterator[Callable[[], object]]:
    """Ways to send a task whose `soft_time_limit` is above its `time_limit`."""

    @shared_task(soft_time_limit=60, time_limit=30)
    def limited() -> None: ...

    yield from (limited.delay, limited.apply_async, limited.si().delay, chain(limited.si(), a.si()).delay)


@pytest.mark.skipif(CELERY < (5, 7), reason="Celery before 5.7 does not look")
def test_a_soft_time_limit_above_the_hard_one_is_refused_at_every_send(worker: Worker) -> None:
    """`@shared_task(soft_time_limit=60, time_limit=30)`: `ValueError` for each `delay`, `apply_async` and signature."""
    for send in sends_of_swapped_limits(worker):
        with pytest.raises(ValueError, match="soft_time_limit must be less than or equal to time_limit"):
            send()
    assert worker.sent == []


@pytest.mark.skipif(CELERY >= (5, 7), reason="Celery 5.7 refuses it")
def test_a_soft_time_limit_above_the_hard_one_is_sent_on_older_celery(worker: Worker) -> None:
    """Before Celery 5.7 nothing complains of `soft_time_limit=60, time_limit=30`."""
    for send in sends_of_swapped_limits(worker):
        send()
    assert len(worker.sent) == 4


def test_the_attributes_of_a_class_are_options_as_those_of_a_decorator_are(worker: Worker) -> None:
    """In a class of tasks `autoretry_for = OSError` is refused when it is registered, `rate_limit = "10/min"` later."""

    class Retrying(Task):
        name = "behaviour.retrying"
        autoretry_for = OSError

        def run(self) -> None: ...

    class Limited(Task):
        name = "behaviour.limited"
        rate_limit = "10/min"

        def run(self) -> None: ...

    with pytest.raises(TypeError, match="not iterable"):
        worker.app.register_task(Retrying())
    with pytest.raises(KeyError, match="min"):
        worker.consumer.bucket_for_task(worker.app.register_task(Limited()))


def test_a_soft_time_limit_that_equals_the_hard_one_is_sent(worker: Worker) -> None:
    """`soft_time_limit=60, time_limit=60` is accepted."""

    @shared_task(soft_time_limit=60, time_limit=60)
    def limited() -> None: ...

    limited.delay()
    assert [run.state for run in worker.run()] == ["SUCCESS"]


def test_the_time_limits_of_a_dispatch_are_not_compared(worker: Worker) -> None:
    """`apply_async(soft_time_limit=60, time_limit=30)` is sent."""
    a.apply_async(soft_time_limit=60, time_limit=30)
    assert len(worker.sent) == 1


@pytest.mark.parametrize(
    ("rate", "error"),
    [
        ("10/x", KeyError),
        ("10/d", KeyError),
        ("10/min", KeyError),
        ("ten/m", ValueError),
        ("10 per minute", ValueError),
    ],
    ids=str,
)
def test_a_worker_does_not_start_with_a_rate_limit_that_is_none(
    worker: Worker, rate: str, error: type[Exception]
) -> None:
    """`rate_limit="10/x"`: the worker raises `KeyError` before it takes its first message."""

    @shared_task(rate_limit=rate)
    def limited() -> None: ...

    with pytest.raises(error):
        consumer_of(worker)


@pytest.mark.parametrize("rate", ["10/s", "10/m", "10/h", "0.5/s", "10", 10, 0.5, None], ids=str)
def test_a_worker_starts_with_a_rate_limit(worker: Worker, rate: Any) -> None:
    """Numbers a second, a minute or an hour are rates."""

    @shared_task(rate_limit=rate)
    def limited() -> None: ...

    assert limited.name in consumer_of(worker).task_buckets


def test_a_rate_limit_of_0_is_none(worker: Worker) -> None:
    """`rate_limit="0/s"` holds nothing back."""

    @shared_task(rate_limit="0/s")
    def limited() -> None: ...

    assert consumer_of(worker).task_buckets[limited.name] is None


def consumer_of(worker: Worker) -> Any:
    """What a second worker of this application makes of its tasks when it starts."""
    return WorkController(app=worker.app, pool="solo", concurrency=1).consumer


@pytest.mark.parametrize("option", ["countdown", "expires"])
def test_a_countdown_or_expiry_is_no_timedelta(worker: Worker, option: str) -> None:
    """`apply_async(expires=timedelta(minutes=1))` raises `TypeError`."""
    with pytest.raises(TypeError):
        a.apply_async(**{option: timedelta(minutes=1)})
    assert worker.sent == []
