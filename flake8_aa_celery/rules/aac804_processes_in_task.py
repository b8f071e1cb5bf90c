"""AAC804: a task that starts processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rules.ways import by, trace
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.workers.processes import ProcessInTask


def check(found: ProcessInTask, module: Module) -> Iterator[Violation]:
    """
    A task starts processes, which those of a prefork worker may not.

    Flags `multiprocessing.Process`, `multiprocessing.Pool`, `multiprocessing.Manager` and `ProcessPoolExecutor` in
    what a task leads to, however far away.

    ## Why
    The processes of a prefork worker, which is what a worker is unless told, are daemonic, and Python lets these have
    no children: the task ends with `AssertionError: daemonic processes are not allowed to have children`. It works in
    tests, where the task runs in the process of the test.

    ## Example
    ```python
    from multiprocessing import Pool

    from celery import shared_task


    @shared_task
    def update_all(numbers):
        with Pool() as pool:
            pool.map(str, numbers)
    ```

    ## Instead
    ```python
    from billiard import Pool
    from celery import shared_task


    @shared_task
    def update_all(numbers):
        with Pool() as pool:
            pool.map(str, numbers)
    ```

    ## Leaves alone
    - `billiard`, which is Celery's own `multiprocessing`, threads, and `subprocess`;
    - projects that set `worker_pool` to something else than `prefork`.

    ## Profile
    Plain Celery alone: Alliance Auth starts its workers with threads, where it works.

    ## Proof
    - `test_workers.py::test_a_process_of_a_worker_may_have_no_children`: `AssertionError`.
    - `test_workers.py::test_a_process_of_a_worker_may_have_children_of_billiard`: what to use instead.
    - `test_workers.py::test_a_thread_of_a_worker_may_have_processes`: why this is for prefork workers.

    ## References
    - [Celery: concurrency](https://docs.celeryq.dev/en/stable/userguide/concurrency/index.html)
    """
    message = f"{by(found.way)} raises in a prefork worker: use `billiard` in its place"
    yield Violation.at(found.way[0].step.call.node, message, trace=trace(found.way))
