"""AAC305: a task must not wait for another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rules.words import called, shortened
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.results.waiting import Wait


def check(wait: Wait, module: Module) -> Iterator[Violation]:
    """
    A task waits for the result of another.

    Flags `get`, `wait`, `join` and `collect` on what a dispatch returned or on an `AsyncResult` or `GroupResult`,
    inside a task, whether there is a result backend or not.

    ## Why
    Celery raises `RuntimeError: Never call result.get() within a task!`. And rightly so: the waiting task holds its
    worker, and when all workers hold tasks that wait, nobody is left to run what they wait for. What is to run
    afterwards belongs in a task of its own, linked by a chain.

    ## Example
    ```python
    from celery import shared_task


    @shared_task
    def fetch(pk): ...


    @shared_task
    def store(data): ...


    @shared_task
    def update(pk):
        data = fetch.delay(pk).get()
        store.delay(data)
    ```

    ## Instead
    ```python
    from celery import chain, shared_task


    @shared_task
    def fetch(pk): ...


    @shared_task
    def store(data): ...


    @shared_task
    def update(pk):
        chain(fetch.s(pk), store.s()).delay()
    ```

    ## Leaves alone
    - a wait that is meant, by `disable_sync_subtasks=False` or in `with allow_join_result():`, or that may be, by
      options that cannot be resolved; where there is no result backend it is AAC304;
    - whatever else a result is asked in a task: that is AAC304, too;
    - the result of `apply()`, which has run already.

    ## Profile
    Both: Celery refuses it in every project.

    ## Proof
    - `test_results_and_workflows.py::test_waiting_for_a_result_inside_a_task_is_refused`: `.get()` inside a task raises
      a `RuntimeError`.

    ## References
    - [Celery: avoid launching synchronous subtasks](https://docs.celeryq.dev/en/stable/userguide/tasks.html#avoid-launching-synchronous-subtasks)
    """
    awaited = called(wait.dispatch.receiver) if wait.dispatch else "a result"
    message = f"Celery raises where a task waits for {shortened(awaited, 30)}: link the two by a `chain`"
    yield Violation.at(wait.node, message)
