"""AAC409: a task that is sent while a row is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.django import transactions
from flake8_aa_celery.rules.ways import place, trace, written_call
from flake8_aa_celery.rules.words import called, fix_after_commit, shortened
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.django.sends import SentWhileSaving


def check(sent: SentWhileSaving, module: Module) -> Iterator[Violation]:
    """
    A task is sent while a row is saved, which may happen in anybody's transaction.

    Flags a dispatch in a receiver of `pre_save` or `post_save`, connected by `@receiver` or by `connect` in the same
    module, and in the `save` of a model.

    ## Why
    Whoever saves such a row inside `transaction.atomic` sends the task before the commit, as in AAC405, without
    knowing it: Django's admin does, and so does every request where `ATOMIC_REQUESTS` is on.

    ## Example
    ```python
    # app/signals.py
    from django.db.models.signals import post_save
    from django.dispatch import receiver

    from .models import Owner
    from .tasks import update_owner


    @receiver(post_save, sender=Owner)
    def owner_saved(sender, instance, **kwargs):
        update_owner.delay(instance.pk)

    # app/tasks.py
    from celery import shared_task


    @shared_task
    def update_owner(owner_pk): ...
    ```

    ## Instead
    ```python
    # app/signals.py
    from django.db.models.signals import post_save
    from django.dispatch import receiver

    from .models import Owner
    from .tasks import update_owner


    @receiver(post_save, sender=Owner)
    def owner_saved(sender, instance, **kwargs):
        update_owner.delay_on_commit(instance.pk)

    # app/tasks.py
    from celery import shared_task


    @shared_task
    def update_owner(owner_pk): ...
    ```

    ## Leaves alone
    - `delay_on_commit`, `apply_async_on_commit`, and what is handed to `transaction.on_commit`;
    - a dispatch with a `countdown` or an `eta`;
    - receivers of other signals;
    - a dispatch in a transaction that is certain, be it that of `m2m_changed`, `pre_delete` or `post_delete`: AAC405.

    ## Fix
    Calls `delay_on_commit` or `apply_async_on_commit`. Unsafe: the task is sent later, and not at all where the
    transaction is rolled back. Nothing is done where the result of the call is used, and to what has no such
    method.

    ## Profile
    Both: it is so in every Django project. Off by default: where nobody saves in a transaction nothing goes wrong.

    ## Proof
    - `test_django.py::test_a_dispatch_in_a_transaction_is_sent_before_the_commit`: the task finds nothing.
    - `test_django.py::test_delay_on_commit_outside_a_transaction_is_sent_at_once`: where there is none, all is as
      before.
    - `test_fixes.py::test_a_dispatch_in_a_transaction_waits_for_the_commit`: what the fix does.

    ## References
    - [Celery: database transactions](https://docs.celeryq.dev/en/stable/userguide/tasks.html#database-transactions)
    - [Django: signals](https://docs.djangoproject.com/en/stable/ref/signals/)
    """
    after = transactions.method_after_commit(sent.dispatch)
    what = shortened(called(sent.dispatch.receiver), 30)
    if sent.way:
        message = (
            f"`{written_call(sent.way[0])}` sends {what} ({place(sent.way[-1])}) in {sent.place}, maybe before a commit"
        )
        yield Violation.at(sent.node, message, trace=trace(sent.way))
    else:
        message = f"{what} is sent in {sent.place}, maybe before a commit: use `{after}`"
        yield Violation.at(sent.node, message, fix_after_commit(sent.dispatch, after))
