"""What else Celery does with workflows, callbacks and options, with priorities and without a result backend."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from celery import chain, group, shared_task
from kombu.exceptions import EncodeError

if TYPE_CHECKING:
    from .harness import Worker

seen: list[Any] = []


@pytest.fixture(autouse=True)
def _nothing_seen_yet() -> None:
    seen.clear()


@shared_task
def a() -> str:
    return "of a"


@shared_task
def b() -> None: ...


@shared_task
def c() -> None: ...


@shared_task(priority=7)
def see(x: Any) -> None:
    seen.append(x)


@shared_task
def add(x: int, y: int) -> None:
    seen.append(x + y)


@shared_task
def fails() -> None:
    raise ValueError("broken")


@shared_task
def fails_for(x: int) -> None:
    seen.append(x)
    if x == 2:
        raise ValueError("broken")


@shared_task
def told_of_error(*args: Any) -> None:
    seen.append(args)


# map, starmap and chunks


def test_map_is_one_message(worker: Worker) -> None:
    """`t.map([1, 2, 3])` sends one `celery.map`: all items run in one go on one worker."""
    see.map([1, 2, 3]).delay()
    worker.run()
    assert [m.task for m in worker.sent] == ["celery.map"]
    assert seen == [1, 2, 3]


def test_map_ignores_the_tasks_priority(worker: Worker) -> None:
    """`celery.map` is a task of its own, at the default priority, whatever the mapped task's decorator says."""
    see.map([1]).delay()
    assert worker.priorities() == [("map", 5)]


def test_map_takes_a_priority_of_its_own(worker: Worker) -> None:
    """`t.map(…).apply_async(priority=8)` sends at 8."""
    see.map([1]).apply_async(priority=8)
    assert worker.priorities() == [("map", 8)]


def test_map_stops_at_the_first_failure(worker: Worker) -> None:
    """An item that fails ends the whole map: those after it never run."""
    fails_for.map([1, 2, 3]).delay()
    assert [run.state for run in worker.run()] == ["FAILURE"]
    assert seen == [1, 2]


def test_a_task_in_a_map_cannot_retry(worker: Worker) -> None:
    """`map` calls the task as a function: its `self.retry()` raises the error, and ends the map."""

    @shared_task(bind=True)
    def retries(self: Any, x: int) -> None:
        raise self.retry(exc=ConnectionError("no answer"))

    retries.map([1, 2]).delay()
    assert [(run.name, run.state) for run in worker.run()] == [("map", "FAILURE")]


def test_map_ignores_the_tasks_time_limit(worker: Worker) -> None:
    """The message of a map carries the limits of `celery.map`, which are none."""

    @shared_task(time_limit=60, rate_limit="1/m")
    def limited(x: int) -> None: ...

    assert worker.app.tasks["celery.map"].time_limit is None
    assert worker.app.tasks["celery.map"].rate_limit is None
    limited.map([1]).delay()
    assert [m.task for m in worker.sent] == ["celery.map"]


def test_starmap_is_one_message(worker: Worker) -> None:
    """`t.starmap([(1, 2), (3, 4)])` sends one `celery.starmap`."""
    add.starmap([(1, 2), (3, 4)]).delay()
    worker.run()
    assert [m.task for m in worker.sent] == ["celery.starmap"]
    assert seen == [3, 7]


def test_chunks_is_one_message_a_chunk(worker: Worker) -> None:
    """`t.chunks(items, 2)` sends a `celery.starmap` for every two items, all at once."""
    add.chunks([(1, 1), (2, 2), (3, 3)], 2).delay()
    assert [m.task for m in worker.sent] == ["celery.starmap", "celery.starmap"]
    worker.run()
    assert seen == [2, 4, 6]


def test_chunks_gives_its_priority_to_every_chunk(worker: Worker) -> None:
    """`t.chunks(…).apply_async(priority=8)` sends every chunk at 8."""
    add.chunks([(1, 1), (2, 2), (3, 3)], 2).apply_async(priority=8)
    assert worker.priorities() == [("starmap", 8), ("starmap", 8)]


# link and link_error


def test_a_linked_task_does_not_inherit_the_priority(worker: Worker) -> None:
    """`a.apply_async(priority=8, link=b.si())` runs `b` at the default."""
    a.apply_async(priority=8, link=b.si())
    worker.run()
    assert worker.priorities() == [("a", 8), ("b", 5)]


def test_a_linked_partial_signature_receives_the_result(worker: Worker) -> None:
    """`link=t.s()` is called with what the task returned; no result backend is needed."""
    a.apply_async(link=see.s())
    worker.run()
    assert seen == ["of a"]


def test_a_linked_task_does_not_run_after_a_failure(worker: Worker) -> None:
    """`link` is for success."""
    fails.apply_async(link=b.si())
    worker.run()
    assert [m.name for m in worker.sent] == ["fails"]


def test_link_error_of_a_task_that_takes_anything_runs_in_the_failing_worker(worker: Worker) -> None:
    """An errback that takes more than one argument is called with request, exception and traceback; nothing is sent."""
    fails.apply_async(link_error=told_of_error.s())
    worker.run()
    assert [m.name for m in worker.sent] == ["fails"]
    ((_, error, _),) = seen
    assert isinstance(error, ValueError)


def test_link_error_of_a_task_with_one_parameter_is_a_message(worker: Worker) -> None:
    """An errback with one parameter is sent, at its own priority, with the failed task's id."""
    result = fails.apply_async(link_error=see.s(), priority=3)
    worker.run()
    assert worker.priorities() == [("fails", 3), ("see", 7)]
    assert seen == [result.id]


def test_link_error_of_an_immutable_signature_is_called_with_its_own_arguments(worker: Worker) -> None:
    """`link_error=t.si(1)` runs `t(1)`."""
    fails.apply_async(link_error=see.si(1))
    worker.run()
    assert seen == [1]


def test_link_error_of_a_chain_holds_for_every_task(worker: Worker) -> None:
    """`chain(…).apply_async(link_error=…)` runs the errback whichever task fails."""
    chain(a.si(), fails.si(), c.si()).apply_async(link_error=see.si("failed"))
    worker.run()
    assert seen == ["failed"]


def test_a_link_of_a_chain_runs_after_its_last_task(worker: Worker) -> None:
    """`chain(…).apply_async(link=…)` runs the callback once, when all is done."""
    chain(a.si(), b.si()).apply_async(link=see.si("done"))
    worker.run()
    assert worker.names() == ["a", "b", "see"]


# nested workflows, children and replace


def test_nested_chains_are_one_chain(worker: Worker) -> None:
    """`chain(chain(a, b), c)` is flattened: a priority reaches the first task alone."""
    chain(chain(a.si(), b.si()), c.si()).apply_async(priority=8)
    worker.run()
    assert worker.priorities() == [("a", 8), ("b", 5), ("c", 5)]


def test_a_priority_set_on_a_nested_chain_is_lost(worker: Worker) -> None:
    """In `chain(a, chain(b, c).set(priority=8))` the priority of the inner chain reaches nobody."""
    chain(a.si(), chain(b.si(), c.si()).set(priority=8)).apply_async()
    worker.run()
    assert worker.priorities() == [("a", 5), ("b", 5), ("c", 5)]


def test_a_chain_in_a_group_gives_the_priority_to_its_first_task(worker: Worker) -> None:
    """`group(chain(a, b), chain(a, c)).apply_async(priority=8)` sends both `a` at 8, the rest at the default."""
    group(chain(a.si(), b.si()), chain(a.si(), c.si())).apply_async(priority=8)
    worker.run()
    assert worker.priorities() == [("a", 8), ("a", 8), ("b", 5), ("c", 5)]


def test_a_group_at_the_end_of_a_chain_does_not_get_the_priority(worker: Worker) -> None:
    """`chain(a, group(b, c)).apply_async(priority=8)` runs the group at the default."""
    chain(a.si(), group(b.si(), c.si())).apply_async(priority=8)
    worker.run()
    assert worker.priorities() == [("a", 8), ("b", 5), ("c", 5)]


def test_a_task_does_not_hand_its_priority_to_what_it_dispatches(worker: Worker) -> None:
    """A task that runs at 8 and calls `t.delay()` sends at the default."""

    @shared_task
    def parent() -> None:
        a.delay()

    parent.apply_async(priority=8)
    worker.run()
    assert worker.priorities() == [("parent", 8), ("a", 5)]


def test_replace_loses_the_priority(worker: Worker) -> None:
    """`self.replace(t.si())` in a task that runs at 8 sends the replacement at the default."""

    @shared_task(bind=True)
    def replaced(self: Any) -> None:
        raise self.replace(a.si())

    replaced.apply_async(priority=8)
    worker.run()
    assert worker.priorities() == [("replaced", 8), ("a", 5)]


def test_replace_keeps_the_rest_of_the_chain(worker: Worker) -> None:
    """What followed the replaced task in its chain follows the replacement."""

    @shared_task(bind=True)
    def replaced(self: Any) -> None:
        raise self.replace(a.si())

    chain(replaced.si(), c.si()).delay()
    worker.run()
    assert worker.names() == ["a", "c"]


def test_replace_by_a_group_needs_a_result_backend_in_a_chain(worker: Worker) -> None:
    """A task of a chain that replaces itself by a group makes a chord of what follows: it fails in the worker."""

    @shared_task(bind=True)
    def replaced(self: Any) -> None:
        raise self.replace(group(a.si(), b.si()))

    chain(replaced.si(), c.si()).delay()
    runs = worker.run()
    assert [(run.name, run.state) for run in runs] == [("replaced", "FAILURE")]
    assert isinstance(runs[0].value, NotImplementedError)


# every option of a chain, and expires


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


# rate_limit and ignore_result


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
        seen.append("limited")

    limited.delay()
    limited.delay()
    see.apply_async(["urgent"], priority=1)
    worker.run()
    assert seen == ["limited", "limited", "urgent"]


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


# task_always_eager, as tests use it


@pytest.fixture
def eager(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """`task_always_eager`, as in many a test suite."""
    monkeypatch.setitem(worker.app.conf, "task_always_eager", True)


@pytest.mark.usefixtures("eager")
def test_eager_tasks_refuse_what_json_refuses(worker: Worker) -> None:
    """`delay` serialises the arguments of an eager task too, so that a test fails as production does."""
    with pytest.raises((TypeError, EncodeError), match="not JSON serializable"):
        see.delay({1})


@pytest.mark.usefixtures("eager")
def test_eager_tasks_do_not_wait_for_their_countdown(worker: Worker) -> None:
    """`countdown` means nothing to an eager task."""
    see.apply_async([1], countdown=3600)
    assert seen == [1]


@pytest.mark.usefixtures("eager")
def test_eager_tasks_have_results_without_a_backend(worker: Worker) -> None:
    """`.get()` works on an eager result: a test passes where production raises."""
    assert a.delay().get() == "of a"


@pytest.mark.usefixtures("eager")
def test_eager_tasks_swallow_their_exceptions(worker: Worker) -> None:
    """`fails.delay()` does not raise unless `task_eager_propagates` is set."""
    assert fails.delay().state == "FAILURE"


@pytest.mark.usefixtures("eager")
def test_eager_chains_run_in_this_process_in_order(worker: Worker) -> None:
    """An eager chain runs all its tasks before `delay` returns, and sends nothing."""
    chain(see.si(1), see.si(2)).delay()
    assert (seen, worker.sent) == ([1, 2], [])


@pytest.mark.usefixtures("eager")
def test_an_eager_chain_raises_what_its_task_raises(worker: Worker) -> None:
    """Where an eager task alone swallows its exception, an eager chain raises it at the caller."""
    with pytest.raises(ValueError, match="broken"):
        chain(see.si(1), fails.si(), see.si(2)).delay()
    assert seen == [1]


@pytest.mark.usefixtures("eager")
def test_eager_tasks_ignore_a_wrong_priority(worker: Worker) -> None:
    """A priority means nothing to an eager task, so no test fails for it."""
    see.apply_async([1], priority="highest")
    assert seen == [1]


def test_acks_late_is_off_unless_told(worker: Worker) -> None:
    """A message is acknowledged before its task runs: a worker that dies then has lost the task."""
    assert worker.app.conf.task_acks_late is False
    assert worker.app.tasks[a.name].acks_late is False
