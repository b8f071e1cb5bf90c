"""AAC314: a state that a task sets itself and that does not last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.configuration.result_backend import has_result_backend
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.tasks.end_states import SetState


def check(state: SetState, module: Module) -> Iterator[Violation]:
    """
    A task sets the state of its end, and Celery overwrites it, or nobody can read it.

    Flags `update_state` of a task with FAILURE or REVOKED that is followed by a return, or by the end of the task; with
    SUCCESS and a `meta` where the task then returns nothing; and with FAILURE and a `meta` without `exc_type` where the
    task then raises `Ignore`.

    ## Why
    What a task returns is stored with the state SUCCESS, over whatever it has set before: a task that says that it has
    failed and returns has succeeded. And a failure is read as an exception: without `exc_type` in its `meta`, asking
    for the state raises `ValueError`.

    ## Example
    ```python
    from celery import shared_task


    @shared_task(bind=True)
    def convert(self, path):
        if not is_valid(path):
            self.update_state(state="FAILURE", meta={"exc_type": "ValueError", "exc_message": [path]})
            return
        run(path)
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task
    def convert(path):
        if not is_valid(path):
            raise ValueError(path)
        run(path)
    ```

    ## Leaves alone
    - a state that is followed by `raise` or by a retry, which store their own, or by what may raise on purpose;
    - SUCCESS of a task that returns something: that is its result;
    - states of a task that runs, such as PROGRESS, and those that cannot be resolved;
    - the state of another task, and a task with `ignore_result`;
    - projects without a result backend.

    ## Settings
    `result-backend` (auto): whether the project has a result backend.

    ## Profile
    Plain Celery alone: Alliance Auth has no result backend.

    ## Proof
    - `test_defining.py::test_a_state_that_a_task_sets_is_overwritten_when_it_returns`: the first claim.
    - `test_defining.py::test_a_state_that_a_task_sets_stays_if_it_raises_ignore`: what is left alone.
    - `test_defining.py::test_a_failure_without_an_exc_type_cannot_be_read`: the second claim.

    ## References
    - [Celery: custom states](https://docs.celeryq.dev/en/stable/userguide/tasks.html#custom-states)
    - [Celery: `Ignore`](https://docs.celeryq.dev/en/stable/userguide/tasks.html#ignore)
    """
    if not has_result_backend(module.project):
        return
    if state.state == "SUCCESS":
        message = "the task returns nothing after this, and that is its result: return the `meta` instead"
    elif state.end == "ignored":
        message = "nobody can read a FAILURE whose `meta` has no `exc_type`: raise the error instead of `Ignore`"
    else:
        message = f"the task returns after this, which makes the state SUCCESS, not {state.state}: raise instead"
    yield Violation.at(state.node, message)
