"""AAC127: a task that is called after its decorator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rewrites import AddWraps, Spot
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.tasks.wrapping import LostName


def check(lost: LostName, module: Module) -> Iterator[Violation]:
    """
    A decorator below the task decorator returns a function without `functools.wraps`.

    Flags a decorator of the project below the task decorator which returns a function of its own that is not decorated
    with `functools.wraps`, on a task without a `name`. Each decorator is reported once a module, at its first task.

    ## Why
    Celery calls a task after the module and name of the function that it is given, and that is now what the decorator
    returns: `app.helpers.wrapper`. Logs and monitors speak of it by that name, a schedule that names the task by its
    own finds nothing, and a second task below the same decorator takes its place (AAC112).

    ## Example
    ```python
    from celery import shared_task


    def measured(function):
        def wrapper(*args, **kwargs):
            return function(*args, **kwargs)

        return wrapper


    @shared_task
    @measured
    def update_all(): ...
    ```

    ## Instead
    ```python
    from functools import wraps

    from celery import shared_task


    def measured(function):
        @wraps(function)
        def wrapper(*args, **kwargs):
            return function(*args, **kwargs)

        return wrapper


    @shared_task
    @measured
    def update_all(): ...
    ```

    ## Leaves alone
    - a task with a `name` of its own;
    - decorators that cannot be read, and those that return what they are given, or an object that is no function;
    - `functools.update_wrapper`, and a wrapper whose `__name__` the decorator sets.

    ## Fix
    Adds `@functools.wraps` in the decorator, where that stands in the same file. Safe: nothing in the project calls
    the task by the name that it has now, or else nothing is done.

    ## Profile
    Both: it is Celery that gives the name. Off by default: one task alone below such a decorator runs all the same.

    ## Proof
    - `test_defining.py::test_a_decorator_without_wraps_gives_the_task_its_name`: it is called after the wrapper.
    - `test_defining.py::test_a_decorator_with_wraps_keeps_the_tasks_name`: what the cure does.
    - `test_defining.py::test_a_name_of_its_own_saves_a_task_from_its_decorator`: and what else does.

    ## References
    - [Celery: names](https://docs.celeryq.dev/en/stable/userguide/tasks.html#names)
    - [Python: functools.wraps](https://docs.python.org/3/library/functools.html#functools.wraps)
    """
    who = f"`{lost.task.name}`" + (f" and {lost.others} more tasks" if lost.others else "")
    message = f"{who} will be called `{lost.name}`: add `functools.wraps` to `{lost.wrapper.name}`"
    yield Violation.at(lost.decorator, message, _fix(lost, module))


def _fix(lost: LostName, module: Module) -> Fix | None:
    if lost.module is not module or lost.wrapped is None or lost.is_spoken_of:
        return None
    return Fix("safe", "Keep the name", AddWraps(lost.wrapped, Spot.of(lost.wrapper)))
