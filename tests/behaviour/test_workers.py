"""What a worker of processes (prefork) does, and what one of threads, which Alliance Auth's are, does otherwise."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from . import redis_broker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .redis_broker import Broker


def running(url: str, directory: Any, database: int, pool: str, concurrency: int) -> Iterator[Broker]:
    """A broker in a database of its own with a worker that runs for all the tests of this file."""
    broker = redis_broker.Broker(f"{url[:-1]}{database}", directory)
    with broker.worker(pool, concurrency):
        broker.send("say", "ready")
        assert broker.happened(1) == ["ready"]
        yield broker
    broker.close()


@pytest.fixture(scope="module")
def _prefork(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker whose worker has one process."""
    yield from running(redis_url, tmp_path_factory.mktemp("prefork"), 1, "prefork", 1)


@pytest.fixture(scope="module")
def _threads(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker whose worker has two threads."""
    yield from running(redis_url, tmp_path_factory.mktemp("threads"), 2, "threads", 2)


@pytest.fixture
def prefork(_prefork: Broker) -> Broker:
    """A broker whose worker has one process; nothing has happened yet."""
    _prefork.client.delete("happened")
    return _prefork


@pytest.fixture
def threads(_threads: Broker) -> Broker:
    """A broker whose worker has two threads; nothing has happened yet."""
    _threads.client.delete("happened")
    return _threads


def test_a_soft_time_limit_does_nothing_in_threads(threads: Broker) -> None:
    """`soft_time_limit=1` and more work than that: the task succeeds."""
    threads.send("works_beyond_its_soft_limit", 1.3)
    assert threads.happened(1) == ["succeeded"]


def test_a_hard_time_limit_does_nothing_in_threads(threads: Broker) -> None:
    """`time_limit=1` and more work than that: the task succeeds."""
    threads.send("works_beyond_its_hard_limit", 1.3)
    assert threads.happened(2) == ["started", "succeeded"]


def test_a_soft_time_limit_is_raised_in_a_process(prefork: Broker) -> None:
    """`soft_time_limit=1` raises `SoftTimeLimitExceeded` in the task after a second."""
    prefork.send("works_beyond_its_soft_limit", 60)
    assert prefork.happened(1) == ["soft limit"]


def test_a_hard_time_limit_kills_a_process(prefork: Broker) -> None:
    """`time_limit=1` ends the task's process after a second, and nothing in the task learns of it."""
    prefork.send("works_beyond_its_hard_limit", 60)
    assert prefork.happened(1) == ["started"]
    prefork.send("say", "next", priority=9)
    assert prefork.happened(1) == ["next"]


def test_a_soft_time_limit_below_the_hard_one_comes_first(prefork: Broker) -> None:
    """`soft_time_limit=1, time_limit=3`: the task can clean up."""
    prefork.send("works", 60, soft_time_limit=1, time_limit=3)
    assert prefork.happened(3) == ["started", "soft limit", "cleaned up"]


def test_a_soft_time_limit_that_equals_the_hard_one_leaves_no_time(prefork: Broker) -> None:
    """`soft_time_limit=1, time_limit=1`: the process is killed before the task has done with the soft limit."""
    prefork.send("works", 60, soft_time_limit=1, time_limit=1)
    prefork.send("say", "next", priority=9)
    told = prefork.happened_before("next")
    assert told[0] == "started"
    assert "cleaned up" not in told


def test_a_hard_time_limit_below_the_soft_one_waits_for_it(broker: Broker) -> None:
    """Settings with a soft limit of 3 and a hard one of 1: nothing ends the task after a second, both do after 3."""
    broker.send("works", 60)
    broker.send("say", "next", priority=9)
    with broker.worker("prefork", task_soft_time_limit=3, task_time_limit=1):
        assert broker.happened(1) == ["started"]
        started = time.monotonic()
        assert "cleaned up" not in broker.happened_before("next")
    assert time.monotonic() - started >= 2.5


def test_autoretry_for_a_hard_time_limit_never_retries(prefork: Broker) -> None:
    """`TimeLimitExceeded` is raised in the worker's main process: `autoretry_for` does not see it."""
    prefork.send("retries_for_its_hard_limit")
    assert prefork.happened(1) == ["retry 0"]
    prefork.send("say", "next", priority=9)
    assert prefork.happened(1) == ["next"]


def test_autoretry_for_a_soft_time_limit_retries(prefork: Broker) -> None:
    """`SoftTimeLimitExceeded` is raised in the task."""
    prefork.send("retries_for_its_soft_limit")
    assert prefork.happened(2) == ["retry 0", "retry 1"]


@pytest.mark.parametrize("option", ["time_limit", "soft_time_limit"])
def test_a_time_limit_must_be_a_number_where_the_broker_writes_json(broker: Broker, option: str) -> None:
    """`time_limit=timedelta(minutes=5)` raises `TypeError` at every send to Redis."""
    with pytest.raises(TypeError, match="timedelta is not JSON serializable"):
        broker.send("say", "x", **{option: timedelta(minutes=5)})
    assert broker.lists() == []


def test_two_runs_of_one_task_share_what_is_kept_on_it(threads: Broker) -> None:
    """`self.x = …` in a bound task: one object serves all threads, and a run finds what another has put there."""
    threads.send("keeps_on_itself", "first", 1.5)
    assert threads.happened(1) == ["first began"]
    threads.send("keeps_on_itself", "second", 0)
    assert threads.happened(3) == ["second began", "second finds second", "first finds second"]


@pytest.mark.parametrize("way", ["multiprocessing.Process", "multiprocessing.Pool", "ProcessPoolExecutor"])
def test_a_process_of_a_worker_may_have_no_children(prefork: Broker, way: str) -> None:
    """`multiprocessing` in a task raises `AssertionError`: a prefork worker's processes are daemonic."""
    prefork.send("starts_a_process", way)
    assert prefork.happened(1) == ["AssertionError: daemonic processes are not allowed to have children"]


def test_a_process_of_a_worker_may_have_children_of_billiard(prefork: Broker) -> None:
    """Celery's own `billiard` in place of `multiprocessing` works."""
    prefork.send("starts_a_process", "billiard.Process")
    assert prefork.happened(1) == ["done"]


@pytest.mark.parametrize("way", ["multiprocessing.Process", "ProcessPoolExecutor"])
def test_a_thread_of_a_worker_may_have_processes(threads: Broker, way: str) -> None:
    """In a worker of threads `multiprocessing` works."""
    threads.send("starts_a_process", way)
    assert threads.happened(1) == ["done"]


def test_a_task_that_waits_for_its_eta_is_scheduled_and_not_active(threads: Broker) -> None:
    """`control.inspect()` lists it in `scheduled()`, neither in `active()` nor in `reserved()`."""
    threads.send("say", "late", countdown=600)
    inspect = threads.app.control.inspect(timeout=10, limit=1)

    def listed(of: str) -> list[str]:
        (tasks,) = getattr(inspect, of)().values()
        return [(task.get("request") or task)["name"] for task in tasks]

    assert threads.waits_for(lambda: listed("scheduled") == ["redis_tasks.say"])
    assert listed("active") == []
    assert listed("reserved") == []


def test_inspect_waits_out_its_timeout(threads: Broker) -> None:
    """`control.inspect().active()` takes a second: it waits for workers that may still answer."""
    started = time.monotonic()
    threads.app.control.inspect().active()
    assert time.monotonic() - started >= 1


def test_revoke_with_terminate_ends_no_task_in_threads(threads: Broker) -> None:
    """`control.revoke(id, terminate=True)`: the task of a thread goes on to its end."""
    result = threads.app.send_task("redis_tasks.works", [1.0], priority=5)
    assert threads.happened(1) == ["started"]
    threads.app.control.revoke(result.id, terminate=True)
    assert threads.happened(1) == ["succeeded"]


def test_revoke_with_terminate_kills_the_process_of_a_task(prefork: Broker) -> None:
    """`control.revoke(id, terminate=True)` ends the process, without an exception in the task."""
    result = prefork.app.send_task("redis_tasks.works", [60.0], priority=5)
    assert prefork.happened(1) == ["started"]
    prefork.app.control.revoke(result.id, terminate=True)
    prefork.send("say", "next", priority=9)
    assert prefork.happened(1) == ["next"]


@pytest.mark.parametrize("pool", ["prefork", "threads"])
@pytest.mark.parametrize("errback", ["none", "two"])
def test_an_errback_that_cannot_take_its_arguments_never_runs(
    request: pytest.FixtureRequest, pool: str, errback: str
) -> None:
    """`link_error=none.s()` of a task without a parameter, or with two, is called with one or three."""
    broker = request.getfixturevalue(pool)
    broker.send("fails", link_error=broker.app.signature(f"redis_tasks.{errback}"))
    assert broker.waits_for(lambda: f"TypeError: {errback}() takes" in broker.log())
    broker.send("say", "next", priority=9)
    assert broker.happened(1) == ["next"]


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_an_errback_that_takes_the_id_runs(request: pytest.FixtureRequest, pool: str) -> None:
    """`link_error=say.s()` of a task with one parameter runs with the id of the one that failed."""
    broker = request.getfixturevalue(pool)
    result = broker.app.send_task("redis_tasks.fails", link_error=broker.app.signature("redis_tasks.say"))
    assert broker.happened(1) == [result.id]


def test_an_errback_that_takes_nothing_stops_a_solo_worker(broker: Broker) -> None:
    """`link_error=none.s()` raises in the worker itself: with the pool `solo` that is an unrecoverable error."""
    broker.send("fails", link_error=broker.app.signature("redis_tasks.none"))
    with broker.worker("solo"):
        assert broker.waits_for(lambda: "Unrecoverable error: TypeError" in broker.log())
