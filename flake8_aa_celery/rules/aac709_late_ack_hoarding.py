"""AAC709: late acknowledgement with a prefetch of more than one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.calling.hoarding import Hoarding
    from flake8_aa_celery.model.code.module import Module


def check(hoarding: Hoarding, module: Module) -> Iterator[Violation]:
    """
    Tasks are acknowledged late, and a worker takes more messages than it works on.

    Flags late acknowledgement, of the project or of tasks, where the `worker_prefetch_multiplier` is not 1. Of the
    tasks of a module the first is reported, which says how many more there are.

    ## Why
    A worker takes several messages for each of its processes, four unless told, and with late acknowledgement keeps
    them unacknowledged while it works on the first. A long task holds the others back, though other workers have
    nothing to do, and when the worker dies they are all sent again.

    ## Example
    ```python
    # celeryconfig.py
    task_acks_late = True
    worker_prefetch_multiplier = 4
    ```

    ## Instead
    ```python
    # celeryconfig.py
    task_acks_late = True
    worker_prefetch_multiplier = 1
    ```

    ## Leaves alone
    - a multiplier that cannot be resolved;
    - tasks in a project that does not configure its workers.

    ## Profile
    Plain Celery alone: Alliance Auth sets the multiplier to 1. Off by default: for many short tasks it is faster.

    ## Proof
    - `test_brokers_redis.py::test_a_worker_that_acks_late_holds_what_it_has_prefetched`: they wait in the worker.

    ## References
    - [Celery: reserve one task at a time](https://docs.celeryq.dev/en/stable/userguide/optimizing.html#reserve-one-task-at-a-time)
    """
    more = f" (and {hoarding.more} more)" if hoarding.more else ""
    takes = f"takes {hoarding.multiplier:g} messages for each process" if hoarding.multiplier else "takes all messages"
    message = f"`{hoarding.name}`{more} acks late while a worker {takes}: set `worker_prefetch_multiplier` to 1"
    yield Violation.at(hoarding.node, message)
