"""AAC307: a task that sleeps holds its worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rules.ways import place, trace, written_call
from flake8_aa_celery.rules.words import shortened
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.effects.blocking_loops import Nap


def check(nap: Nap, module: Module) -> Iterator[Violation]:
    """
    A task sleeps, and holds its worker meanwhile.

    Flags `time.sleep` in the body of a task, and the call by which a task comes to sleep in another function.

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
    - a nap of less than a second, or in milliseconds (`backoff / 1000`);
    - a nap between the attempts of another function, in an `except`;
    - polling: a nap in a loop that ends when something has come about, or that only counts its rounds;
    - what happens by the settings alone: below `if settings.…`.

    ## Profile
    Alliance Auth alone: its apps share their workers. In the profile `celery` the rule is off unless it is selected: a
    project with workers of its own may well let them sleep.

    ## Proof
    - `test_blocking.py::test_a_sleeping_task_holds_its_worker`: a task that is sent meanwhile runs afterwards.

    ## References
    - [Celery: ETA and countdown](https://docs.celeryq.dev/en/stable/userguide/calling.html#eta-and-countdown)
    - [Alliance Auth: Can I use long-running tasks?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#can-i-use-long-running-tasks)
    """
    what = f"`{shortened(nap.task.name, 30)}`{f' and {nap.others} more' if nap.others else ''}"
    if nap.way:
        call = f"`{written_call(nap.way[0], 30)}`"
        message = (
            f"{call} sleeps ({place(nap.way[-1])}), which holds the worker of {what}: use `countdown=` or `self.retry`"
        )
    else:
        message = f"{what} holds its worker while it sleeps: use `countdown=`, or `self.retry(countdown=…)`"
    yield Violation.at(nap.node, message, trace=trace(nap.way))
