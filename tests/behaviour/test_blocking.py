"""What a task that takes its time does to the others."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from celery import chain, shared_task

from .tasks import seen

if TYPE_CHECKING:
    from .harness import Worker


@shared_task
def step() -> None:
    seen.append("step")


@shared_task
def loop() -> None:
    urgent.delay()
    for _ in range(3):
        step()


@shared_task
def urgent() -> None:
    seen.append("urgent")


@shared_task
def naps() -> None:
    urgent.delay()
    time.sleep(0.2)
    seen.append("awake")


def test_a_loop_keeps_every_other_task_of_its_worker_waiting(worker: Worker) -> None:
    """What is sent while a task goes through its items runs when it has done them all."""
    loop.delay()
    worker.run()
    assert seen == ["step", "step", "step", "urgent"]


def test_a_chain_lets_other_tasks_in_between(worker: Worker) -> None:
    """The second task of a chain is queued when the first is done, after what has been sent meanwhile."""
    chain(step.si(), step.si(), step.si()).delay()
    urgent.delay()
    worker.run()
    assert seen == ["step", "urgent", "step", "step"]


def test_a_sleeping_task_holds_its_worker(worker: Worker) -> None:
    """A worker that sleeps takes no other task."""
    naps.delay()
    worker.run()
    assert seen == ["awake", "urgent"]
