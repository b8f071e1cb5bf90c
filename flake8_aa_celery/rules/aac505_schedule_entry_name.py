"""AAC505: an entry of a schedule that is not named after its app and task."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.periodic.schedules import is_of_other_package, names_in_schedule_of
from flake8_aa_celery.rewrites import RenameText
from flake8_aa_celery.rules.words import fitted, shortened
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.periodic.schedules import ScheduleEntry


def check(entry: ScheduleEntry, module: Module) -> Iterator[Violation]:
    """
    An entry of the schedule is not called `<app>_<task>`.

    Flags an entry whose name is not the name of the task's app and that of its task, joined by an underscore.

    ## Why
    All apps of a site share one schedule, and a second entry of the same name silently replaces the first. The
    convention of Alliance Auth makes names unique and tells where an entry comes from.

    ## Example
    ```python
    # myauth/settings/local.py
    CELERYBEAT_SCHEDULE = {
        "update structures": {"task": "structures.tasks.update_all", "schedule": 3600},
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
    - an app whose package lies in another: both `corporation_update` and `app_update` are fine for
      `app.corporation.tasks.update`;
    - entries whose name or task cannot be resolved;
    - entries for a task of another package than the project's own, whose names are that one's affair.

    ## Fix
    Renames the entry. Unsafe: whoever asks for the entry by its old name does not find it, and where
    django-celery-beat's scheduler keeps the schedule in the database, its row of the old name stays enabled: delete
    it, or the task is sent twice. Nothing is done where another entry has that name already.

    ## Profile
    Alliance Auth alone: it is a convention of its documentation. Off by default: nothing breaks without it.

    ## Proof
    - `test_fixes.py::test_an_entry_of_a_schedule_sends_the_same_under_another_name`: what the fix does.

    ## References
    - [Alliance Auth: How can I define periodic tasks for my app?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html)
    """
    expected = _expected(entry.task_name)
    if entry.name is None or entry.name_node is None or not expected or entry.name in expected:
        return
    if not is_of_other_package(entry):
        form = f"all apps of a site share one schedule: call the entry `{{}}` `{shortened(expected[0], 40)}`"
        message = fitted(form, entry.name)
        yield Violation.at(entry.name_node, message, _fix(entry.name_node, expected[0], module))


def _expected(task_name: str | None) -> list[str]:
    """The names that an entry for a task may have, the usual one first; empty where there is no telling."""
    *packages, task = (task_name or "").split(".")
    if not packages:
        return []
    app = packages[packages.index("tasks") - 1 :] if "tasks" in packages[1:] else packages
    others = [part for part in packages if part != "tasks"]
    return [f"{package}_{task}" for package in [*app[:1], *others]] + ["_".join([*others, task])]


def _fix(node: ast.expr, name: str, module: Module) -> Fix | None:
    if not isinstance(node, ast.Constant) or name in names_in_schedule_of(module):
        return None
    title = f"Call it `{name}`; where django-celery-beat keeps the schedule, the old entry must be deleted"
    return Fix("unsafe", title, RenameText(name))
