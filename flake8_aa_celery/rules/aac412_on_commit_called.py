"""AAC412: a dispatch that is to wait for the commit and does not, and a None taken for its result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rules.words import called, fix_of_callback, shortened
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.django.on_commit import MisusedCommit


def check(misused: MisusedCommit, module: Module) -> Iterator[Violation]:
    """
    A task is sent while it is handed to `on_commit`, or the result of what waits for the commit is used.

    Flags `on_commit(task.delay(…))` and `on_commit(task(…))`, and a use of what `delay_on_commit`,
    `apply_async_on_commit` and `on_commit` return, which is None.

    ## Why
    `on_commit` takes a function and calls it at the commit. `on_commit(task.delay(1))` calls `delay` first, which sends
    at once, and hands over its result, which is no function: Django raises `TypeError`, and the transaction is rolled
    back while the task runs. And before the commit there is no result: `delay_on_commit` returns None.

    ## Example
    ```python
    from celery import shared_task
    from django.db import transaction


    @shared_task
    def update_owner(owner_pk): ...


    def add_owner(name):
        with transaction.atomic():
            owner = Owner.objects.create(name=name)
            transaction.on_commit(update_owner.delay(owner.pk))
    ```

    ## Instead
    ```python
    from celery import shared_task
    from django.db import transaction


    @shared_task
    def update_owner(owner_pk): ...


    def add_owner(name):
        with transaction.atomic():
            owner = Owner.objects.create(name=name)
            update_owner.delay_on_commit(owner.pk)
    ```

    `delay_on_commit` is there since Celery 5.4; `transaction.on_commit(partial(update_owner.delay, owner.pk))` does the
    same for a workflow, a celery-once task, and another database.

    ## Leaves alone
    - a lambda, a `partial` and a method that is not called: `on_commit(task.delay)`;
    - a value that is returned, or that nothing reads.

    ## Fix
    Calls `delay_on_commit` or `apply_async_on_commit`, or hands over a `partial` where the task has no such method.
    Safe: the code could only raise. Nothing is done to a task that is run in place, and where the value is used.

    ## Profile
    Both: it is so in every Django project.

    ## Proof
    - `test_django.py::test_on_commit_of_a_dispatch_sends_at_once_and_raises`: the claim.
    - `test_django.py::test_what_waits_for_a_commit_has_no_value`: what the others return.
    - `test_django.py::test_delay_on_commit_is_sent_after_the_commit`: what helps.
    - `test_fixes.py::test_a_dispatch_handed_to_on_commit_waits_for_it`: what the fix does.

    ## References
    - [Celery: trigger tasks at the end of the database transaction](https://docs.celeryq.dev/en/stable/django/first-steps-with-django.html)
    - [Django: `on_commit`](https://docs.djangoproject.com/en/stable/topics/db/transactions/#performing-actions-after-commit)
    """
    if misused.call is None:
        yield Violation.at(misused.node, f"`{misused.method}` returns None: there is no result before the commit")
    elif misused.dispatch is None:
        yield Violation.at(
            misused.node, "this runs the task here and now, before the commit: send it by `delay_on_commit`"
        )
    else:
        own = misused.dispatch if misused.dispatch.node is misused.node else None
        fix = fix_of_callback(own, misused.call) if own is not None else None
        instead = fix.title.removeprefix("Use ") if fix else "`partial`"
        what = shortened(called(misused.dispatch.receiver), 40)
        yield Violation.at(misused.node, f"{what} is sent at once, and its result is no callback: use {instead}", fix)
