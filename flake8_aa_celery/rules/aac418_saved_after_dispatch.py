"""AAC418: a row that is saved after a task was sent its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rules.words import called, shortened
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.django.late_saves import LateSave


def check(late: LateSave, module: Module) -> Iterator[Violation]:
    """
    A row is saved after a task was sent its key.

    Flags `row.save()` without `update_fields` after a dispatch with `row.pk` or `row.id` in the same block.

    ## Why
    A worker may be faster than the next line. Then the task reads the row as it was before. And `save()` writes every
    field as this process knows it: what the task has saved in the meantime is overwritten by what was there before.

    ## Example
    ```python
    from celery import shared_task


    @shared_task
    def update_owner(owner_pk): ...


    def refresh(owner):
        update_owner.delay(owner.pk)
        owner.is_active = True
        owner.save()
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task
    def update_owner(owner_pk): ...


    def refresh(owner):
        owner.is_active = True
        owner.save()
        update_owner.delay(owner.pk)
    ```

    What is known only after the dispatch, such as its id, is saved alone: `owner.save(update_fields=["task_id"])`.

    ## Leaves alone
    - `save(update_fields=[…])`, and arguments of `save` that are not seen;
    - `refresh_from_db()` between the two, and a name that is bound to another row in between;
    - `delay_on_commit`, `on_commit`, and a dispatch with a `countdown` or an `eta`;
    - a dispatch in a transaction, which is AAC405;
    - what is saved on another path.

    ## Profile
    Both: it is so in every Django project.

    ## Proof
    - `test_django.py::test_a_task_reads_a_row_as_it_was_before_it_is_saved`: the first danger.
    - `test_django.py::test_a_row_saved_after_its_dispatch_overwrites_what_the_task_saved`: the second.
    - `test_django.py::test_a_row_saved_with_update_fields_leaves_the_rest_to_the_task`: what helps against that.

    ## References
    - [Celery: database transactions](https://docs.celeryq.dev/en/stable/userguide/tasks.html#database-transactions)
    - [Django: specifying which fields to save](https://docs.djangoproject.com/en/stable/ref/models/instances/#specifying-which-fields-to-save)
    """
    row, what = shortened(late.row, 20), shortened(called(late.dispatch.receiver), 30)
    message = f"{what} was sent the key of `{row}` before: save first, or only what changed, with `update_fields`"
    yield Violation.at(late.node, message)
