"""AAC111: a task that a worker may never see, or that never gets its `self`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Task


def check(task: Task, module: Module) -> Iterator[Violation]:
    """
    A task is defined inside a function or as a plain method.

    Flags a task decorator inside a function, one on a method that is not static, and one above `@staticmethod`.

    ## Why
    A task inside a function is registered when that function runs. The worker that gets the message is another
    process: where the function did not run there, the message is dropped as that of an unknown task. A task that
    is a method is registered as a plain function: nobody passes it `self`, and sending it raises `TypeError`. Of
    what `@staticmethod` makes Celery can make no task: it raises `AttributeError` when it registers it.

    ## Example
    ```python
    from celery import shared_task


    class Owner:
        @shared_task
        def update(self, force): ...
    ```

    ## Instead
    ```python
    from celery import shared_task


    class Owner:
        @staticmethod
        @shared_task
        def update(owner_pk, force): ...
    ```

    ## Leaves alone
    Static methods with `@staticmethod` above the task decorator: Alliance Auth writes some of its own like this.

    ## Profile
    Both: it is Celery that registers a task when its decorator runs.

    ## Proof
    - `test_defining.py::test_a_task_in_a_function_is_registered_when_that_function_runs`: until then it is unknown.
    - `test_defining.py::test_a_task_as_a_method_never_gets_self`: sending it raises `TypeError`.
    - `test_defining.py::test_a_static_method_can_be_a_task`: as a static method it runs.
    - `test_defining.py::test_what_staticmethod_makes_can_be_no_task`: the other way round it is refused.

    ## References
    - [Celery: tasks](https://docs.celeryq.dev/en/stable/userguide/tasks.html)
    """
    problem = _problem(task)
    if problem:
        yield Violation.at(task.node, f"`{task.name}` {problem}")


def _problem(task: Task) -> str:
    """What is wrong with the place of a task; empty where nothing is."""
    if task.is_local:
        return "is registered only where this function has run: define it at the top level of the module"
    if not task.is_method:
        return ""
    if task.wraps_static_method:
        return "is no function to Celery, which refuses it: put `@staticmethod` on top of the task decorator"
    return "is a method, to which Celery passes no `self`: make it a function or a `@staticmethod`"
