"""AAC701: a setting that Celery does not know."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.configuration.celery_settings import celery_settings_of
from flake8_aa_celery.model.configuration.unknown import is_used
from flake8_aa_celery.rewrites import RenameKey, RenameOption, ReplaceExpression, Spot
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.configuration.unknown import UnknownSetting
    from flake8_aa_celery.rewrites import Rewrite


def check(unknown: UnknownSetting, module: Module) -> Iterator[Violation]:
    """
    A setting has a name that Celery does not know, or stands where Celery does not look for it.

    Flags a setting that Celery does not know and that resembles one: in Django's settings by the namespace in which
    the application reads them, in a `celeryconfig` or whatever else `config_from_object` names, and in `app.conf`.
    Where several names are right but for the namespace, which the application does not have, there is one report.
    Flags a setting of Celery's inside `broker_transport_options`, and an option of the transport outside of it.

    ## Why
    Celery accepts every name and says nothing. A time limit called `CELERY_TIME_LIMIT` limits no task, a
    `task_default_prority` leaves the priority as it was, and nobody sees it before it is needed.

    ## Example
    ```python
    # project/celery.py
    from celery import Celery

    app = Celery("project")
    app.config_from_object("django.conf:settings", namespace="CELERY")

    # project/settings.py
    CELERY_TIME_LIMIT = 600
    ```

    ## Instead
    ```python
    # project/celery.py
    from celery import Celery

    app = Celery("project")
    app.config_from_object("django.conf:settings", namespace="CELERY")

    # project/settings.py
    CELERY_TASK_TIME_LIMIT = 600
    ```

    ## Leaves alone
    - names that resemble no setting, such as `CELERY_ONCE` and those of other extensions: projects keep their own;
    - names that the project itself reads, as `settings.CELERY_TIME_LIMIT` or by `getattr`;
    - names of before Celery 4: Celery reads them, too, see AAC704;
    - settings of Django in a project whose application is not seen, so that the namespace is not known.

    ## Fix
    Unsafe: the setting gets the name that was meant, and from then on does what it says. None where the project uses
    the variable elsewhere, or sets the right one, too.

    ## Profile
    Both: an app of Alliance Auth is configured without a namespace, where `CELERY_TASK_TIME_LIMIT` means nothing.

    ## Proof
    - `test_settings.py::test_a_setting_of_a_namespace_that_celery_does_not_know_means_nothing`: in Django's settings.
    - `test_settings.py::test_a_setting_that_celery_does_not_know_means_nothing`: in `app.conf`.
    - `test_settings.py::test_a_setting_of_celery_is_none_of_its_transport`: in `broker_transport_options`.
    - `test_settings.py::test_new_names_in_upper_case_are_not_read_without_a_namespace`: as in Alliance Auth.

    ## References
    - [Celery: configuration](https://docs.celeryq.dev/en/stable/userguide/configuration.html)
    """
    if unknown.others:
        message = f"`{unknown.written}` and {unknown.others} more do nothing: give `config_from_object` "
        yield Violation.at(unknown.node, f'{message}`namespace="CELERY"`')
    elif unknown.meant:
        message = f"Celery knows no `{unknown.written}`, which does nothing: write `{unknown.meant}`"
        yield Violation.at(unknown.node, message, _fix(unknown, module))
    elif unknown.belongs.startswith("`"):
        message = f"`{unknown.written}` is no setting and does nothing here: it belongs into {unknown.belongs}"
        yield Violation.at(unknown.node, message)
    else:
        where = f"`{unknown.setting.written}`"
        yield Violation.at(
            unknown.node, f"`{unknown.written}` does nothing inside {where}: set `{unknown.belongs}` beside it"
        )


def _fix(unknown: UnknownSetting, module: Module) -> Fix | None:
    taken = any(setting.written == unknown.meant for setting in celery_settings_of(module))
    rewrite = None if taken or is_used(unknown.setting, module) else _rewrite(unknown)
    return Fix("unsafe", f"Write `{unknown.meant}`", rewrite) if rewrite is not None else None


def _rewrite(unknown: UnknownSetting) -> Rewrite | None:
    node, way = unknown.node, unknown.setting.way
    if way == "keyword":
        return RenameOption(unknown.written, unknown.meant, Spot.of(node))
    if isinstance(node, ast.Constant):
        return RenameKey(unknown.meant, Spot.of(node))
    if isinstance(node, ast.Attribute):
        return ReplaceExpression(f"{ast.unparse(node.value)}.{unknown.meant}")
    return ReplaceExpression(unknown.meant) if isinstance(node, ast.Name) else None
