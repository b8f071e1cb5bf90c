"""AAC407: a retry that is caught as if it were an error."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.handlers import swallowing, written
from flake8_aa_celery.model.tasks.retries import raises_retry
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.tasks.retries import Retry


def check(retry: Retry, module: Module) -> Iterator[Violation]:
    """
    A retry is caught as if it were an error.

    Flags `self.retry(…)` in the body of a `try` whose handler catches `Exception`, everything, or `Retry`, and does
    not raise.

    ## Why
    `self.retry()` sends the task once more and then raises `Retry`, which is an `Exception`, to end this run. A
    handler that swallows it lets the run go on: what stands behind the `try` is done, the task counts as succeeded,
    the rest of its chain starts, and the retries run as well.

    ## Example
    ```python
    from celery import shared_task


    @shared_task(bind=True)
    def update(self):
        try:
            if not esi_is_up():
                self.retry(countdown=60)
            fetch()
        except Exception as error:
            log(error)
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task(bind=True)
    def update(self):
        if not esi_is_up():
            raise self.retry(countdown=60)
        try:
            fetch()
        except Exception as error:
            log(error)
    ```

    ## Leaves alone
    - a retry in a handler, in `else` or behind the `try`;
    - a handler that raises, on whatever path, or retries itself;
    - a `try` with an earlier handler for `Retry` that raises;
    - `self.retry(throw=False)`, which raises nothing.

    ## Profile
    Both: it is so in every project.

    ## Proof
    - `test_retrying.py::test_a_swallowed_retry_counts_as_success_and_runs_again`: both happen.
    - `test_retrying.py::test_retry_is_an_exception`: so that `except Exception` catches it.
    - `test_retrying.py::test_a_retry_ends_the_task`: what it does where nobody catches it.

    ## References
    - [Celery: retrying](https://docs.celeryq.dev/en/stable/userguide/tasks.html#retrying)
    """
    call = retry.call
    caught = swallowing(call.site, "Retry")
    if caught is not None and raises_retry(call):
        where = f"`{written(caught.handler)}` in line {caught.handler.lineno}"
        message = f"{where} swallows `{ast.unparse(call.node.func)}`: retry outside of the `try`"
        yield Violation.at(call.node, message)
