"""AAC508: an entry of the schedule that is there twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.names import last_part
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.calling.twice import TwiceScheduled
    from flake8_aa_celery.model.code.module import Module


def check(twice: TwiceScheduled, module: Module) -> Iterator[Violation]:
    """
    Two entries of the schedule start the same task alike, or have the same key.

    Flags an entry whose key an earlier entry has, which it replaces, and one that starts the task of an earlier entry
    at the same times, with the same arguments and to the same queue. In documents the code blocks that are marked as
    Python are read.

    ## Why
    Of two entries with one key only the later is left, and what the earlier should start never runs. Two entries with
    keys of their own for one task send it twice each time: usually one of them was copied, and its task was not
    changed.

    ## Example
    ```python
    # myauth/settings/local.py
    CELERYBEAT_SCHEDULE = {
        "app_update_all": {"task": "app.tasks.update_all", "schedule": 3600},
        "app_purge": {"task": "app.tasks.update_all", "schedule": 3600},
    }
    ```

    ## Instead
    ```python
    # myauth/settings/local.py
    CELERYBEAT_SCHEDULE = {
        "app_update_all": {"task": "app.tasks.update_all", "schedule": 3600},
        "app_purge": {"task": "app.tasks.purge", "schedule": 3600},
    }
    ```

    ## Leaves alone
    - entries for one task with other arguments, at other times or to another queue;
    - an entry that replaces one under a condition, or one of another module;
    - entries of which not all is seen.

    ## Profile
    Both: a dict has each key once, and beat sends what it is told to.

    ## Proof
    - `test_schedules.py::test_two_entries_for_one_task_send_it_twice`: both are sent.

    ## References
    - [Celery: entries](https://docs.celeryq.dev/en/stable/userguide/periodic-tasks.html#entries)
    """
    entry, first = twice.entry, twice.first
    line = (first.name_node or first.node).lineno
    if twice.same == "key":
        message = f"this replaces the entry `{entry.name}` of line {line}, which then never runs: give it another key"
    else:
        task = last_part(entry.task_name or "")
        message = (
            f"line {line} schedules `{task}` at the same times with the same arguments: it is sent twice, drop one"
        )
    yield Violation.at(twice.node, message)
