"""AAC503: a schedule's entry that beat cannot read or that starts nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.calling.mismatches import mismatch_of_entry
from flake8_aa_celery.model.knowledge.celery import APPLY_ASYNC_OPTIONS
from flake8_aa_celery.model.periodic.rows import ScheduleRow, wrong_fields
from flake8_aa_celery.model.periodic.schedules import has_other_scheduler
from flake8_aa_celery.rules.words import called
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.periodic.schedules import ScheduleEntry

_KEYS = frozenset({"task", "schedule", "args", "kwargs", "options", "relative"})
#: What Alliance Auth's scheduler takes beside them: a key of its own, and the fields of a row of django-celery-beat.
_ALLIANCE_AUTH_KEYS = frozenset(
    {"apply_offset", "description", "enabled", "expires", "last_run_at", "one_off", "start_time", "total_run_count"}
)
#: What belongs in ``options``, where either scheduler looks for it.
_OPTIONS = APPLY_ASYNC_OPTIONS | {"expire_seconds"}


def check(scheduled: ScheduleEntry | ScheduleRow, module: Module) -> Iterator[Violation]:
    """
    An entry of the schedule lacks what it needs, has a key that beat does not know, or gives the task wrong arguments.

    Flags an entry without `task` or without `schedule`; a key other than `task`, `schedule`, `args`, `kwargs`,
    `options`, `relative`, and those that Alliance Auth's scheduler knows; and `args` and `kwargs` that a task of this
    project cannot take, also where it needs arguments and is given none. Flags a row of django-celery-beat whose `args`
    or `kwargs` are no JSON, or whose schedule is all of what `get_or_create` returns. In documents the code blocks that
    are marked as Python are read.

    ## Why
    Beat makes its entries when it starts. A key that it does not know raises `TypeError` there, and *nothing* is
    started any more, of any app; Alliance Auth's scheduler leaves the entry out and logs an error, and loses options
    such as `priority` that do not stand in `options`. Without `schedule` an entry is never due, without `task` it
    sends a message that names none, which the worker drops, and arguments that do not fit raise in beat or in the
    worker each time that it is due.

    A row of django-celery-beat holds its arguments as JSON. What is given as a dict is saved as Python writes it, and
    beat, which cannot read that, disables the row without a word.

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
            "active": True,
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
    - the arguments of tasks that are not defined in this project;
    - the `args` of a row that are a list of numbers, which Python writes as JSON does, or that cannot be resolved;
    - with the profile of Alliance Auth `apply_offset` and the fields of a row of django-celery-beat, such as `enabled`
      and `description`; without it all keys, where the project configures another scheduler than Celery's own.

    ## Profile
    Both: beat reads its entries in every project. Alliance Auth's scheduler, made of django-celery-beat's, knows more
    keys.

    ## Proof
    - `test_schedules.py::test_an_unknown_key_in_a_schedule_entry_stops_beat`: it raises `TypeError`.
    - `test_django_celery_beat.py::test_an_unknown_key_leaves_the_entry_out`: what Alliance Auth's scheduler does.
    - `test_django_celery_beat.py::test_an_entry_may_have_the_fields_of_a_row`: why these are left alone.
    - `test_django_celery_beat.py::test_an_option_beside_the_options_is_lost`: such as `priority`.
    - `test_django_celery_beat.py::test_a_row_whose_arguments_are_no_json_is_disabled`: beat disables it.
    - `test_django_celery_beat.py::test_what_get_or_create_returns_is_no_schedule`: `ValueError`.
    - `test_schedules.py::test_a_schedule_entry_without_schedule_is_never_due`: nothing is sent.
    - `test_schedules.py::test_a_schedule_entry_without_task_sends_nothing_that_runs`: nothing runs.
    - `test_schedules.py::test_a_schedule_entry_with_wrong_arguments_is_never_sent`: beat logs an error each time.

    ## References
    - [Celery: entries](https://docs.celeryq.dev/en/stable/userguide/periodic-tasks.html#available-fields)
    """
    if isinstance(scheduled, ScheduleRow):
        yield from _of_row(scheduled, module)
    else:
        yield from _of_entry(scheduled)


def _of_entry(entry: ScheduleEntry) -> Iterator[Violation]:
    if entry.way == "setting":
        yield from _missing(entry)
        yield from _unknown(entry)
    mismatch = mismatch_of_entry(entry)
    if mismatch is not None:
        message = f"{called(mismatch.task)} cannot be scheduled like this: {mismatch.reason}"
        yield Violation.at(_argument_node(entry), message)


def _of_row(row: ScheduleRow, module: Module) -> Iterator[Violation]:
    for wrong in wrong_fields(row):
        message = f"`{wrong.name}` of a row is JSON, and beat disables a row where it is not: write `json.dumps(…)`"
        if wrong.is_pair:
            message = f"`{wrong.name}` is given a pair, which raises a ValueError: add `[0]` to what returns it"
        yield Violation.at(wrong.entry.reported_in(module, row.node), message)


def _missing(entry: ScheduleEntry) -> Iterator[Violation]:
    for key in ("task", "schedule"):
        if entry.fields.lacks(key):
            what = "starts nothing" if key == "task" else "is never due"
            yield Violation.at(entry.node, f"this entry of the schedule has no `{key}` and {what}: add it")


def _unknown(entry: ScheduleEntry) -> Iterator[Violation]:
    """The keys that beat does not know, as far as it is known which scheduler it has."""
    project = entry.module.project
    of_alliance_auth = project.settings.profile == "alliance-auth"
    known = _KEYS | _ALLIANCE_AUTH_KEYS if of_alliance_auth else _KEYS
    unknown = {key: field for key, field in entry.fields.entries.items() if key not in known}
    if not unknown or (not of_alliance_auth and has_other_scheduler(project)):
        return
    for key, field in unknown.items():
        what = "leaves this entry out" if of_alliance_auth else "stops with a TypeError"
        message = f"beat does not know the key `{key}` and {what}: remove it"
        if key in _OPTIONS:
            message = f"an entry takes no `{key}`: put it into its `options`"
        seen = field.key or field.node
        yield Violation.at(seen if field.module is entry.module else entry.node, message)


def _argument_node(entry: ScheduleEntry) -> ast.expr:
    """Where to report arguments: at the name of the task, which is where one looks first."""
    task = entry.fields.get("task")
    return task.reported_in(entry.module, entry.node) if task else entry.node
