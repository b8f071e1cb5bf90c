"""What becomes of a task that is mapped over items: `map`, `starmap` and `chunks`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from celery import shared_task

from .harness import CELERY
from .tasks import see, seen

if TYPE_CHECKING:
    from .harness import Worker


@shared_task
def add(x: int, y: int) -> None:
    seen.append(x + y)


@shared_task
def fails_for(x: int) -> None:
    seen.append(x)
    if x == 2:
        raise ValueError("broken")


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


@pytest.mark.parametrize(
    "mapped", [lambda: see.starmap([(1,)]), lambda: see.chunks([(1,), (2,)], 1)], ids=["starmap", "chunks"]
)
def test_starmap_and_chunks_ignore_the_tasks_priority(worker: Worker, mapped: Any) -> None:
    """`celery.starmap`, which chunks are too, is sent at the default."""
    mapped().apply_async()
    assert set(worker.priorities()) == {("starmap", 5)}


def priority_set_on_a_map(worker: Worker) -> set[int | None]:
    """The priorities of a map and a starmap on which 8 is set."""
    see.map([1]).set(priority=8).apply_async()
    see.starmap([(1,)]).set(priority=8).apply_async()
    return {priority for _, priority in worker.priorities()}


@pytest.mark.skipif(CELERY < (5, 7), reason="Celery before 5.7 loses it")
def test_a_priority_set_on_a_map_holds(worker: Worker) -> None:
    """From Celery 5.7 on, `t.map(…).set(priority=8)` sends at 8."""
    assert priority_set_on_a_map(worker) == {8}


@pytest.mark.skipif(CELERY >= (5, 7), reason="Celery 5.7 heeds it")
def test_a_priority_set_on_a_map_is_lost_on_older_celery(worker: Worker) -> None:
    """Before Celery 5.7, `t.map(…).set(priority=8)` sends at the default: it is one for `apply_async` alone."""
    assert priority_set_on_a_map(worker) == {5}


def test_a_priority_set_on_chunks_is_lost(worker: Worker) -> None:
    """`t.chunks(…).set(priority=8)` sends at the default: chunks take one from `apply_async` alone."""
    see.chunks([(1,), (2,)], 1).set(priority=8).apply_async()
    assert worker.priorities() == [("starmap", 5), ("starmap", 5)]


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
