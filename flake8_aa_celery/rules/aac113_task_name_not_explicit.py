"""AAC113: a task that gets another name when it is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.tasks.names import certain_name
from flake8_aa_celery.rewrites import SetOption
from flake8_aa_celery.rules.words import shortened
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Task


def check(task: Task, module: Module) -> Iterator[Violation]:
    """
    A task has no `name`.

    Flags a task decorator without `name=`, as PIE783 of flake8-pie does.

    ## Why
    Schedules and messages know a task by its name, which Celery makes of the module and the function. Whoever moves or
    renames the function leaves schedules that name nothing, and messages that no worker knows.

    ## Example
    ```python
    from celery import shared_task


    @shared_task
    def update_all(): ...
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task(name="app.tasks.update_all")
    def update_all(): ...
    ```

    ## Leaves alone
    - options that cannot be resolved;
    - a task whose name is not certain: below its decorator stands one that may call it otherwise, or its module lies in
      a folder without `__init__.py` that nothing marks as a root, so that its name depends on where Python is started.

    ## Fix
    Adds the name that the task has now. Unsafe: that name rests on how the module is imported, and the packages that
    the file lies in are all that is seen of it.

    ## Profile
    Both: it is Celery that makes the name. Off by default: most tasks are never moved.

    ## Proof
    - `test_defining.py::test_a_tasks_name_is_its_module_and_function`: moving a task renames it.

    ## References
    - [Celery: names](https://docs.celeryq.dev/en/stable/userguide/tasks.html#names)
    """
    name = certain_name(task) if task.options.lacks("name") else None
    if name is not None:
        message = f'`{shortened(task.name, 25)}` has no explicit name: add `name="{name}"`, or a move renames it'
        yield Violation.at(task.decorator, message, _fix(name))


def _fix(name: str) -> Fix:
    return Fix("unsafe", "Add the name", SetOption("name", f'"{name}"', first=True))
