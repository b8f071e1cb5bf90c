"""AAC108: a decorator that hides a task from whoever wants to send it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.calling.uses import only_raises_where_hidden
from flake8_aa_celery.model.code.syntax import without_call
from flake8_aa_celery.model.tasks.decorators import can_stand_below, hiding, may_keep_task
from flake8_aa_celery.rewrites import Spot, TaskDecoratorOnTop
from flake8_aa_celery.rules.words import fitted, shortened
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Task
    from flake8_aa_celery.violation import Safety


def check(task: Task, module: Module) -> Iterator[Violation]:
    """
    A decorator stands above the task decorator and hides the task.

    Flags a task with a decorator above the one that makes it a task which is known to return something else: it is one
    of a library, such as `transaction.atomic` or `functools.cache`, or a function of the project that can be read.

    ## Why
    The name is bound to what the outer decorator returns, and that is a plain function: `update.delay()` raises
    `AttributeError`. Sent by its name, as a schedule does, the task runs without what the outer decorator adds.

    ## Example
    ```python
    from celery import shared_task
    from django.db import transaction


    @transaction.atomic
    @shared_task
    def update_all(): ...
    ```

    ## Instead
    ```python
    from celery import shared_task
    from django.db import transaction


    @shared_task
    @transaction.atomic
    def update_all(): ...
    ```

    ## Leaves alone
    - `@staticmethod`; `@classmethod`, of which AAC111 speaks;
    - decorators that return what they are given, such as Django's `@receiver`, a signal's `.connect`, Alliance Auth's
      `@hooks.register`, or a function of the project that can be read and does so;
    - decorators that cannot be read: they may return the task.

    ## Fix
    Puts the task decorator on top. Safe where the project dispatches the task by the function's name, which could
    only raise, and nothing keeps what the other decorator was given. Elsewhere unsafe: a schedule that ran the task
    without the other decorator now runs it with that, and a list that held the task holds a plain function. Nothing is
    done below `functools.cache` and its like: what they return is no function, of which Celery can make no task; nor
    below a decorator that asks what it is given for what only a task has, such as `function.name`.

    ## Profile
    Both: it is Celery that makes an object with methods of the function.

    ## Proof
    - `test_defining.py::test_a_decorator_above_the_task_decorator_hides_the_task`: what is left has no `delay`.
    - `test_defining.py::test_a_decorator_above_the_task_decorator_does_not_run_in_the_worker`: sent by its name, the
      task runs undecorated.
    - `test_defining.py::test_a_decorator_below_the_task_decorator_runs_in_the_worker`: below, the decorator runs.

    ## References
    - [Celery: multiple decorators](https://docs.celeryq.dev/en/stable/userguide/tasks.html#basics)
    """
    above = next(hiding(task), None)
    if above is not None:
        name = ast.unparse(without_call(above))
        what = f"`@{shortened(name, 24)}` hides the task `{{}}`, so that it has no `delay`"
        form = f"{what}: put the task decorator on top of it"
        message = fitted(form, task.name)
        yield Violation.at(task.decorator, message, _fix(task))


def _fix(task: Task) -> Fix | None:
    if not can_stand_below(task):
        return None
    safety: Safety = "safe" if only_raises_where_hidden(task) and not may_keep_task(task) else "unsafe"
    return Fix(safety, "Put the task decorator on top", TaskDecoratorOnTop(task.position, Spot.of(task.node)))
