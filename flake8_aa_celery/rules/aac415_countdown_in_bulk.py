"""AAC415: many tasks that wait in the workers, which then do nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rules.words import called, shortened
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.priorities.bulk_delays import BulkDelay

#: Up to this many seconds from now on a wait does no harm, if some of the tasks do not wait at all.
_SHORT = 60


def check(delay: BulkDelay, module: Module) -> Iterator[Violation]:
    """
    A bulk dispatch has a countdown or an eta: what waits fills the workers.

    Flags a `countdown`, or an `eta` of `now() + timedelta(…)`, of what is sent once per item in a loop or
    comprehension, or of a group that is built from one.

    ## Why
    A task with a countdown does not wait at the broker. A worker takes it at once and keeps it until its time has
    come. Alliance Auth's workers take 100 such tasks (`worker_eta_task_limit`) and nothing else then, however urgent:
    a few hundred tasks that are spread over ten minutes hold up everything for ten minutes, whatever their priority.
    A low priority does what the countdown is meant for.

    ## Example
    ```python
    from random import randint

    from celery import shared_task


    @shared_task
    def update_character(pk): ...


    @shared_task
    def update_all(pks):
        for pk in pks:
            update_character.apply_async(args=[pk], priority=7, countdown=randint(1, 600))
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task
    def update_character(pk): ...


    @shared_task
    def update_all(pks):
        for pk in pks:
            update_character.apply_async(args=[pk], priority=7)
    ```

    ## Leaves alone
    - a countdown that may be 0 and is never more than a minute, such as `randint(0, 30)`;
    - a countdown that cannot be resolved, and an `eta` that is no sum of the current time and a `timedelta`;
    - what is not sent in bulk, what is sent to a `queue` of its own, and a chain built from bulk;
    - what an `except` handler in the loop sends;
    - a retry, whose wait nobody can spare.

    ## Profile
    Alliance Auth alone: it is its workers that take 100 waiting tasks and no more.

    ## Proof
    - `test_brokers_redis.py::test_a_worker_full_of_waiting_tasks_takes_nothing_else`: the claim.
    - `test_brokers_redis.py::test_a_worker_that_is_not_full_of_waiting_tasks_takes_others`: and how many there must be.
    - `test_brokers_redis.py::test_a_countdown_waits_in_the_worker_and_not_in_its_queue`: where a task waits.

    ## References
    - [Celery: `worker_eta_task_limit`](https://docs.celeryq.dev/en/stable/userguide/configuration.html#worker-eta-task-limit)
    - [Celery: ETA and countdown](https://docs.celeryq.dev/en/stable/userguide/calling.html#eta-and-countdown)
    """
    seconds = delay.seconds
    if seconds is not None and seconds.most <= _SHORT and seconds.least <= 0:
        return
    what = shortened(called(delay.dispatch.receiver), 40)
    priority = module.project.settings.bulk_priority
    message = f"{what} is sent once per item to wait, which fills the workers"
    yield Violation.at(delay.node, f"{message}: use priority {priority}, not `{delay.name}`")
