"""AAC307: a task that sleeps holds its worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.effects.blocking_loops import Nap


def check(nap: Nap, module: Module) -> Iterator[Violation]:
    """
    A task sleeps, and holds its worker meanwhile.

    Flags `time.sleep` in the body of a task.

    ## Why
    A worker that sleeps runs nothing else, and Alliance Auth has few of them for all of its apps. What is to happen
    later can be left to the broker: `countdown=` on a dispatch or on a signature, `self.retry(countdown=…)` for
    another try. `rate_limit=` on the decorator spaces the runs of a task.

    ## Example
    ```python
    import time

    from celery import shared_task


    @shared_task
    def check(pk): ...


    @shared_task
    def update(pk):
        time.sleep(60)
        check.delay(pk)
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task
    def check(pk): ...


    @shared_task
    def update(pk):
        check.apply_async([pk], countdown=60)
    ```

    ## Leaves alone
    - what stands in a loop that AAC306 reports already;
    - `time.sleep(0)`;
    - a nap in a function that the task calls.

    ## Profile
    Both: a worker is held everywhere.

    ## Proof
    - `test_blocking.py::test_a_sleeping_task_holds_its_worker`: a task that is sent meanwhile runs afterwards.

    ## References
    - [Celery: ETA and countdown](https://docs.celeryq.dev/en/stable/userguide/calling.html#eta-and-countdown)
    - [Alliance Auth: Can I use long-running tasks?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#can-i-use-long-running-tasks)
    """
    message = f"`{nap.task.name}` holds its worker while it sleeps: use `countdown=` or `self.retry`"
    yield Violation.at(nap.call, message)
