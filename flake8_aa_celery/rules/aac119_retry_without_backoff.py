"""AAC119: retries that come as fast as ever while something is down."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.rewrites import SetOption, Spot
from flake8_aa_celery.rules.ways import place, trace
from flake8_aa_celery.rules.words import fitted
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Task
    from flake8_aa_celery.model.tasks.options import WrittenOption
    from flake8_aa_celery.model.tasks.retries import SteadyRetry


def check(retry: SteadyRetry, module: Module) -> Iterator[Violation]:
    """
    A task retries after the same time again and again, or without saying after which.

    Flags `autoretry_for` without `retry_backoff`, and `self.retry()` without `countdown` or `eta` on a task without
    `default_retry_delay`, also in a function that is handed `self`.

    ## Why
    Celery then waits the same time before each retry: three minutes, unless told otherwise. All tasks that failed
    because something was down come back together and find it down again, and after the third time they give up: nine
    minutes are all that they bridge.

    ## Example
    ```python
    from celery import shared_task


    @shared_task(autoretry_for=(OSError,))
    def update_all(): ...
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task(autoretry_for=(OSError,), retry_backoff=True)
    def update_all(): ...
    ```

    ## Leaves alone
    - options and arguments that cannot be resolved;
    - tasks whose `base` sets them, or cannot be read.

    ## Fix
    Adds `retry_backoff=True` beside `autoretry_for`. Unsafe: retries come at other times, the first one within a
    second. Nothing is done where `default_retry_delay` or `retry_kwargs` says when they come, which would no longer
    hold, and for `self.retry()`: how long that is to wait cannot be known.

    ## Profile
    Both: it is Celery that retries. Off by default: for many errors three minutes are as good as any other time.

    ## Proof
    - `test_retrying.py::test_a_retry_waits_three_minutes_unless_told`: the delay of `self.retry()`.
    - `test_retrying.py::test_an_automatic_retry_without_backoff_waits_the_same_each_time`: and that of `autoretry_for`.
    - `test_retrying.py::test_an_automatic_retry_with_backoff_waits_longer_each_time`: what `retry_backoff` does.

    ## References
    - [Celery: retrying](https://docs.celeryq.dev/en/stable/userguide/tasks.html#retrying)
    """
    if retry.option is not None:
        form = "`{}` waits as long before each retry, whatever is down: `retry_backoff=True` waits longer each time"
        message = fitted(form, retry.task.name)
        yield Violation.at(retry.node, message, _fix(retry.option, module))
    else:
        where = f" ({place(retry.way[-1])})" if retry.way else ""
        form = f"`{{}}` waits three minutes before a retry, whatever has failed{where}: give `retry` a `countdown`"
        message = fitted(form, retry.task.name)
        yield Violation.at(retry.node, message, trace=trace(retry.way))


def _fix(option: WrittenOption, module: Module) -> Fix | None:
    decorator = option.task.decorator
    if option.entry.module is not module or not isinstance(decorator, ast.Call):
        return None
    if not any(keyword.value is option.entry.node for keyword in decorator.keywords):
        return None
    if any(_says(option.task, name) for name in ("default_retry_delay", "retry_kwargs")):
        return None  # the first retry would come within a second, whatever is set there
    return Fix("unsafe", "Wait longer each time", SetOption("retry_backoff", "True", Spot.of(decorator)))


def _says(task: Task, option: str) -> bool:
    """Whether the decorator of a task or a class of it has an option."""
    return not task.options.lacks(option) or bases_of(task).defines(option)
