"""AAC405: a task that may start before what it needs is committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.syntax import is_statement
from flake8_aa_celery.model.django import transactions
from flake8_aa_celery.rules.ways import place, trace, written_call
from flake8_aa_celery.rules.words import called, fix_after_commit
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.django.sends import SentInTransaction


def check(sent: SentInTransaction, module: Module) -> Iterator[Violation]:
    """
    A task is sent before the transaction around it is committed.

    Flags a dispatch inside `with transaction.atomic():`, inside a function with `@transaction.atomic`, inside a
    view of a project whose settings have `ATOMIC_REQUESTS: True`, and inside a receiver of `m2m_changed`, `pre_delete`
    or `post_delete`, which Django always sends in a transaction of its own.

    ## Why
    The message reaches the broker at once, the rows that were saved are seen by others only after the commit. A free
    worker is faster: the task does not find the row (`DoesNotExist`) or works on what it was before. And if the
    transaction is rolled back, the task runs all the same.

    ## Example
    ```python
    from celery import shared_task
    from django.db import transaction


    @shared_task
    def update_owner(owner_pk): ...


    def add_owner(name):
        with transaction.atomic():
            owner = Owner.objects.create(name=name)
            update_owner.delay(owner.pk)
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

    None of what waits for the commit returns anything. Whoever needs the id of the task chooses it: `task_id=uuid()`,
    with `celery.uuid`, given to `apply_async_on_commit`.

    `delay_on_commit` and `apply_async_on_commit` are there since Celery 5.4, for tasks of Celery's own class in a
    Django project. A celery-once task and a workflow are sent by `transaction.on_commit(lambda: …)`. All of these wait
    for the default database: in a transaction of another one it is `transaction.on_commit(lambda: …, using="other")`.

    ## Leaves alone
    - `delay_on_commit` and `apply_async_on_commit`, and a task whose own class sends it by `on_commit`;
    - a dispatch with a `countdown` or an `eta`, its own or its signature's, which gives the commit its time;
    - what is handed to `transaction.on_commit`, as a lambda, a `partial` or a function;
    - a dispatch after the block;
    - receivers of `pre_save` and `post_save`, which may run in no transaction: that is AAC409;
    - views with `@transaction.non_atomic_requests`, and all of them where no entry of `DATABASES` in the project's own
      files sets `ATOMIC_REQUESTS`, which Django reads there alone.

    ## Fix
    Calls `delay_on_commit` or `apply_async_on_commit`; `transaction.on_commit(partial(…))` where the project's declared
    dependencies allow a Celery before 5.4. Unsafe: the task is sent later, and not at all where the
    transaction is rolled back. Nothing is done where the result of the call is used, and to what has no such
    method.

    ## Profile
    Both: it is so in every Django project.

    ## Proof
    - `test_django.py::test_receivers_of_m2m_changed_are_called_in_a_transaction`: whoever makes the change.
    - `test_django.py::test_receivers_of_a_deletion_are_called_in_a_transaction`: and whoever deletes.
    - `test_django.py::test_a_dispatch_in_a_transaction_is_sent_before_the_commit`: the task finds nothing.
    - `test_django.py::test_delay_on_commit_is_sent_after_the_commit`: so it finds what was saved.
    - `test_django.py::test_on_commit_is_sent_after_the_commit`: and so it does, too.
    - `test_celery_once.py::test_a_once_task_has_no_delay_on_commit`: why those need `on_commit`.
    - `test_django.py::test_apply_async_on_commit_takes_the_options_of_apply_async`: a `task_id` among them.
    - `test_django.py::test_delay_on_commit_waits_for_the_default_database_alone`: and for no other one.
    - `test_fixes.py::test_a_dispatch_in_a_transaction_waits_for_the_commit`: what the fix does.

    ## References
    - [Celery: database transactions](https://docs.celeryq.dev/en/stable/userguide/tasks.html#database-transactions)
    - [Celery: trigger tasks at the end of the database transaction](https://docs.celeryq.dev/en/stable/django/first-steps-with-django.html)
    - [Django: `on_commit`](https://docs.djangoproject.com/en/stable/topics/db/transactions/#performing-actions-after-commit)
    """
    after = transactions.method_after_commit(sent.dispatch, sent.transaction)
    what = called(sent.dispatch.receiver)
    if sent.way:
        where = f"{what} ({place(sent.way[-1])})"
        more = f" ({sent.others} more here)" if sent.others else ""
        message = f"`{written_call(sent.way[0])}` sends {where} in {sent.transaction.place}: use `{after}` there{more}"
        yield Violation.at(sent.node, message, trace=trace(sent.way))
    else:
        advice = f"use `{after}`"
        if not is_statement(sent.node, sent.dispatch.site):  # nothing is returned that one could ask for the id
            advice = f"use `{after.replace('delay', 'apply_async')}` and a `task_id`"
        message = f"{what} is sent in {sent.transaction.place}, before the commit: {advice}"
        yield Violation.at(sent.node, message, fix_after_commit(sent.dispatch, after))
