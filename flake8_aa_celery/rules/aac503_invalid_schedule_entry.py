"""AAC503: a schedule's entry that beat cannot read or that starts nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rules.words import called, shortened
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.calling.schedule_faults import ScheduleFault
    from flake8_aa_celery.model.code.module import Module

#: What becomes of an entry without this key.
_LACKING = {"task": "starts nothing", "schedule": "is never due"}


def check(fault: ScheduleFault, module: Module) -> Iterator[Violation]:
    """
    An entry of the schedule lacks what it needs, has a key that beat does not know, or gives the task wrong arguments.

    Flags an entry without `task` or without `schedule`, or that is no dict, as one with a comma after it; a key other
    than `task`, `schedule`, `args`, `kwargs`, `options`, `relative`, and those that Alliance Auth's scheduler knows; a
    `schedule` that is none, such as a text or the class `crontab`; `args` that are a text or a number; and `args` and
    `kwargs` that a task of this project cannot take, also where it needs arguments and is given none. The same of what
    `add_periodic_task` is given, and where it gets no signature: `t(1)`, `t.delay(1)`. Of the rows of
    django-celery-beat, `args` and `kwargs` that are no text in JSON or that the task cannot take, what `get_or_create`
    of a schedule returns without `[0]`, and a row that is created without a schedule. In documents the code blocks that
    are marked as Python are read.

    ## Why
    Beat makes its entries when it starts. A key that it does not know raises `TypeError` there, and *nothing* is
    started any more, of any app; Alliance Auth's scheduler leaves the entry out and logs an error, and loses options
    such as `priority` that do not stand in `options`. Without `schedule` an entry is never due, without `task` it
    sends a message that names none, which the worker drops, and arguments that do not fit raise in beat or in the
    worker each time that it is due. A row whose `kwargs` are no JSON is disabled when beat reads it, without a word.

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
    - the arguments of tasks that are not defined in this project, and of rows that may only be found or changed;
    - with the profile of Alliance Auth `apply_offset` and the fields of a row of django-celery-beat, such as `enabled`
      and `description`; without it all keys, where the project configures another scheduler than Celery's own.

    ## Profile
    Both: beat reads its entries in every project. Alliance Auth's scheduler, made of django-celery-beat's, knows more
    keys.

    ## Proof
    - `test_schedules.py::test_an_unknown_key_in_a_schedule_entry_stops_beat`: it raises `TypeError`.
    - `test_schedules.py::test_a_schedule_entry_that_is_no_dict_stops_beat`: as a comma makes it one.
    - `test_schedules.py::test_a_schedule_that_is_none_stops_beat`: a text, the class `crontab`.
    - `test_schedules.py::test_arguments_of_a_schedule_entry_that_are_no_list_are_never_sent`: a number, a text.
    - `test_schedules.py::test_add_periodic_task_refuses_what_is_no_signature`: and runs or sends the task once.
    - `test_django_celery_beat.py::test_an_entry_that_is_no_dict_or_has_no_schedule_is_left_out`: in Alliance Auth.
    - `test_django_celery_beat.py::test_a_row_whose_arguments_are_no_json_is_disabled`: silently.
    - `test_django_celery_beat.py::test_what_get_or_create_returns_is_no_schedule`: `ValueError`.
    - `test_django_celery_beat.py::test_a_row_without_a_schedule_is_refused`: `ValidationError`.
    - `test_django_celery_beat.py::test_an_unknown_key_leaves_the_entry_out`: what Alliance Auth's scheduler does.
    - `test_django_celery_beat.py::test_an_entry_may_have_the_fields_of_a_row`: why these are left alone.
    - `test_django_celery_beat.py::test_an_option_beside_the_options_is_lost`: such as `priority`.
    - `test_schedules.py::test_a_schedule_entry_without_schedule_is_never_due`: nothing is sent.
    - `test_schedules.py::test_a_schedule_entry_without_task_sends_nothing_that_runs`: nothing runs.
    - `test_schedules.py::test_a_schedule_entry_with_wrong_arguments_is_never_sent`: beat logs an error each time.

    ## References
    - [Celery: entries](https://docs.celeryq.dev/en/stable/userguide/periodic-tasks.html#available-fields)
    """
    yield Violation.at(fault.node, _message(fault, module))


def _message(fault: ScheduleFault, module: Module) -> str:
    of_alliance_auth = module.project.settings.is_of_alliance_auth
    what, stops = fault.what, "leaves this entry out" if of_alliance_auth else "stops with an error"
    match fault.why:
        case "comma":
            return f"the comma after this entry makes a tuple of it, and beat {stops}: remove the comma"
        case "no dict":
            return f"this entry of the schedule is {what}, and beat {stops}: make a dict of it"
        case "lacking" if what == "sig":
            return "`add_periodic_task` is given no task to start: add its signature, `task.s(…)`"
        case "lacking":
            return f"this entry of the schedule has no `{what}` and {_LACKING[what]}: add it"
        case "unknown key":
            stops = stops.replace("an error", "a TypeError")
            return f"beat does not know the key `{shortened(what, 25)}` and {stops}: remove it"
        case "option":
            return f"an entry takes no `{what}`: put it into its `options`"
        case "no schedule":
            return f"{what} is no schedule, and beat {stops}: write seconds, a timedelta or `crontab(…)`"
        case "no arguments":
            key, _, kind = what.partition(" ")
            wanted = "a list" if key == "args" else "a dict"
            return f"`{key}` of this entry is {kind}, so that it is never sent: write {wanted}"
        case "called":
            return f"`{what}()` runs the task now, and what it returns is no signature: write `{what}.s(…)`"
        case "sent":
            return f"`{what}` sends the task now, and what it returns is no signature: write `.s(…)`"
        case "no signature":
            return f"`add_periodic_task` is given {what} where it takes a signature: write `task.s(…)`"
        case "signature's name":
            return "`add_periodic_task` takes no `signature`, its parameter is called `sig`: rename it"
        case "no JSON":
            key, _, kind = what.partition(" ")
            return f"`{key}` of a `PeriodicTask` is {kind}, so that beat disables it silently: use `json.dumps(…)`"
        case "a pair":
            return f"`{what}` is the pair that `get_or_create` returns, which raises ValueError: add `[0]`"
        case "never due":
            return "a `PeriodicTask` without a schedule raises ValidationError: give it `interval` or `crontab`"
    return f"{called(fault.task)} cannot be scheduled like this: {what}"
