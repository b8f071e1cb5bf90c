"""AAC504: a schedule that an app sets by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.periodic.schedules import AppSchedule


def check(scheduled: AppSchedule, module: Module) -> Iterator[Violation]:
    """
    An app sets a schedule in its own code instead of leaving that to the local settings.

    Flags `@periodic_task`, `add_periodic_task`, and an assignment to `CELERYBEAT_SCHEDULE` or one of its siblings
    outside a settings module: of a dict with several entries the first, once for all.

    ## Why
    Who runs an Alliance Auth site decides in the local settings when which task starts, and can see it there. A
    schedule in an app's code cannot be changed or switched off, and comes and goes with the import of a module.
    Celery removed `@periodic_task` in version 5.

    ## Example
    ```python
    # app/apps.py
    from django.conf import settings

    settings.CELERYBEAT_SCHEDULE["app_update_all"] = {"task": "app.tasks.update_all", "schedule": 3600}
    ```

    ## Instead
    ```python
    # myauth/settings/local.py
    CELERYBEAT_SCHEDULE = {}

    CELERYBEAT_SCHEDULE["app_update_all"] = {"task": "app.tasks.update_all", "schedule": 3600}
    ```

    ## Leaves alone
    - settings modules: `settings.py`, `*_settings.py`, `local.py`, modules of a package called `settings`, and those
      that assign `INSTALLED_APPS`; documents, which show what belongs there;
    - the module that creates the `Celery(...)` application;
    - rows of `django_celery_beat`: `PeriodicTask` and `CrontabSchedule`.

    ## Profile
    Alliance Auth alone: Celery's own documentation uses `add_periodic_task` in any project's code.

    ## Proof
    - `test_schedules.py::test_add_periodic_task_overrides_the_settings`: what the local settings say is lost.

    ## References
    - [Alliance Auth: How can I define periodic tasks for my app?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html)
    """
    yield Violation.at(scheduled.node, _message(scheduled))


def _message(scheduled: AppSchedule) -> str:
    if scheduled.task is not None:
        return (
            f"`{scheduled.task.name}` schedules itself, so no site can change it: show it in the README for `local.py`"
        )
    if scheduled.entries > 1:
        what, them = f"these {scheduled.entries} schedule entries", "them"
    else:
        what, them = "this schedule entry", "it"
    return f"the app sets {what} itself, so no site can change {them}: show {them} in the README for `local.py`"
