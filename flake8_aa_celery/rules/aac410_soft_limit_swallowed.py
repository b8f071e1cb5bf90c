"""AAC410: a soft time limit that is caught as if it were an error."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.handlers import is_around_work, names_it
from flake8_aa_celery.model.resolve.swallowing import swallowing
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.swallowing import Swallowed
    from flake8_aa_celery.model.resolve.values import Task

_LIMIT = "SoftTimeLimitExceeded"


def check(task: Task, module: Module) -> Iterator[Violation]:
    """
    The soft time limit of a task is caught as if it were an error.

    Flags, in a task with a `soft_time_limit`, a handler for `Exception` or everything around its work that neither
    raises nor is preceded by a handler for `SoftTimeLimitExceeded`; `suppress(Exception)` and a context manager of the
    project that swallows count alike. A `try` is around work if it stands in a loop or
    around one, has more than three statements, or is the last of its function.

    ## Why
    The soft limit is an exception, `SoftTimeLimitExceeded`, that Celery raises wherever the task happens to be. It
    is raised once. A handler for every error swallows it: a loop goes on with the next item, the task runs for as
    long as it likes, and only `time_limit` ends it, by killing the worker's process.

    ## Example
    ```python
    from celery import shared_task


    @shared_task(soft_time_limit=300)
    def update_all(owners):
        for owner in owners:
            try:
                owner.update()
            except Exception as error:
                log(error)
    ```

    ## Instead
    ```python
    from celery import shared_task
    from celery.exceptions import SoftTimeLimitExceeded


    @shared_task(soft_time_limit=300)
    def update_all(owners):
        for owner in owners:
            try:
                owner.update()
            except SoftTimeLimitExceeded:
                raise
            except Exception as error:
                log(error)
    ```

    ## Leaves alone
    - tasks without a `soft_time_limit` of their own;
    - a handler that raises, on whatever path, or retries;
    - a handler for certain errors;
    - a `try` in whose body nothing is called, and a short one that looks something up before the rest is done.

    ## Profile
    Plain Celery alone: Alliance Auth's workers use threads, where limits do nothing. Off by default: most of what a
    `try` stands around takes no time.

    ## Proof
    - `test_defining.py::test_a_soft_time_limit_is_an_exception_like_any_other`: so that `except Exception` catches it.

    ## References
    - [Celery: time limits](https://docs.celeryq.dev/en/stable/userguide/workers.html#time-limits)
    """
    for swallowed in _swallowing(task) if _has_soft_limit(task) else ():
        message = f"`{swallowed.written}` swallows the soft time limit of the task: {_advice(swallowed)}"
        if isinstance(swallowed.by, ast.ExceptHandler):
            line, column = swallowed.by.lineno, swallowed.by.col_offset
            yield Violation(line, column, line, column + len("except"), message)
        else:
            yield Violation.at(swallowed.by, message)


def _advice(swallowed: Swallowed) -> str:
    if isinstance(swallowed.by, ast.ExceptHandler):
        return f"catch `{_LIMIT}` first"
    return f"let `{_LIMIT}` through"


def _has_soft_limit(task: Task) -> bool:
    entry = task.options.get("soft_time_limit")
    return entry is not None and task.options.constant("soft_time_limit") is not None


def _swallowing(task: Task) -> list[Swallowed]:
    """What swallows the limit around the work of a task, in the order of the source."""
    found: dict[int, Swallowed] = {}
    for call in task.module.calls_in(task.scope):
        swallowed = swallowing(call.site, _LIMIT)
        if swallowed is None or not is_around_work(swallowed.block):
            continue
        if not (isinstance(swallowed.by, ast.ExceptHandler) and names_it(swallowed.by, _LIMIT)):
            found[swallowed.by.lineno] = swallowed
    return [found[line] for line in sorted(found)]
