"""AAC411: callbacks for the commit that all send the last item of a loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rules.words import fix_of_callback, shortened
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.django.on_commit import LateCallback


def check(late: LateCallback, module: Module) -> Iterator[Violation]:
    """
    Callbacks for the commit are made in a loop, and all of them send the last item.

    Flags `on_commit` with a lambda, or with a function that is defined on the spot, in a loop or comprehension, where
    it sends something and reads a name that the loop binds.

    ## Why
    A lambda looks a name up when it is called. `on_commit` calls all of them at the commit, when the loop has ended:
    each finds what the last round has left in the name. The last item is sent as often as there are items, the others
    are not.

    ## Example
    ```python
    from celery import shared_task
    from django.db import transaction


    @shared_task
    def update_owner(owner_pk): ...


    def update_owners(owners):
        with transaction.atomic():
            for owner in owners:
                owner.save()
                transaction.on_commit(lambda: update_owner.delay(owner.pk))
    ```

    ## Instead
    ```python
    from celery import shared_task
    from django.db import transaction


    @shared_task
    def update_owner(owner_pk): ...


    def update_owners(owners):
        with transaction.atomic():
            for owner in owners:
                owner.save()
                update_owner.delay_on_commit(owner.pk)
    ```

    `delay_on_commit` is there since Celery 5.4; `transaction.on_commit(partial(update_owner.delay, owner.pk))` does the
    same for a workflow, a celery-once task, and another database.

    ## Leaves alone
    - a lambda that keeps the item, `lambda pk=owner.pk: …`, and a `partial`;
    - a transaction that is opened within the loop, so that each callback runs in its round;
    - a loop that is left right after the call;
    - a lambda that sends nothing.

    ## Fix
    Calls `delay_on_commit` or `apply_async_on_commit`, or hands over a `partial` where the task has no such method.
    Safe: what was meant is sent. Nothing is done to a lambda that does more than send, and to a function.

    ## Profile
    Both: it is so in every Django project.

    ## Proof
    - `test_django.py::test_a_lambda_on_commit_in_a_loop_sends_the_last_item_each_time`: the claim.
    - `test_django.py::test_a_callback_that_holds_its_item_sends_that`: what helps.
    - `test_django.py::test_a_lambda_on_commit_of_a_transaction_in_the_loop_sends_its_item`: what is left alone.
    - `test_fixes.py::test_callbacks_of_a_loop_send_each_its_own_item`: what the fix does.

    ## References
    - [Python: why do lambdas defined in a loop all return the same result?](https://docs.python.org/3/faq/programming.html#why-do-lambdas-defined-in-a-loop-with-different-values-all-return-the-same-result)
    - [Django: `on_commit`](https://docs.djangoproject.com/en/stable/topics/db/transactions/#performing-actions-after-commit)
    """
    fix = fix_of_callback(late.dispatch, late.call) if late.dispatch is not None else None
    instead = fix.title.removeprefix("Use ") if fix else "`partial`"
    name = shortened(late.names[0], 30)
    message = f"each of these callbacks reads `{name}` after the loop, so all send its last value: use {instead}"
    yield Violation.at(late.call.node, message, fix)
