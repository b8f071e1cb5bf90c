"""AAC113: a task that gets another name when it is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.tasks.decorators import keeps_name
from flake8_aa_celery.rewrites import SetOption
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
    Options that cannot be resolved.

    ## Fix
    Adds the name that the task has now. Unsafe: that name rests on how the module is imported, and the packages that
    the file lies in are all that is seen of it. Nothing is done where a decorator below does not keep the name of the
    function: Celery names the task after what that returns.

    ## Profile
    Both: it is Celery that makes the name. Off by default: most tasks are never moved.

    ## Proof
    - `test_defining.py::test_a_tasks_name_is_its_module_and_function`: moving a task renames it.

    ## References
    - [Celery: names](https://docs.celeryq.dev/en/stable/userguide/tasks.html#names)
    """
    if task.options.lacks("name"):
        message = f'no explicit name: add `name="{task.registered_name}"`'
        yield Violation.at(task.decorator, message, _fix(task))


def _fix(task: Task) -> Fix | None:
    if not all(keeps_name(decorator, task.site) for decorator in task.decorators_below):
        return None  # Celery names it after what that returns
    return Fix("unsafe", "Add the name", SetOption("name", f'"{task.registered_name}"', first=True))
