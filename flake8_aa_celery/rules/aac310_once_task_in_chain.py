"""AAC310: a celery-once task that is queued already ends its chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rules.words import shortened
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.canvas.once import FollowedOnceTask
    from flake8_aa_celery.model.code.module import Module


def check(followed: FollowedOnceTask, module: Module) -> Iterator[Violation]:
    """
    A chain holds a celery-once task before others: when it is queued already, all of them are silently dropped.

    Flags a chain that holds a task with `base=QueueOnce`, or with a class derived from it, that is not its last, be
    it that another task follows or that a loop adds one such task per item: once for each chain.

    ## Why
    In a chain each task is sent by the one before it. celery-once refuses to send a task that is queued already, and
    with it goes what the message carries: the rest of the chain. With `graceful`, which Alliance Auth's `QueueOnce`
    sets, nothing says so; without it the task before it is reported as failed. Where the first of the chain is the
    one that is queued, nothing is sent at all.

    ## Example
    ```python
    from allianceauth.services.tasks import QueueOnce
    from celery import chain, shared_task


    @shared_task(base=QueueOnce)
    def update(pk): ...


    @shared_task
    def report(): ...


    @shared_task
    def update_all():
        chain(update.si(1), report.si()).delay()
    ```

    ## Instead
    ```python
    from allianceauth.services.tasks import QueueOnce
    from celery import chain, shared_task


    @shared_task
    def update(pk): ...


    @shared_task
    def report(): ...


    @shared_task(base=QueueOnce)
    def update_all():
        chain(update.si(1), report.si()).delay()
    ```
    Or put it last, where it is the only such task. Of several, send each by itself, at a low priority: then only what
    is queued already is dropped. Where a task needs what the one before it did, they have to stay a chain: make its
    members plain tasks, and the task that starts it the celery-once task, as above.

    ## Leaves alone
    - a once task that stands last: nothing is lost with it;
    - the members of a group;
    - a task whose class cannot be resolved.

    ## Profile
    Both: celery-once does the same in every project.

    ## Proof
    - `test_celery_once.py::test_a_queued_once_task_silently_ends_a_chain`: it and what follows are dropped
      without an error.
    - `test_celery_once.py::test_a_queued_once_task_at_the_start_of_a_chain_drops_it_all`: nothing is sent.
    - `test_celery_once.py::test_a_queued_once_task_that_is_not_graceful_fails_the_task_before_it`: `AlreadyQueued`
      is raised in its worker.
    - `test_celery_once.py::test_a_queued_once_task_at_the_end_of_a_chain_drops_only_itself`: which is left alone.
    - `test_celery_once.py::test_a_queued_once_task_leaves_the_rest_of_a_group_alone`: which is left alone, too.

    ## References
    - [celery-once](https://github.com/cameronmaske/celery-once#usage)
    - [Alliance Auth: celery-once](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#celery-once)
    """
    name = shortened(followed.task.name, 30)
    message = f"if `{name}` is queued already, this chain drops it and the rest: {_advice(followed, module)}"
    yield Violation.at(followed.chain.node, message)


def _advice(followed: FollowedOnceTask, module: Module) -> str:
    """What helps here: of several such tasks only one can stand last, and what gives its result has to stay."""
    if followed.is_awaited:
        return "make it a plain task: the next needs its result"
    if followed.is_alone:
        return "put it last, or make it a plain task"
    settings = module.project.settings
    is_told = settings.is_of_alliance_auth and not followed.has_priority
    how = f" (`priority={settings.bulk_priority}`)" if is_told else ""
    return f"send each by itself{how}, or make all plain"
