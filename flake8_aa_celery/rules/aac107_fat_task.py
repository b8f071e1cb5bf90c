"""AAC107: a task that does too much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.bodies import number_of_statements
from flake8_aa_celery.rules import rule
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.settings import Settings


@rule("AAC107", "fat-task", default=False)
def check(module: Module, settings: Settings) -> Iterator[Violation]:
    """
    A task has more statements than a reader can keep in mind.

    Flags a task of more than `max-task-statements` statements, nested ones included, the docstring not.

    ## Why
    What a task does in one go fails in one go, and is repeated in one go. Several small tasks can be retried one by
    one, and code in a manager or a module of its own can be called and tested without Celery.

    ## Example
    ```python
    from celery import shared_task


    @shared_task
    def update(owner):
        owner.step_1(); owner.step_2(); owner.step_3(); owner.step_4(); owner.step_5(); owner.step_6()
        owner.step_7(); owner.step_8(); owner.step_9(); owner.step_10(); owner.step_11(); owner.step_12()
        owner.step_13(); owner.step_14(); owner.step_15(); owner.step_16(); owner.step_17(); owner.step_18()
        owner.step_19(); owner.step_20(); owner.step_21(); owner.step_22(); owner.step_23(); owner.step_24()
        owner.step_25(); owner.step_26(); owner.step_27(); owner.step_28(); owner.step_29(); owner.step_30()
        owner.step_31(); owner.step_32(); owner.step_33(); owner.step_34(); owner.step_35(); owner.step_36()
        owner.step_37(); owner.step_38(); owner.step_39(); owner.step_40(); owner.step_41(); owner.step_42()
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task
    def update(owner):
        owner.take_all_steps()
    ```

    ## Leaves alone
    Whatever the task calls, however long that is.

    ## Settings
    `max-task-statements` (40): how many statements a task may have.

    ## Profile
    Both: tasks are read everywhere. Off by default: how long is too long is a matter of taste.

    ## References
    - [Celery: granularity of tasks](https://docs.celeryq.dev/en/stable/userguide/tasks.html#granularity)
    """
    allowed = settings.max_task_statements
    for task in module.tasks:
        number = number_of_statements(task)
        if number > allowed:
            message = f"`{task.name}` has {number} statements, more than {allowed}: split it, or move code out of it"
            yield Violation.at(task.node, message)
