"""AAC707: a queue that nobody declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rules.words import shortened
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.calling.queues import UndeclaredQueue
    from flake8_aa_celery.model.code.module import Module


def check(queue: UndeclaredQueue, module: Module) -> Iterator[Violation]:
    """
    Something is sent to a queue that the configuration does not declare.

    Flags a queue in the options of a task, a dispatch or a schedule's entry, and in `task_routes`, that is not among
    `task_queues`. Where `task_create_missing_queues` is on, as it is unless a project says otherwise, only if the rule
    is selected by `AAC7` or more of its code.

    ## Why
    Celery refuses to send to a queue that it does not know, by `QueueNotFound` at the caller; what a schedule sends
    is lost in the log of beat. Where Celery makes missing queues, the message lands in one that no worker takes from,
    unless it is started with `-Q`: a worker takes from the declared queues.

    ## Example
    ```python
    # celeryconfig.py
    from kombu import Queue

    task_create_missing_queues = False
    task_queues = [Queue("celery"), Queue("slow")]
    task_routes = {"app.tasks.update": {"queue": "slwo"}}
    ```

    ## Instead
    ```python
    # celeryconfig.py
    from kombu import Queue

    task_create_missing_queues = False
    task_queues = [Queue("celery"), Queue("slow")]
    task_routes = {"app.tasks.update": {"queue": "slow"}}
    ```

    ## Leaves alone
    - projects that declare no queues and let Celery make them;
    - projects of whose queues not all can be resolved, and queues that cannot be;
    - the default queue.

    ## Profile
    Both: it is so in every project.

    ## Proof
    - `test_settings.py::test_an_undeclared_queue_is_refused_where_missing_ones_are_not_made`: `QueueNotFound`.
    - `test_settings.py::test_an_undeclared_queue_is_made_and_nobody_consumes_it`: where Celery makes missing ones.

    ## References
    - [Celery: task_create_missing_queues](https://docs.celeryq.dev/en/stable/userguide/configuration.html#task-create-missing-queues)
    """
    what = f"`task_queues` declares no `{shortened(queue.name, 25)}`"
    if not queue.is_made:
        yield Violation.at(queue.node, f"{what}, and Celery makes none: this raises QueueNotFound, declare it")
    elif module.project.settings.asks_for("AAC707"):
        yield Violation.at(queue.node, f"{what}, so that no worker takes from it without `-Q`: declare it")
