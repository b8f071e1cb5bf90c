"""AAC131: a lock that outlives its task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.calling.expiring import ExpiringOnceTask
    from flake8_aa_celery.model.code.module import Module


def check(expiring: ExpiringOnceTask, module: Module) -> Iterator[Violation]:
    """
    A celery-once task is given an expiry, and stays locked if it expires.

    Flags `expires` where a celery-once task is sent, alone, in a group or as the first of a chain, in its decorator or
    class, and in the options of a schedule.

    ## Why
    celery-once locks a task when it is sent, and unlocks it when it has run. What expires never runs: the worker drops
    the message, and the lock stays until it times out, which is after an hour unless told otherwise. Until then
    everything that sends the task is dropped without a word. That a task cannot pile up is what its lock is for, so
    that it needs no expiry.

    ## Example
    ```python
    from allianceauth.services.tasks import QueueOnce
    from celery import shared_task


    @shared_task(base=QueueOnce)
    def update_all(): ...


    def start():
        update_all.apply_async(expires=600)
    ```

    ## Instead
    ```python
    from allianceauth.services.tasks import QueueOnce
    from celery import shared_task


    @shared_task(base=QueueOnce)
    def update_all(): ...


    def start():
        update_all.apply_async()
    ```

    ## Leaves alone
    - `expires=None`;
    - a task whose `once` has a `timeout` that is not longer than the expiry: its lock is gone by then;
    - a task with `unlock_before_run`, whose lock is not meant for the time that it runs;
    - tasks whose class or `once` cannot be read.

    ## Profile
    Both: celery-once is used with any Celery.

    ## Proof
    - `test_celery_once.py::test_an_expired_once_task_stays_locked`: nobody drops its lock.
    - `test_celery_once.py::test_a_graceful_once_task_that_expired_is_dropped_silently_from_then_on`: by a schedule.
    - `test_celery_once.py::test_a_once_tasks_lock_lasts_an_hour_unless_told`: and for how long.

    ## References
    - [celery-once: timeout](https://github.com/cameronmaske/celery-once#timeout)
    """
    name = expiring.task.name
    message = f"`{name}` stays locked if it expires, and later sends are dropped: a celery-once task needs no `expires`"
    yield Violation.at(expiring.node, message)
