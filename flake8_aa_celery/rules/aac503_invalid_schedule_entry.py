"""AAC503: a schedule's entry that beat cannot read or that starts nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.misfits import misfit_of_entry
from flake8_aa_celery.rules import rule
from flake8_aa_celery.rules.words import called
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.model.schedules import ScheduleEntry
    from flake8_aa_celery.settings import Settings

_KEYS = frozenset({"task", "schedule", "args", "kwargs", "options", "relative"})
#: Alliance Auth's own scheduler takes this key out before Celery sees the entry.
_ALLIANCE_AUTH_KEYS = frozenset({"apply_offset"})


@rule("AAC503", "invalid-schedule-entry", documents=True)
def check(module: Module, settings: Settings) -> Iterator[Violation]:
    """
    An entry of the schedule lacks what it needs, has a key that beat does not know, or gives the task wrong arguments.

    Flags an entry without `task` or without `schedule`; a key other than `task`, `schedule`, `args`, `kwargs`,
    `options`, `relative` and Alliance Auth's `apply_offset`; and `args` and `kwargs` that a task of this project
    cannot take, also where it needs arguments and is given none. In documents the code blocks that are marked as
    Python are read.

    ## Why
    Beat makes its entries when it starts. A key that it does not know raises `TypeError` there, and *nothing* is
    started any more, of any app. Without `schedule` an entry is never due, without `task` it sends a message that
    names none, which the worker drops, and arguments that do not fit raise in beat or in the worker each time that it
    is due.

    ## Example
    ```python
    # app/tasks.py
    from celery import shared_task


    @shared_task
    def update_corporation(corporation_id): ...

    # app/settings.py
    CELERYBEAT_SCHEDULE = {
        "app_update_corporation": {
            "task": "app.tasks.update_corporation",
            "schedule": 3600,
            "enabled": True,
        },
    }
    ```

    ## Instead
    ```python
    # app/tasks.py
    from celery import shared_task


    @shared_task
    def update_corporation(corporation_id): ...

    # app/settings.py
    CELERYBEAT_SCHEDULE = {
        "app_update_corporation": {
            "task": "app.tasks.update_corporation",
            "schedule": 3600,
            "args": [98_000_001],
        },
    }
    ```

    ## Leaves alone
    - entries that are not all seen, such as `{**DEFAULTS, "task": …}` where `DEFAULTS` cannot be resolved;
    - the arguments of tasks that are not defined in this project.

    ## Profile
    Both: beat reads its entries in every project; the key `apply_offset` is known to Alliance Auth alone.

    ## Proof
    - `test_schedules.py::test_an_unknown_key_in_a_schedule_entry_stops_beat`: it raises `TypeError`.
    - `test_schedules.py::test_a_schedule_entry_without_schedule_is_never_due`: nothing is sent.
    - `test_schedules.py::test_a_schedule_entry_without_task_sends_nothing_that_runs`: nothing runs.
    - `test_schedules.py::test_a_schedule_entry_with_wrong_arguments_is_never_sent`: beat logs an error each time.

    ## References
    - [Celery: entries](https://docs.celeryq.dev/en/stable/userguide/periodic-tasks.html#available-fields)
    """
    known = _KEYS | _ALLIANCE_AUTH_KEYS if settings.profile == "alliance-auth" else _KEYS
    for entry in module.schedule:
        if entry.way == "setting":
            yield from _shape(entry, known)
        misfit = misfit_of_entry(entry)
        if misfit is not None:
            message = f"{called(misfit.task)} cannot be scheduled like this: {misfit.reason}"
            yield Violation.at(_argument_node(entry), message)


def _shape(entry: ScheduleEntry, known: frozenset[str]) -> Iterator[Violation]:
    """What is missing in an entry, and what beat does not know."""
    for key in ("task", "schedule"):
        if entry.fields.lacks(key):
            what = "starts nothing" if key == "task" else "is never due"
            message = f"this entry of the schedule has no `{key}` and {what}: add it"
            yield Violation.at(entry.node, message)
    for key, field in entry.fields.entries.items():
        if key not in known:
            seen = field._replace(node=field.key or field.node)
            message = f"beat does not know the key `{key}` and stops with a TypeError: remove it"
            yield Violation.at(entry.module.place_of(seen, entry.node), message)


def _argument_node(entry: ScheduleEntry) -> ast.expr:
    """Where to report arguments: at the name of the task, which is where one looks first."""
    task = entry.fields.get("task")
    return entry.module.place_of(task, entry.node) if task else entry.node
