"""AAC704: a setting under its name of before Celery 4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.configuration.unknown import is_used
from flake8_aa_celery.rewrites import Rename, RenameOption, Spot
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.configuration.old_names import OldSetting


def check(old: OldSetting, module: Module) -> Iterator[Violation]:
    """
    A setting has its name of before Celery 4, and others beside it have their names of today.

    Flags a name of before Celery 4, such as `CELERY_ACKS_LATE`, in settings that use names of today as well.

    ## Why
    Without a namespace Celery refuses settings that mix both styles when they are first read. In a namespace it reads
    the old ones from version 5.7 on only, and says that version 6 will not.

    ## Example
    ```python
    # celeryconfig.py
    task_default_queue = "services"
    CELERY_ACKS_LATE = True
    ```

    ## Instead
    ```python
    # celeryconfig.py
    task_default_queue = "services"
    task_acks_late = True
    ```

    ## Leaves alone
    - settings that have old names alone, as Alliance Auth's must;
    - a schedule, which AAC507 reports;
    - a setting that is there under its name of today, too, as far as the fix is concerned.

    ## Fix
    Safe: the name of today, where it is not taken and the module does not use the old one elsewhere. What was mixed
    could only raise.

    ## Profile
    Both: Celery is the same everywhere. Off by default: in a namespace the old names still work on the newest Celery.

    ## Proof
    - `test_settings.py::test_old_and_new_names_of_settings_are_refused_together`: `ImproperlyConfigured`.
    - `test_settings.py::test_old_names_are_not_read_in_a_namespace_on_older_celery`: they mean nothing.
    - `test_settings.py::test_old_names_are_read_in_a_namespace`: from Celery 5.7 on.

    ## References
    - [Celery: new lowercase settings](https://docs.celeryq.dev/en/stable/userguide/configuration.html#new-lowercase-settings)
    """
    setting = old.setting
    why = "which Celery refuses beside new ones" if old.is_refused else "which not every Celery reads here"
    message = f"`{setting.written}` is an old name, {why}: write `{old.read}`"
    yield Violation.at(setting.node, message, _fix(old, module))


def _fix(old: OldSetting, module: Module) -> Fix | None:
    setting = old.setting
    if old.is_taken or is_used(setting, module):
        return None
    spot = Spot.of(setting.node)
    if setting.way == "keyword":
        return Fix("safe", f"Write `{old.read}`", RenameOption(setting.written, old.read, spot))
    return Fix("safe", f"Write `{old.read}`", Rename(old.read, [spot]))
