"""AAC416: a moment without a time zone, which Celery reads as UTC."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.calling.delays import seconds_of
from flake8_aa_celery.rewrites import ReplaceOption, Spot
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.calling.naive_moments import NaiveMoment
    from flake8_aa_celery.model.code.module import Module


def check(moment: NaiveMoment, module: Module) -> Iterator[Violation]:
    """
    An eta or an expiry is made of the local time, and Celery reads it as UTC.

    Flags an `eta` or `expires` that is made of `datetime.now()` or `datetime.today()` without a time zone, or of this
    day by `datetime.combine`.

    ## Why
    `datetime.now()` is the local time and does not say so. Celery takes a moment without a zone for UTC, whatever its
    own setting `timezone` says: east of Greenwich the task runs hours too late, west of it at once, and it expires
    hours too late, or before it can run.

    ## Example
    ```python
    from datetime import datetime, timedelta

    from celery import shared_task


    @shared_task
    def remind(pk): ...


    def later(pk):
        remind.apply_async(args=[pk], eta=datetime.now() + timedelta(minutes=5))
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task
    def remind(pk): ...


    def later(pk):
        remind.apply_async(args=[pk], countdown=300)
    ```

    ## Leaves alone
    - `datetime.now(timezone.utc)`, Django's `timezone.now()`, and `datetime.utcnow()`, which is read as it is meant;
    - a moment that cannot be resolved;
    - a project whose `TIME_ZONE` is UTC, or cannot be resolved: Django sets the zone of its processes by it.

    ## Fix
    Writes a `countdown` for an `eta`, and seconds for `expires`, where a `timedelta` is added to the present. Unsafe:
    the task runs at another time.

    ## Profile
    Plain Celery alone: the settings of Alliance Auth have UTC.

    ## Proof
    - `test_sending.py::test_an_eta_without_a_zone_is_read_as_utc`: the claim.
    - `test_sending.py::test_an_expiry_without_a_zone_is_read_as_utc`: for `expires`.
    - `test_sending.py::test_celerys_own_time_zone_does_not_matter_to_an_eta_without_one`: whatever the setting.
    - `test_sending.py::test_an_eta_without_a_zone_is_right_where_the_clock_is_utc`: what is left alone.

    ## References
    - [Celery: ETA and countdown](https://docs.celeryq.dev/en/stable/userguide/calling.html#eta-and-countdown)
    - [Django: `TIME_ZONE`](https://docs.djangoproject.com/en/stable/ref/settings/#time-zone)
    """
    instead = "`countdown=`" if moment.name == "eta" else "a number of seconds"
    message = f"`{moment.made_of}` has no time zone, and Celery reads this `{moment.name}` as UTC: use {instead}"
    yield Violation.at(moment.node, message, _fix(moment, module))


def _fix(moment: NaiveMoment, module: Module) -> Fix | None:
    entry, period = moment.entry, moment.period
    if period is None or entry.module is not module or entry.key is not None:
        return None
    seconds = seconds_of(period, entry.site)
    is_period = isinstance(period, ast.Call) and module.origin(period.func, entry.site) == "datetime.timedelta"
    if seconds is None and not is_period:
        return None
    code = (
        str(int(seconds) if seconds.is_integer() else seconds)
        if seconds is not None
        else f"{ast.unparse(period)}.total_seconds()"
    )
    new = "countdown" if moment.name == "eta" else "expires"
    return Fix("unsafe", f"Use `{new}={code}`", ReplaceOption(moment.name, new, code, Spot.of(entry.node)))
