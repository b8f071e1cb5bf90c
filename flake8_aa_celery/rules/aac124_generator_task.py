"""AAC124: a task that a worker calls and never runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.tasks.generators import GeneratorTask


def check(generator: GeneratorTask, module: Module) -> Iterator[Violation]:
    """
    A task yields, so that its body never runs.

    Flags a task with a `yield` or `yield from` in its own body, be it a function or the `run` of a class.

    ## Why
    A function with a `yield` is a generator: to call it makes an object that does something only when somebody goes
    through it. A worker does not. It logs the task as succeeded, with this object as its result, and not a line of the
    body has run. With a result backend the result cannot even be stored.

    ## Example
    ```python
    from celery import shared_task


    @shared_task
    def update_all(pks):
        for pk in pks:
            yield update(pk)
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task
    def update_all(pks):
        for pk in pks:
            update(pk)
    ```

    ## Leaves alone
    - a `yield` in a function within the task;
    - tasks below another decorator, or of a class with a `__call__` of its own: these may go through it;
    - coroutines, which do not run either: that is AAC110.

    ## Profile
    Both: no worker goes through a generator.

    ## Proof
    - `test_defining.py::test_a_task_with_a_yield_never_runs`: success, and the body has not begun.
    - `test_defining.py::test_a_task_of_a_class_with_a_yield_never_runs`: the same of a class.
    - `test_defining.py::test_a_generator_that_is_consumed_runs`: what a decorator may do about it.

    ## References
    - [Celery: Tasks](https://docs.celeryq.dev/en/stable/userguide/tasks.html)
    """
    message = f"`{generator.name}` never runs: a worker does not go through what it yields, take the `yield` out"
    yield Violation.at(generator.node, message)
