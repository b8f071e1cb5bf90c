"""AAC414: a handler for the error of a task without retries that never runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rewrites import DropException, Spot
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.tasks.exhausted import DeadHandler


def check(dead: DeadHandler, module: Module) -> Iterator[Violation]:
    """
    A handler for `MaxRetriesExceededError` never runs.

    Flags a handler for `MaxRetriesExceededError` alone around `self.retry(exc=…)`, one beside the handler that
    retries, of the same `try`, and one around the work of a task with `autoretry_for`, which does not retry itself.

    ## Why
    With no retries left, `self.retry()` raises `MaxRetriesExceededError`. `self.retry(exc=error)` does not: it raises
    the error that it is given. So what was meant to happen in the end, a notice to somebody, a state that is set, never
    does. And a handler sees nothing of what another handler of the same `try` raises, nor of `autoretry_for`, which
    retries after the task was left, and raises in the end what the task raised.

    ## Example
    ```python
    from celery import shared_task
    from celery.exceptions import MaxRetriesExceededError


    @shared_task(bind=True)
    def update(self, pk):
        try:
            fetch(pk)
        except OSError as error:
            try:
                raise self.retry(exc=error)
            except MaxRetriesExceededError:
                give_up(pk)
    ```

    ## Instead
    ```python
    from celery import shared_task
    from celery.exceptions import MaxRetriesExceededError


    @shared_task(bind=True)
    def update(self, pk):
        try:
            fetch(pk)
        except OSError:
            try:
                raise self.retry()
            except MaxRetriesExceededError:
                give_up(pk)
    ```

    ## Leaves alone
    - a handler that catches something else as well, or only raises the error again;
    - a retry that is not known to be given an exception; in a function that is handed the task or the exception, it is
      known where every call in the project gives it one;
    - a task whose base class has a `retry` of its own, or cannot be read;
    - a `try` in which something else may raise the error: another retry without `exc`, what is handed the task, a task
      that is called in this process, the result of one.

    ## Fix
    Takes `exc` out of the retry, and the name of the error that nothing else uses. Unsafe: the handler then runs.
    Nothing is done where the `try` has more than one retry, where it is in another handler, and where `exc` is given
    by position.

    ## Profile
    Both: it is so in every project.

    ## Proof
    - `test_retrying.py::test_a_retry_that_is_given_an_exception_raises_that_one_in_the_end`: the claim.
    - `test_retrying.py::test_a_retry_without_an_exception_in_a_handler_raises_max_retries_exceeded`: what helps.
    - `test_retrying.py::test_a_retry_with_max_retries_of_its_own_raises_the_exception_it_is_given`: and what does not.
    - `test_retrying.py::test_a_task_that_autoretry_for_retries_never_sees_that_no_retries_are_left`: the last part.
    - `test_fixes.py::test_a_handler_that_never_ran_runs`: what the fix does.

    ## References
    - [Celery: `Task.retry`](https://docs.celeryq.dev/en/stable/reference/celery.app.task.html#celery.app.task.Task.retry)
    """
    yield Violation.at(dead.node, f"this handler never runs: {_REASONS[dead.by]}", _fix(dead))


_REASONS = {
    "retry": "without retries left, `retry(exc=…)` raises what it is given: drop `exc`",
    "another handler": "it does not see what another handler of its `try` raises: put it around that",
    "autoretry_for": "`autoretry_for` retries after the task was left: put this into `on_failure` of a base class",
}


def _fix(dead: DeadHandler) -> Fix | None:
    if len(dead.retries) != 1 or not any(keyword.arg == "exc" for keyword in dead.retries[0].keywords):
        return None
    return Fix("unsafe", "Retry without `exc`", DropException(Spot.of(dead.retries[0])))
