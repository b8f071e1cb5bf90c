"""Names of settings of before Celery 4 where names of today are used."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.configuration.celery_settings import celery_settings_of
from flake8_aa_celery.model.knowledge.celery import SCHEDULES

if TYPE_CHECKING:
    import ast

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.configuration.celery_settings import CelerySetting


class OldSetting(NamedTuple):
    """A setting under its old name.

    :param read: its name of today, as it is spelled there.
    :param is_refused: whether Celery refuses to start: the two styles are mixed without a namespace.
    :param is_taken: whether the module sets it under that name, too.
    """

    setting: CelerySetting
    read: str
    is_refused: bool
    is_taken: bool

    @property
    def node(self) -> ast.expr:
        """Where its name is written."""
        return self.setting.node


@fact
def old_settings_of(module: Module) -> list[OldSetting]:
    """The settings of a module under old names where others of it have their names of today."""
    settings = celery_settings_of(module)
    new = [setting for setting in settings if setting.name and not setting.is_old]
    found: list[OldSetting] = []
    for setting in settings:
        beside = [other for other in new if _is_beside(other, setting)]
        if setting.is_old and beside and not (setting.namespace.name and setting.written in SCHEDULES):
            prefix = setting.namespace.prefix
            read = prefix + setting.name.upper() if prefix else setting.name
            taken = any(other.name == setting.name for other in beside)
            found.append(OldSetting(setting, read, not prefix and not taken, taken))
    return found


def _is_beside(other: CelerySetting, setting: CelerySetting) -> bool:
    """Whether two settings are read together: variables of one scope, or what ``app.conf`` is given."""
    if (other.way == "variable") is not (setting.way == "variable"):
        return False
    return setting.way != "variable" or other.entry.site.scope is setting.entry.site.scope
