"""AAC132: a task that its own lock keeps out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rules.ways import place, trace, written_call
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.calling.self_sending import SelfSending
    from flake8_aa_celery.model.code.module import Module


def check(sending: SelfSending, module: Module) -> Iterator[Violation]:
    """
    A celery-once task sends itself while it runs, and is kept out by its own lock.

    Flags a dispatch of a celery-once task in its own body, or in what that leads to, for the keys that it runs for: by
    its name or by `self`, with its own parameters or what a helper is handed of them, alone, in a group or as the
    first of a chain.

    ## Why
    The lock of a celery-once task is there until the task has ended. What it sends for the same keys before that is
    dropped without a word, or raises `AlreadyQueued`, with a countdown too: the lock is looked at when a message is
    sent. The next round never comes.

    ## Example
    ```python
    from allianceauth.services.tasks import QueueOnce
    from celery import shared_task


    @shared_task(base=QueueOnce, once={"keys": ["pk"], "graceful": True})
    def update(pk, page=1):
        update.delay(pk, page=page + 1)
    ```

    ## Instead
    ```python
    from allianceauth.services.tasks import QueueOnce
    from celery import shared_task


    @shared_task(base=QueueOnce, once={"keys": ["pk", "page"], "graceful": True})
    def update(pk, page=1):
        update.delay(pk, page=page + 1)
    ```

    ## Leaves alone
    - other values for the parameters that the lock is over, and values of which it is not known that they are the same;
    - `self.retry()`, which the lock does not stop;
    - a task with `unlock_before_run`;
    - `send_task` by name, which knows of no lock, and a dispatch with options for the lock of its own;
    - a dispatch with a handler for `AlreadyQueued` around it;
    - a class of the project that says itself what is locked.

    ## Profile
    Both: celery-once is used with any Celery.

    ## Proof
    - `test_celery_once.py::test_a_once_task_cannot_dispatch_itself`: it is dropped.
    - `test_celery_once.py::test_a_once_task_cannot_dispatch_itself_for_the_same_keys`: whatever else is different.
    - `test_celery_once.py::test_a_once_task_can_dispatch_itself_for_other_keys`: what the cure rests on.
    - `test_celery_once.py::test_a_once_task_cannot_dispatch_itself_with_a_countdown`: waiting does not help.
    - `test_celery_once.py::test_a_once_task_that_retries_keeps_its_lock`: a retry is let through.
    - `test_celery_once.py::test_a_queued_once_task_at_the_start_of_a_chain_drops_it_all`: so it is in a chain.

    ## References
    - [celery-once: unlock_before_run](https://github.com/cameronmaske/celery-once#unlock_before_run)
    """
    first, last, name = sending.way[0], sending.way[-1], sending.task.name
    what = f"`{name}` sends itself"
    if len(sending.way) > 1:
        what = f"`{written_call(first)}` sends `{name}` ({place(last)})"
    message = f"{what}, but its own lock keeps it out: use `self.retry`"
    yield Violation.at(first.step.call.node, message, trace=trace(sending.way))
