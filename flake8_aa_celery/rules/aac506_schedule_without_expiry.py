"""AAC506: a scheduled task that never expires."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.periodic.schedules import task_of_entry
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.periodic.schedules import ScheduleEntry


def check(entry: ScheduleEntry, module: Module) -> Iterator[Violation]:
    """
    An entry of the schedule has no expiry among its options.

    Flags an entry for a task of the project without `options`, and one whose `options` have neither `expires` nor
    `expire_seconds`, as PIE785 of flake8-pie does. With the profile of Alliance Auth `expire_seconds` alone counts.

    ## Why
    While no worker runs, beat goes on sending: after an hour of downtime a task that is due every minute waits 60
    times in the queue, and runs 60 times in a row. A message that expires before the next is due is thrown away.
    Celery's own scheduler reads `expires`; django-celery-beat's, which Alliance Auth's is made of, loses it and reads
    `expire_seconds`.

    ## Example
    ```python
    # myauth/settings/local.py
    CELERYBEAT_SCHEDULE = {
        "structures_update_all": {"task": "structures.tasks.update_all", "schedule": 60},
    }

    # structures/tasks.py
    from celery import shared_task


    @shared_task
    def update_all(): ...
    ```

    ## Instead
    ```python
    # myauth/settings/local.py
    CELERYBEAT_SCHEDULE = {
        "structures_update_all": {
            "task": "structures.tasks.update_all",
            "schedule": 60,
            "options": {"expire_seconds": 55},
        },
    }

    # structures/tasks.py
    from celery import shared_task


    @shared_task
    def update_all(): ...
    ```

    ## Leaves alone
    - tasks of celery-once: one that expires never runs, and stays locked all the same;
    - tasks that cannot be read, which may be such;
    - options that are not all seen.

    ## Profile
    Both: it is so in every project. Off by default: where every task runs quickly or only once (celery-once),
    nothing piles up.

    ## Proof
    - `test_schedules.py::test_a_schedule_entry_that_expires_does_not_run_late`: the late message is dropped.
    - `test_django_celery_beat.py::test_expire_seconds_expires_and_expires_does_not`: under which name Alliance Auth's
      scheduler looks for it.

    ## References
    - [Celery: expiration](https://docs.celeryq.dev/en/stable/userguide/calling.html#expiration)
    """
    of_alliance_auth = module.project.settings.is_of_alliance_auth
    read = ("expire_seconds",) if of_alliance_auth else ("expires", "expire_seconds")
    if all(entry.options.lacks(option) for option in read) and _may_expire(entry):
        message = f"messages of this entry pile up while no worker runs: set `{read[0]}` in its `options`"
        yield Violation.at(entry.name_node or entry.node, message)


def _may_expire(entry: ScheduleEntry) -> bool:
    """Whether the task is known to be no task of celery-once, which an expiry would leave locked."""
    task = task_of_entry(entry)
    bases = bases_of(task) if task is not None else None
    return bases is not None and not bases.is_once and not bases.may_define("once")
