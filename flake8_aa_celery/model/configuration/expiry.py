"""Results that are kept for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.configuration.celery_settings import celery_settings_of
from flake8_aa_celery.model.configuration.result_backend import has_result_backend
from flake8_aa_celery.model.resolve.values import Constant

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.configuration.celery_settings import CelerySetting


@fact
def endless_results_of(module: Module) -> list[CelerySetting]:
    """The settings of a module by which no result expires, in a project that has a result backend."""
    found = [
        setting for setting in celery_settings_of(module) if setting.name == "result_expires" and _is_none(setting)
    ]
    return found if found and has_result_backend(module.project) else []


def _is_none(setting: CelerySetting) -> bool:
    value = setting.entry.value
    return isinstance(value, Constant) and (
        value.value is None or (type(value.value) in (int, float) and not value.value)
    )
