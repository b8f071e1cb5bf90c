"""AAC502: a crontab that Celery refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.knowledge.celery import CRONTAB_FIELDS
from flake8_aa_celery.model.periodic.crontabs import endless_step, is_cron_line, never_comes, refusal_of
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.periodic.crontabs import Crontab
    from flake8_aa_celery.model.resolve.values import Entry


#: In what each field starts anew.
_UNITS = {
    "minute": "an hour",
    "hour": "a day",
    "day_of_week": "a week",
    "day_of_month": "a month",
    "month_of_year": "a year",
}


def check(crontab: Crontab, module: Module) -> Iterator[Violation]:
    """
    A crontab has a field that does not exist, or a value that Celery refuses or reads otherwise than it is meant.

    Flags a keyword that `crontab` does not have, a value that is out of range or that Celery cannot read, a whole line
    of cron in one field, a step as long as its field, and a date that no year has. In documents the code blocks that
    are marked as Python are read.

    ## Why
    `crontab` is called when the settings are imported, and raises there: neither the site nor the workers start
    until it is mended. In a README it does so for everybody who copies it. Of `crontab("*/5 4 * * *")` it reads the
    first value alone and runs every five minutes of every hour; `minute="*/90"` is each full hour, as a step starts
    anew in each; 31 February stops beat.

    ## Example
    ```python
    # myauth/settings/local.py
    from celery.schedules import crontab

    CELERYBEAT_SCHEDULE = {
        "structures_update_all": {
            "task": "structures.tasks.update_all",
            "schedule": crontab(minute="60", hours="3"),
        },
    }
    ```

    ## Instead
    ```python
    # myauth/settings/local.py
    from celery.schedules import crontab

    CELERYBEAT_SCHEDULE = {
        "structures_update_all": {
            "task": "structures.tasks.update_all",
            "schedule": crontab(minute="0", hour="3"),
        },
    }
    ```

    ## Leaves alone
    - values that cannot be resolved;
    - what Celery accepts although it looks odd: `minute="*/45"`, `day_of_week="monday"`, `hour="22-4"`.

    ## Profile
    Both: it is Celery's `crontab` in every project.

    ## Proof
    - `test_schedules.py::test_a_crontab_refuses`: the values that raise `ValueError`.
    - `test_schedules.py::test_a_crontab_refuses_an_unknown_field`: the keywords that raise `TypeError`.
    - `test_schedules.py::test_a_crontab_refuses_a_field_that_is_no_number_string_or_iterable`: the types that do.
    - `test_schedules.py::test_a_crontab_has_five_fields_and_takes_each_once`: `TypeError`.
    - `test_schedules.py::test_a_crontab_accepts`: what is accepted.
    - `test_schedules.py::test_a_crontab_ignores_what_follows_a_step`: the rest of a line of cron is lost.
    - `test_schedules.py::test_a_step_as_long_as_its_field_is_no_step`: each full hour.
    - `test_schedules.py::test_a_crontab_refuses_a_date_that_never_comes`: `ValueError`, from Celery 5.7 on.
    - `test_schedules.py::test_a_date_that_never_comes_stops_beat_on_older_celery`: before, beat stops.

    ## References
    - [Celery: crontab schedules](https://docs.celeryq.dev/en/stable/userguide/periodic-tasks.html#crontab-schedules)
    """
    for name, entry in crontab.fields.entries.items():
        message = _message(name, entry, crontab)
        if message:
            yield Violation.at(entry.reported_in(module, crontab.node), message)
    if crontab.extra is not None:
        yield Violation.at(
            crontab.extra, "`crontab` has no place for this and raises a TypeError: it takes five values"
        )
    if never_comes(crontab):
        yield Violation.at(crontab.node, "this date never comes: give a `day_of_month` that one of these months has")


def _message(name: str, entry: Entry, crontab: Crontab) -> str:
    """What is wrong with a field; empty where nothing is."""
    if entry in crontab.unknown_fields:
        return f"`crontab` refuses `{name}` with a TypeError: it takes {', '.join(CRONTAB_FIELDS)}"
    if name not in CRONTAB_FIELDS:
        return ""
    if is_cron_line(entry.value):
        return f"a whole line of cron is given to `{name}`, which reads one value: give each field by its name"
    why = refusal_of(name, entry)
    if why:
        return f"`crontab` refuses this `{name}` when it is imported: {why}"
    step = endless_step(name, entry.value)
    what = f"`{step}` in `{name}` is once {_UNITS[name]}, as a step starts anew there"
    return f'{what}: write `{name}="{CRONTAB_FIELDS[name][0]}"`' if step else ""
