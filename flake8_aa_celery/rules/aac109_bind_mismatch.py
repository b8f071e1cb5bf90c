"""AAC109: a task that expects itself and does not get it, or the other way round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rules import rule
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.facts import Task
    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.settings import Settings


@rule("AAC109", "bind-mismatch")
def check(module: Module, settings: Settings) -> Iterator[Violation]:
    """
    A task has `self` without `bind=True`, or `bind=True` without a parameter to take it.

    Flags a task whose first parameter is called `self` and that is not bound, and a bound task without a positional
    parameter.

    ## Why
    Only with `bind=True` does Celery pass the task as first argument. Without it, the first argument of the caller
    lands in `self`, and `.delay(1)` raises `TypeError` for the one that is missing. A bound task without a
    parameter raises `TypeError` whenever it is sent.

    ## Example
    ```python
    from celery import shared_task


    @shared_task
    def update_owner(self, owner_pk):
        ...
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task(bind=True)
    def update_owner(self, owner_pk):
        ...
    ```

    ## Leaves alone
    A `bind` that cannot be resolved. Methods, of which AAC111 speaks. A task with further decorators below the task
    decorator: they may add or take the argument.

    ## Profile
    Both: it is Celery that passes the task.

    ## Proof
    - `test_defining.py::test_self_without_bind_takes_the_callers_first_argument`: `self` is a parameter like others.
    - `test_defining.py::test_bind_without_a_parameter_raises_at_the_caller`: Celery refuses the call.

    ## References
    - [Celery: bound tasks](https://docs.celeryq.dev/en/stable/userguide/tasks.html#bound-tasks)
    """
    for task in module.tasks:
        if not task.decorators_below and not task.is_method:
            message = _mismatch(task)
            if message:
                yield Violation.at(task.node, message)


def _mismatch(task: Task) -> str:
    arguments = task.node.args
    positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    if task.bound is False and positional[:1] == ["self"]:
        return f"`{task.name}` takes `self` but is not bound: add `bind=True`, or its first argument lands there"
    if task.bound and not positional and arguments.vararg is None:
        return f"`{task.name}` is bound but has no parameter for the task: add `self` or drop `bind=True`"
    return ""
