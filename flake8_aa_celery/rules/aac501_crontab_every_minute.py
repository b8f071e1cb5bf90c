"""AAC501: a crontab that runs every minute of an hour, a day or a month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.resolve.values import Constant, Items
from flake8_aa_celery.rewrites import SetOption
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.periodic.crontabs import Crontab

_DAYS = ("day_of_week", "day_of_month", "month_of_year")


def check(crontab: Crontab, module: Module) -> Iterator[Violation]:
    """
    A crontab sets the hour or the day, but not the minute: it runs every minute of it.

    Flags a call of Celery's `crontab` that sets a larger field and leaves out the minute, and one that sets a day
    and a single minute but leaves out the hour. In documents the code blocks that are marked as Python are read.

    ## Why
    A field that is not given is `*`, every value of it. `crontab(hour=3)` looks like "at three o'clock" and starts
    the task 60 times, each minute from 03:00 to 03:59; `crontab(minute=0, day_of_month=1)` starts it 24 times.

    ## Example
    ```python
    # myauth/settings/local.py
    from celery.schedules import crontab

    CELERYBEAT_SCHEDULE = {
        "structures_update_all": {"task": "structures.tasks.update_all", "schedule": crontab(hour=3)},
    }
    ```

    ## Instead
    ```python
    # myauth/settings/local.py
    from celery.schedules import crontab

    CELERYBEAT_SCHEDULE = {
        "structures_update_all": {
            "task": "structures.tasks.update_all",
            "schedule": crontab(minute=0, hour=3),
        },
    }
    ```

    ## Leaves alone
    - `minute="*"` and `hour="*"` that are spelled out, or `"*/1"`, `"0-59"`, `range(60)`: somebody means them;
    - a day with several minutes, such as `crontab(minute="*/15", day_of_week="mon")`;
    - `**fields` that cannot be resolved, and a `crontab` that is not Celery's.

    ## Fix
    Adds the field that is missing, as `"0"`. Unsafe: the task runs once where it ran 60 or 24 times. Nothing is done
    where both are missing, as the hour is yours to choose, and to documents.

    ## Profile
    Both: it is Celery's `crontab` in every project.

    ## Proof
    - `test_schedules.py::test_a_crontab_with_an_hour_alone_runs_every_minute_of_it`: 60 times from 03:00 to 03:59.
    - `test_schedules.py::test_a_crontab_with_a_day_alone_runs_every_minute_of_it`: so does a day.
    - `test_schedules.py::test_a_crontab_with_a_day_and_minute_runs_every_hour_of_it`: 24 times on that day.
    - `test_schedules.py::test_a_crontab_with_minute_and_hour_runs_once_a_day`: what was meant.
    - `test_fixes.py::test_a_crontab_is_due_once_where_it_was_each_minute`: what the fix does.

    ## References
    - [Celery: crontab schedules](https://docs.celeryq.dev/en/stable/userguide/periodic-tasks.html#crontab-schedules)
    """
    missing = _missing(crontab)
    if missing:
        larger = ", ".join(f"`{name}`" for name in ("hour", *_DAYS) if crontab.fields.get(name))
        added = " and ".join(f'`{field}="0"`' for field in missing)
        message = f"this crontab sets {larger} and runs every {missing[0]} of it: add {added}"
        yield Violation.at(crontab.node, message, _fix(missing))


def _missing(crontab: Crontab) -> list[str]:
    """The fields that are missing against all appearance; it runs once for each value of the first."""
    days = any(crontab.sets(field) for field in _DAYS)
    no_hour = days and crontab.lacks("hour")
    if crontab.lacks("minute") and (days or crontab.sets("hour")):
        return ["minute", "hour"] if no_hour else ["minute"]
    return ["hour"] if no_hour and _is_single(crontab) else []


def _is_single(crontab: Crontab) -> bool:
    """Whether the minute is one certain minute."""
    entry = crontab.fields.get("minute")
    value = entry.value if entry else None
    if isinstance(value, Items) and value.complete and len(value.elements) == 1:
        value = value.elements[0].value
    return isinstance(value, Constant) and str(value.value).isdigit()


def _fix(missing: list[str]) -> Fix | None:
    if len(missing) > 1:
        return None  # at which hour of the day is not ours to say
    (field,) = missing
    return Fix("unsafe", f'Add `{field}="0"`', SetOption(field, '"0"', first=field == "minute"))
