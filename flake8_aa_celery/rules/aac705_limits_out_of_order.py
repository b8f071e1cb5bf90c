"""AAC705: limits that contradict one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.calling.limits import Contradiction
    from flake8_aa_celery.model.code.module import Module


def check(found: Contradiction, module: Module) -> Iterator[Violation]:
    """
    A limit or a time contradicts another one of the configuration.

    Flags a `task_soft_time_limit` that is not below the `task_time_limit` beside it, and, where the project sets a
    visibility timeout, what is longer: the time limit of a task that is acknowledged late, and a countdown.

    ## Why
    A soft limit is there to let a task clean up before the hard one kills it: at or above that it never comes. A
    broker sends a message again that was not acknowledged within the visibility timeout: a task that is acknowledged
    late and runs for longer, and one that waits for longer, runs several times.

    ## Example
    ```python
    # celeryconfig.py
    task_time_limit = 300
    task_soft_time_limit = 600
    ```

    ## Instead
    ```python
    # celeryconfig.py
    task_time_limit = 600
    task_soft_time_limit = 300
    ```

    ## Leaves alone
    - limits that cannot be resolved, or that stand in different modules or classes;
    - limits of one task, which Celery itself compares;
    - countdowns beyond an hour, which AAC408 reports;
    - RabbitMQ, which has no visibility timeout.

    ## Profile
    Both: it is so in every project.

    ## Proof
    - `test_workers.py::test_a_soft_time_limit_that_equals_the_hard_one_leaves_no_time`: the soft one never comes.
    - `test_brokers_redis.py::test_a_task_that_acks_late_and_outlasts_the_visibility_timeout_runs_again`: it runs twice.
    - `test_brokers_redis.py::test_a_countdown_beyond_the_visibility_timeout_runs_more_than_once`: so does this.

    ## References
    - [Celery: time limits](https://docs.celeryq.dev/en/stable/userguide/workers.html#time-limits)
    - [Celery: visibility timeout](https://docs.celeryq.dev/en/stable/getting-started/backends-and-brokers/redis.html#visibility-timeout)
    """
    value, limit = f"{found.value:g} s", f"{found.limit:g} s"
    if found.kind == "soft limit":
        message = f"`{found.name}` of {value} never comes, as the hard limit is {limit}: set it below that"
    elif found.kind == "countdown":
        message = f"this `{found.name}` of {value} outlasts the visibility timeout of {limit}: it runs more than once"
    else:
        again = f"after {limit} the broker sends it again"
        message = f"`{found.name}` acks late and may run for {value}, but {again}: lower the limit"
    yield Violation.at(found.node, message)
