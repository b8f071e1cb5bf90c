"""AAC510: an update of rows that beat does not see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rewrites import CallAfter
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.periodic.rows import UnseenUpdate


def check(update: UnseenUpdate, module: Module) -> Iterator[Violation]:
    """
    Rows of django-celery-beat are updated or made in a way that beat does not see.

    Flags `PeriodicTask.objects.….update(…)`, `bulk_update(…)` and `bulk_create(…)` in a function that does not call
    `PeriodicTasks.update_changed()`.

    ## Why
    Beat looks at the time of the last change, and reads its rows anew when that is another one. `save` and `delete`
    set it by a signal; `update` and its like send none, so that beat goes on with what it has read, until it is started
    again.

    ## Example
    ```python
    from django_celery_beat.models import PeriodicTask


    def pause():
        PeriodicTask.objects.filter(name="app_update").update(enabled=False)
    ```

    ## Instead
    ```python
    from django_celery_beat.models import PeriodicTask, PeriodicTasks


    def pause():
        PeriodicTask.objects.filter(name="app_update").update(enabled=False)
        PeriodicTasks.update_changed()
    ```

    ## Leaves alone
    - functions that call `update_changed` themselves, before or after;
    - other models of django-celery-beat, and querysets that are not known to be of these rows.

    ## Fix
    Safe: the call is added after the statement. What is sent is what the rows say.

    ## Profile
    Both: it is so wherever django-celery-beat is used. Off by default: beat may be told somewhere else.

    ## Proof
    - `test_django_celery_beat.py::test_beat_does_not_see_an_update_of_rows`: nor a `bulk_update` or a `bulk_create`.

    ## References
    - [django-celery-beat: important warning about time zones](https://django-celery-beat.readthedocs.io/en/latest/#important-warning-about-time-zones)
    """
    message = f"beat does not see this `{update.method}`: call `PeriodicTasks.update_changed()` after it"
    fix = Fix(
        "safe", "Call `update_changed`", CallAfter("django_celery_beat.models", "PeriodicTasks", "update_changed")
    )
    yield Violation.at(update.node, message, fix if update.is_statement else None)
