"""AAC118: a message that can live for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rules.words import fitted
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.tasks.options import WrittenOption


def check(option: WrittenOption, module: Module) -> Iterator[Violation]:
    """
    A task retries without an end.

    Flags `max_retries=None` on a task that calls `self.retry`, itself or in a function that is handed `self`, or has
    `autoretry_for`. The option is reported where it is written, once for all tasks that share it.

    ## Why
    A task that can never succeed, for instance for a character that was deleted, is sent again and again. Such messages
    add up: no restart removes them, and they take workers from those that could succeed.

    ## Example
    ```python
    from celery import shared_task


    @shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=None)
    def update_all(): ...
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=10)
    def update_all(): ...
    ```

    ## Leaves alone
    - tasks that do not retry;
    - a `max_retries` that cannot be resolved;
    - a limit in `self.retry(max_retries=…)` or in `retry_kwargs`, and a task that looks at `self.request.retries`.

    ## Profile
    Both: it is Celery that retries. Off by default: what somebody wrote out as `None` is usually meant.

    ## Proof
    - `test_retrying.py::test_a_task_without_max_retries_never_gives_up`: it is sent again after any number of failures.
    - `test_retrying.py::test_a_task_gives_up_after_three_retries_unless_told`: three retries are the default.

    ## References
    - [Celery: Task.max_retries](https://docs.celeryq.dev/en/stable/userguide/tasks.html#Task.max_retries)
    """
    message = fitted("`{}` is retried for ever if it cannot succeed: give `max_retries` a number", option.task.name)
    yield Violation.at(option.node, message)
