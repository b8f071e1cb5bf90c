"""AAC507: a schedule under a name that nobody reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rewrites import Rename, Spot
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.periodic.unread import UnreadSchedule


def check(unread: UnreadSchedule, module: Module) -> Iterator[Violation]:
    """
    A schedule stands under a name that the application does not read.

    Flags `CELERY_BEAT_SCHEDULE` and `BEAT_SCHEDULE` in the settings of Alliance Auth, and elsewhere a name of the
    schedule that does not fit the namespace which `config_from_object` is given. One report a module and name. In
    documents the code blocks that are marked as Python are read.

    ## Why
    Beat starts without a complaint, and without these entries: nothing in them ever runs. Alliance Auth configures
    its application without a namespace, where the schedule is called `CELERYBEAT_SCHEDULE`. With
    `namespace="CELERY"` it is `CELERY_BEAT_SCHEDULE`, and the other name counts from Celery 5.7 on only.

    ## Example
    ```python
    # myauth/settings/local.py
    CELERY_BEAT_SCHEDULE = {
        "structures_update_all": {"task": "structures.tasks.update_all", "schedule": 3600},
    }
    ```

    ## Instead
    ```python
    # myauth/settings/local.py
    CELERYBEAT_SCHEDULE = {
        "structures_update_all": {"task": "structures.tasks.update_all", "schedule": 3600},
    }
    ```

    ## Leaves alone
    - a project whose application is not seen, or is configured in several namespaces;
    - a name that the project itself reads, as in `app.conf.beat_schedule = settings.CELERY_BEAT_SCHEDULE`;
    - one statement that sets the schedule by both names.

    ## Fix
    Safe: the name that is read, wherever the module writes the other one; what was never read did nothing. None in
    documents, where a star import may bind the name, and where the module has a schedule under the right name, too.

    ## Profile
    Both: elsewhere the namespace decides which name is right.

    ## Proof
    - `test_settings.py::test_a_schedule_without_a_namespace_is_called_celerybeat_schedule`: as in Alliance Auth.
    - `test_settings.py::test_a_schedule_in_a_namespace_is_called_by_it`: with `namespace="CELERY"`.
    - `test_settings.py::test_old_names_are_not_read_in_a_namespace_on_older_celery`: `CELERYBEAT_SCHEDULE` there.

    ## References
    - [Celery: beat_schedule](https://docs.celeryq.dev/en/stable/userguide/configuration.html#beat-schedule)
    """
    message = f"{_why(unread)}: write `{unread.read}`"
    yield Violation.at(unread.nodes[0], message, _fix(unread))


def _why(unread: UnreadSchedule) -> str:
    if not unread.namespace.name:
        return f"without a namespace Celery never reads `{unread.written}`"
    older = " before 5.7" if unread.is_old else ""
    return f"in the namespace `{unread.namespace.name}` Celery{older} never reads `{unread.written}`"


def _fix(unread: UnreadSchedule) -> Fix | None:
    if unread.is_taken:
        return None
    return Fix("safe", f"Write `{unread.read}`", Rename(unread.read, [Spot.of(node) for node in unread.nodes]))
