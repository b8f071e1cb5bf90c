"""AAC110: a task whose body never runs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.names import any_of
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.rules.words import fitted
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Task


def check(task: Task, module: Module) -> Iterator[Violation]:
    """
    A task is a coroutine function.

    Flags an `async def` right under a task decorator.

    ## Why
    The worker calls the function, gets a coroutine and drops it: the body never runs, and the task counts as
    succeeded. No error is logged.

    ## Example
    ```python
    from celery import shared_task


    @shared_task
    async def send_message(channel_id, text): ...
    ```

    ## Instead
    ```python
    from asgiref.sync import async_to_sync
    from celery import shared_task


    @shared_task
    def send_message(channel_id, text):
        async_to_sync(_send_message)(channel_id, text)


    async def _send_message(channel_id, text): ...
    ```

    ## Leaves alone
    Tasks with a decorator in between, such as `@async_to_sync`: it may make a plain function of the coroutine.

    ## Settings
    `async-bases` (`[]`): task classes that run coroutines, such as `["celery_aio_pool.Task"]`. A package or module
    stands for all that it holds. Where a pool runs them, whatever class a task has, `["celery.Task"]` turns the rule
    off for tasks without a `base`.

    ## Profile
    Both: it is Celery that does not wait for coroutines.

    ## Proof
    - `test_defining.py::test_an_async_task_never_runs`: the task succeeds and its body did not run.

    ## References
    - [asgiref: async_to_sync](https://docs.djangoproject.com/en/stable/topics/async/#async-to-sync)
    """
    if isinstance(task.node, ast.AsyncFunctionDef) and not task.decorators_below and not _can_run(task):
        form = "`{}` never runs, as Celery awaits no coroutine: make it a `def` that calls `async_to_sync(…)`"
        message = fitted(form, task.name)
        yield Violation.at(task.node, message)


def _can_run(task: Task) -> bool:
    """Whether the task's class is one that the settings say runs coroutines, or may be one."""
    asynchronous = task.module.project.settings.async_bases
    if not asynchronous:
        return False
    bases = bases_of(task)
    return not bases.complete or any(any_of(asynchronous, name) for name in bases.names)
