"""AAC407: a retry that is caught as if it were an error."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.rules.ways import place, trace, written_call
from flake8_aa_celery.rules.words import shortened
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.tasks.retries import SwallowedRetry


def check(swallowed: SwallowedRetry, module: Module) -> Iterator[Violation]:
    """
    A retry is caught as if it were an error.

    Flags `self.retry(…)` in the body of a `try` whose handler catches `Exception`, everything, or `Retry`, and does
    not raise; in `with suppress(Exception)`, or in a context manager of the project that swallows. The same of a call
    by which a function comes to retry the task.

    ## Why
    `self.retry()` sends the task once more and then raises `Retry`, which is an `Exception`, to end this run. A
    handler that swallows it lets the run go on: what comes after the `try` is done, the task counts as succeeded,
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
    - a retry in a handler, in `else` or after the `try`;
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
    by = swallowed.swallowed
    where = f"`{shortened(by.written, 30)}` in line {by.by.lineno}"
    if swallowed.way:
        what = f"`{shortened(written_call(swallowed.way[0]), 30)}` leads to a retry ({place(swallowed.way[-1])})"
        message = f"{what}, which {where} swallows: retry outside of it"
    else:
        written = shortened(ast.unparse(swallowed.call.node.func), 25)
        message = f"{where} swallows `{written}`, and the task goes on: retry outside of it"
    yield Violation.at(swallowed.node, message, trace=trace(swallowed.way))
