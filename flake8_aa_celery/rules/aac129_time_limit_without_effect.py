"""AAC129: a limit that nobody keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rules.words import fitted, recipient
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.calling.time_limits import TimeLimit
    from flake8_aa_celery.model.code.module import Module


def check(limit: TimeLimit, module: Module) -> Iterator[Violation]:
    """
    A task has a time limit that Alliance Auth's workers do not keep.

    Flags `time_limit` and `soft_time_limit` of a task, once a task, and once where tasks share them; and those that a
    task is sent with, by `apply_async`, `.set`, a retry or a schedule.

    ## Why
    Alliance Auth starts its workers with `--pool=threads`, and nothing can end a thread: a task with a limit of a
    minute runs for as long as it likes. Who relies on the limit has none. What keeps a task from hanging is a `timeout`
    of each call that it waits for.

    ## Example
    ```python
    import requests
    from celery import shared_task


    @shared_task(time_limit=60)
    def update_prices():
        requests.get("https://example.com/prices")
    ```

    ## Instead
    ```python
    import requests
    from celery import shared_task


    @shared_task
    def update_prices():
        requests.get("https://example.com/prices", timeout=60)
    ```

    ## Leaves alone
    - a limit of `None`;
    - what is sent to a `queue` of its own, whose workers may keep limits;
    - limits in settings, which hold for whatever pool there is.

    ## Profile
    Alliance Auth alone: workers of processes keep their limits. Off by default: a limit does no harm, and its app may
    run elsewhere, too.

    ## Proof
    - `test_workers.py::test_a_hard_time_limit_does_nothing_in_threads`: the task runs to its end.
    - `test_workers.py::test_a_soft_time_limit_does_nothing_in_threads`: nothing is raised in it.
    - `test_sending.py::test_a_dispatch_can_have_time_limits_of_its_own`: they reach the worker in the message.

    ## References
    - [Celery: time limits](https://docs.celeryq.dev/en/stable/userguide/workers.html#time-limits)
    """
    form = f"`{limit.name}` of {{}} does nothing in threads: give what it waits for a `timeout`"
    yield Violation.at(limit.node, fitted(form, recipient(limit.owner)))
