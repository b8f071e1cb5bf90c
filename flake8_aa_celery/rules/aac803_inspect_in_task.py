"""AAC803: a task or view that asks all workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rules.ways import trace, written_call
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.workers.inspection import AskedWorkers


def check(asked: AskedWorkers, module: Module) -> Iterator[Violation]:
    """
    A task or a view asks the workers, or ends one of their tasks.

    Flags `control.inspect()`, `control.terminate()` and `revoke(terminate=True)` in a task or a view, or in what these
    lead to, however far away. Where many of a module come to one call, the first is reported, which says how many more
    there are.

    ## Why
    `inspect` sends a message to every worker and waits for the answers, a second unless told, as it cannot know how
    many there are: a view hangs for that long, and a task holds its worker. What it says of active tasks lacks those
    that wait for their time, which are among the scheduled ones. `terminate` kills the process that works on a task,
    which may have gone on to another one by then, and does nothing in a worker of threads, as Alliance Auth has them.

    ## Example
    ```python
    from celery import current_app, shared_task


    @shared_task
    def clean_up():
        return current_app.control.inspect().active()
    ```

    ## Instead
    ```python
    from celery import shared_task
    from django.core.cache import cache


    @shared_task
    def clean_up():
        return cache.get("running")
    ```

    ## Leaves alone
    - `revoke` without `terminate`, which only tells the workers;
    - management commands and scripts, where somebody waits who asked for it;
    - what is not known to be a Celery application.

    ## Profile
    Both: it is so in every project. Off by default: a page that shows what workers do has no other way.

    ## Proof
    - `test_workers.py::test_inspect_waits_out_its_timeout`: whoever has answered.
    - `test_workers.py::test_a_task_that_waits_for_its_eta_is_scheduled_and_not_active`: what it does not see.
    - `test_workers.py::test_revoke_with_terminate_kills_the_process_of_a_task`: in a prefork worker.
    - `test_workers.py::test_revoke_with_terminate_ends_no_task_in_threads`: in a worker of threads.

    ## References
    - [Celery: inspecting workers](https://docs.celeryq.dev/en/stable/userguide/workers.html#inspecting-workers)
    - [Celery: revoke](https://docs.celeryq.dev/en/stable/userguide/workers.html#revoke-revoking-tasks)
    """
    who = f"the task `{asked.name}`" if asked.is_task else f"the view `{asked.name}`"
    who = f"{who} and {asked.more} more" if asked.more else who
    through = f" by `{written_call(asked.way[0])}`" if len(asked.way) > 1 else ""
    if asked.what == "inspect":
        message = f"{who} waits{through} for all workers to answer: keep what it must know in the cache"
    else:
        message = (
            f"{who} kills a worker's process{through}, which may do something else by now: let the task end itself"
        )
    yield Violation.at(asked.node, message, trace=trace(asked.way))
