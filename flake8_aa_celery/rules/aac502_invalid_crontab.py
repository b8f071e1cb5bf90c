"""AAC502: a crontab that Celery refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.knowledge.celery import CRONTAB_FIELDS
from flake8_aa_celery.model.periodic.crontabs import refusal
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.periodic.crontabs import Crontab
    from flake8_aa_celery.model.resolve.values import Entry


def check(crontab: Crontab, module: Module) -> Iterator[Violation]:
    """
    A crontab has a field that does not exist, or a value that Celery refuses.

    Flags a keyword that `crontab` does not have, and a value that is out of range or that Celery cannot read. In
    documents the code blocks that are marked as Python are read.

    ## Why
    `crontab` is called when the settings are imported, and raises there: neither the site nor the workers start
    until it is mended. In a README it does so for everybody who copies it.

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
    - what Celery accepts although it looks odd: `minute="*/70"`, `day_of_week="monday"`, `hour="22-4"`.

    ## Profile
    Both: it is Celery's `crontab` in every project.

    ## Proof
    - `test_schedules.py::test_a_crontab_refuses`: the values that raise `ValueError`.
    - `test_schedules.py::test_a_crontab_refuses_an_unknown_field`: the keywords that raise `TypeError`.
    - `test_schedules.py::test_a_crontab_refuses_a_field_that_is_no_number_string_or_iterable`: the types that do.
    - `test_schedules.py::test_a_crontab_accepts`: what is accepted.

    ## References
    - [Celery: crontab schedules](https://docs.celeryq.dev/en/stable/userguide/periodic-tasks.html#crontab-schedules)
    """
    for name, entry in crontab.fields.entries.items():
        message = _message(name, entry, crontab)
        if message:
            yield Violation.at(entry.reported_in(module, crontab.node), message)


def _message(name: str, entry: Entry, crontab: Crontab) -> str:
    """What Celery has against a field; empty where it takes it."""
    if entry in crontab.unknown_fields:
        return f"`crontab` refuses `{name}` with a TypeError: it takes {', '.join(CRONTAB_FIELDS)}"
    why = refusal(name, entry.value) if name in CRONTAB_FIELDS else None
    return f"`crontab` refuses this `{name}` when it is imported: {why}" if why else ""
