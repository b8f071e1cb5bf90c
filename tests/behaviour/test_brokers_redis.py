"""What Redis makes of priorities, of messages that wait, and of tasks that overrun: against a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from celery.app.defaults import NAMESPACES

from .harness import ALLIANCE_AUTH, CELERY

if TYPE_CHECKING:
    from . import redis_broker


def options(**changes: Any) -> dict[str, Any]:
    """Alliance Auth's transport options with changes; kombu looks for what to redeliver each second, not every 100."""
    often = {"unacked_restore_interval": 1, "unacked_restore_throttle": 1}
    return {**ALLIANCE_AUTH["broker_transport_options"], **often, **changes}


@pytest.mark.parametrize("priority", range(1, 10))
def test_each_priority_has_a_list_of_its_own(broker: redis_broker.Broker, priority: int) -> None:
    """With Alliance Auth's ten steps, priorities 1 to 9 land in the lists `celery:1` to `celery:9`."""
    broker.send("say", "x", priority=priority)
    assert broker.lists() == [f"celery:{priority}"]


def test_priority_0_lands_in_the_unsuffixed_list(broker: redis_broker.Broker) -> None:
    """`priority=0` is the list `celery`, the first one served."""
    broker.send("say", "x", priority=0)
    assert broker.lists() == ["celery"]


@pytest.mark.parametrize("priority", [None, "high", "", [], {}], ids=repr)
def test_a_priority_that_is_no_number_lands_with_0(broker: redis_broker.Broker, priority: Any) -> None:
    """`None` is not "the default": it is 0, and so is whatever `int()` refuses."""
    broker.send("say", "x", priority=priority)
    assert broker.lists() == ["celery"]


@pytest.mark.parametrize(
    ("priority", "name"),
    [(-1, "celery"), (-100, "celery"), (10, "celery:9"), (12, "celery:9")],
)
def test_a_priority_out_of_range_is_clamped(broker: redis_broker.Broker, priority: int, name: str) -> None:
    """Below 0 is 0, above 9 is 9."""
    broker.send("say", "x", priority=priority)
    assert broker.lists() == [name]


@pytest.mark.parametrize(("priority", "step"), [("3", 3), (2.5, 2), (3.0, 3), (True, 1)], ids=repr)
def test_a_priority_is_what_int_makes_of_it(broker: redis_broker.Broker, priority: Any, step: int) -> None:
    """`"3"` is 3, 2.5 is 2, 3.0 is 3 and `True` is 1."""
    broker.send("say", "x", priority=priority)
    assert broker.lists() == [f"celery:{step}"]


@pytest.mark.parametrize("value", [None, "high"], ids=repr)
def test_a_tasks_priority_of_none_lands_with_0_by_apply_async(broker: redis_broker.Broker, value: Any) -> None:
    """`t.apply_async(priority=None)` overrides the default priority of 5 with 0."""

    @broker.app.task(name="redis_tasks.say")
    def say(text: str) -> None: ...

    say.apply_async(["x"], priority=value)
    assert broker.lists() == ["celery"]


def test_delay_lands_with_the_default_priority(broker: redis_broker.Broker) -> None:
    """`t.delay()` lands in `celery:5`."""

    @broker.app.task(name="redis_tasks.say")
    def say(text: str) -> None: ...

    say.delay("x")
    assert broker.lists() == ["celery:5"]


def test_send_task_without_a_priority_lands_with_0(broker: redis_broker.Broker) -> None:
    """`send_task` of a name that this process does not know has no default priority: it is served first."""
    broker.app.send_task("redis_tasks.say", ["x"])
    assert broker.lists() == ["celery"]


def test_without_alliance_auths_steps_there_are_four(broker: redis_broker.Broker) -> None:
    """kombu's own steps are 0, 3, 6 and 9: a priority is served with the step at or below it."""
    broker.app.conf.broker_transport_options = {}
    for priority in (1, 5, 8, 9):
        broker.send("say", "x", priority=priority)
    assert broker.lists() == ["celery", "celery:3", "celery:6", "celery:9"]


def test_lower_numbers_are_served_first(broker: redis_broker.Broker) -> None:
    """Messages sent from 9 to 0 are served from 0 to 9, those of one priority in the order of sending."""
    for priority in range(9, -1, -1):
        broker.send("say", str(priority), priority=priority)
    broker.send("say", "5 again")
    broker.send("say", "None", priority=None)
    with broker.worker():
        told = broker.happened(12)
    assert told == ["0", "None", "1", "2", "3", "4", "5", "5 again", "6", "7", "8", "9"]


def test_without_the_priority_strategy_lower_numbers_need_not_come_first(
    broker: redis_broker.Broker,
) -> None:
    """kombu's own strategy, `round_robin`, serves the queues in turn, but the steps of one queue by priority."""
    for priority in (9, 5, 1):
        broker.send("say", str(priority), priority=priority)
    with broker.worker(broker_transport_options={"priority_steps": list(range(10))}):
        assert broker.happened(3) == ["1", "5", "9"]


def test_a_message_sent_later_at_a_higher_priority_goes_first(broker: redis_broker.Broker) -> None:
    """What waits at 7 gives way to what a running task sends at 3."""
    broker.send("say_and_send", "first", "urgent", 3)
    broker.send("say", "waiting", priority=7)
    with broker.worker():
        assert broker.happened(3) == ["first", "urgent", "waiting"]


def test_bulk_at_the_default_priority_delays_what_comes_after_it(broker: redis_broker.Broker) -> None:
    """Messages of one priority are served in order: what anybody sends at the default waits for all of a bulk at 5."""
    for number in range(20):
        broker.send("say", f"bulk {number}")
    broker.send("say", "of a user")
    with broker.worker():
        assert broker.happened(21)[-1] == "of a user"


def test_bulk_at_a_lower_priority_lets_the_default_pass(broker: redis_broker.Broker) -> None:
    """The same bulk at 7: what is sent at the default after it goes first."""
    for number in range(20):
        broker.send("say", f"bulk {number}", priority=7)
    broker.send("say", "of a user")
    with broker.worker():
        assert broker.happened(21)[0] == "of a user"


def test_a_loop_in_a_task_lets_nothing_in_between(broker: redis_broker.Broker) -> None:
    """A task that does its items in a loop holds its worker until the last, whatever waits at a higher priority."""
    broker.send("loop", ["1", "2", "3"], "urgent", priority=7)
    with broker.worker():
        assert broker.happened(4) == ["1", "2", "3", "urgent"]


def test_a_chain_lets_a_higher_priority_in_between(broker: redis_broker.Broker) -> None:
    """The same items as a chain at 7: what is sent at 3 meanwhile goes before the next of them."""
    broker.send("work_as_chain", ["1", "2", "3"], "urgent", priority=7)
    with broker.worker():
        assert broker.happened(4) == ["urgent", "1", "2", "3"]


def test_the_visibility_timeout_is_an_hour_unless_told(broker: redis_broker.Broker) -> None:
    """kombu redelivers a message that is not acknowledged within 3600 seconds; Alliance Auth leaves it so."""
    with broker.app.connection_for_write() as connection:
        assert connection.default_channel.visibility_timeout == 3600


def test_a_countdown_beyond_the_visibility_timeout_runs_more_than_once(
    broker: redis_broker.Broker,
) -> None:
    """A message that waits for its time in a worker is redelivered meanwhile, and each copy runs."""
    broker.send("say", "ready")
    with broker.worker(broker_transport_options=options(visibility_timeout=1)):
        assert broker.happened(1) == ["ready"]  # else a slow start uses the countdown up
        broker.send("say", "ran", countdown=4)
        assert broker.happened(2) == ["ran", "ran"]


def test_a_countdown_within_the_visibility_timeout_runs_once(broker: redis_broker.Broker) -> None:
    """The same countdown with a longer timeout: one run, then what was sent after it."""
    broker.send("say", "ran", countdown=2)
    broker.send("say", "end", countdown=4)
    with broker.worker(broker_transport_options=options(visibility_timeout=60)):
        assert broker.happened(2) == ["ran", "end"]


def test_a_countdown_waits_in_the_worker_and_not_in_its_queue(broker: redis_broker.Broker) -> None:
    """A worker takes a message with a countdown at once and keeps it unacknowledged until its time."""
    broker.send("say", "late", countdown=600)
    broker.send("say", "now", priority=9)
    with broker.worker():
        assert broker.happened(1) == ["now"]
        assert broker.lists() == []
        assert broker.waits_for(lambda: broker.client.hlen("unacked") == 1)


def runs_before(broker: redis_broker.Broker, waiting: int) -> list[str]:
    """What a worker that keeps at most two waiting tasks runs, when so many wait before an urgent one is sent."""
    broker.send("say", "ready")
    with broker.worker("threads", worker_eta_task_limit=2):
        assert broker.happened(1) == ["ready"]
        for _ in range(waiting):
            broker.send("say", "waited", countdown=3)
        assert broker.waits_for(lambda: broker.client.hlen("unacked") == min(waiting, 2))
        broker.send("say", "urgent", priority=1)
        return broker.happened(2)


@pytest.mark.skipif("eta_task_limit" not in NAMESPACES["worker"], reason="this Celery has no such setting")
def test_a_worker_full_of_waiting_tasks_takes_nothing_else(broker: redis_broker.Broker) -> None:
    """With `worker_eta_task_limit = 2` (Alliance Auth: 100), two tasks that wait for their eta hold up all others."""
    assert runs_before(broker, waiting=3) == ["waited", "waited"]


def test_a_worker_that_is_not_full_of_waiting_tasks_takes_others(broker: redis_broker.Broker) -> None:
    """Below the limit what is sent meanwhile runs at once."""
    assert runs_before(broker, waiting=1) == ["urgent", "waited"]


@pytest.mark.parametrize(("multiplier", "held"), [(1, 1), (4, 4)])
def test_a_worker_that_acks_late_holds_what_it_has_prefetched(
    broker: redis_broker.Broker, multiplier: int, held: int
) -> None:
    """With `worker_prefetch_multiplier = 4` three messages wait in a worker for the task that it is busy with."""
    for _ in range(6):
        broker.send("holds", 60)
    with broker.worker("threads", worker_prefetch_multiplier=multiplier):
        assert broker.happened(1) == ["holds False"]
        assert broker.waits_for(lambda: broker.client.hlen("unacked") == held)
        assert broker.client.llen("celery\x06\x165") == 6 - held


def test_send_task_without_a_priority_is_served_before_the_most_urgent(broker: redis_broker.Broker) -> None:
    """A signature of a task that this process does not know goes without a priority, too, and is served first."""
    broker.send("say", "urgent", priority=1)
    broker.app.signature("redis_tasks.says_four_times_a_second", ["of no priority"]).delay()
    assert broker.lists() == ["celery", "celery:1"]
    with broker.worker():
        assert broker.happened(2) == ["of no priority", "urgent"]


def test_a_task_that_acks_late_and_outlasts_the_visibility_timeout_runs_again(
    broker: redis_broker.Broker,
) -> None:
    """With `acks_late` the message is unacknowledged while the task runs: past the timeout it is redelivered."""
    broker.send("holds", 60)
    with (
        broker.worker(broker_transport_options=options(visibility_timeout=1)),
        broker.worker(broker_transport_options=options(visibility_timeout=1)),
    ):
        assert broker.happened(2) == ["holds False", "holds True"]


def test_a_task_killed_by_its_time_limit_is_not_run_again(broker: redis_broker.Broker) -> None:
    """`time_limit` with `acks_late`: the message of a killed task is acknowledged all the same."""
    broker.send("overruns")
    broker.send("say", "next", priority=9)
    with broker.worker(pool="prefork"):
        assert broker.happened(2) == ["started", "next"]


@pytest.mark.skipif(CELERY < (5, 7), reason="Celery before 5.7 does not put it back")
def test_a_task_killed_by_its_time_limit_runs_for_ever_if_it_is_requeued(
    broker: redis_broker.Broker,
) -> None:
    """With `acks_late` and `acks_on_failure_or_timeout=False` a killed task goes back to its queue."""
    broker.send("overruns_and_is_requeued")
    with broker.worker(pool="prefork"):
        assert broker.happened(2) == ["started", "started again"]


def test_a_rate_limited_task_that_waits_holds_every_other_task_back(broker: redis_broker.Broker) -> None:
    """With Alliance Auth's `worker_prefetch_multiplier = 1` a waiting message takes up the slot of its worker."""
    broker.send("says_four_times_a_second", "limited")
    broker.send("says_four_times_a_second", "limited")
    broker.send("say", "later", priority=9)
    with broker.worker():
        assert broker.happened(3) == ["limited", "limited", "later"]


def test_a_worker_that_may_prefetch_passes_a_rate_limited_task(broker: redis_broker.Broker) -> None:
    """With Celery's own `worker_prefetch_multiplier = 4` what comes after a waiting message runs before it."""
    broker.send("says_once_an_hour", "limited")
    broker.send("says_once_an_hour", "limited")
    broker.send("say", "later", priority=9)
    with broker.worker(worker_prefetch_multiplier=4):
        assert broker.happened(2) == ["limited", "later"]


def test_a_soft_time_limit_caught_as_exception_leaves_the_task_running(
    broker: redis_broker.Broker,
) -> None:
    """`except Exception` around a task's work catches `SoftTimeLimitExceeded`, and the task goes on."""
    broker.send("swallows_its_soft_limit")
    with broker.worker(pool="prefork"):
        assert broker.happened(2) == ["SoftTimeLimitExceeded", "went on"]


def after_its_time_limit(broker: redis_broker.Broker) -> str:
    """What becomes of a second dispatch of a once task that its hard `time_limit` has killed."""
    broker.send("dispatch", "redis_tasks.once_and_overruns")
    with broker.worker(pool="prefork"):
        assert broker.happened(1) == ["started"]
        broker.send("say", "killed", priority=9)  # the worker has one slot: it is free again
        assert broker.happened(1) == ["killed"]
        broker.send("dispatch", "redis_tasks.once_and_overruns")
        return broker.happened(1)[0]


@pytest.mark.skipif(CELERY < (5, 7), reason="Celery before 5.7 leaves it locked")
def test_a_once_task_killed_by_its_time_limit_can_be_queued_again(broker: redis_broker.Broker) -> None:
    """From Celery 5.7 on, a hard `time_limit` drops the lock: the worker calls the task's `after_return` itself."""
    assert after_its_time_limit(broker) == "started"


@pytest.mark.skipif(CELERY >= (5, 7), reason="Celery 5.7 drops the lock")
def test_a_once_task_killed_by_its_time_limit_stays_locked_on_older_celery(broker: redis_broker.Broker) -> None:
    """Before Celery 5.7, a hard `time_limit` leaves nobody to drop the lock: every dispatch is refused."""
    assert after_its_time_limit(broker) == "already queued"


def test_a_once_task_whose_worker_dies_stays_locked(broker: redis_broker.Broker) -> None:
    """Nobody is left to drop the lock: every dispatch is refused until it times out."""
    broker.send("dispatch", "redis_tasks.once_and_overruns")
    with broker.worker():
        assert broker.happened(1) == ["started"]
    broker.send("dispatch", "redis_tasks.once_and_overruns")
    with broker.worker():
        assert broker.happened(1) == ["already queued"]


def test_a_once_task_stopped_by_its_soft_time_limit_can_be_queued_again(broker: redis_broker.Broker) -> None:
    """`SoftTimeLimitExceeded` ends the task as any exception does, and its lock with it."""
    broker.send("dispatch", "redis_tasks.once_and_stops_in_time")
    with broker.worker(pool="prefork"):
        assert broker.happened(1) == ["started"]
        broker.send("say", "next", priority=9)
        assert broker.happened(1) == ["next"]
        broker.send("dispatch", "redis_tasks.once_and_stops_in_time")
        assert broker.happened(1) == ["started"]
