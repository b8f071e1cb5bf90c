"""Settings by which workers read pickles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.configuration.celery_settings import celery_settings_of
from flake8_aa_celery.model.resolve.values import Constant, Items

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.configuration.celery_settings import CelerySetting
    from flake8_aa_celery.model.resolve.values import Value

#: What kombu calls the serialiser that runs code.
_PICKLE = frozenset({"pickle", "application/x-python-serialize"})
#: The settings that name serialisers, those first of which one alone decides what workers read.
_SETTINGS = ("accept_content", "result_accept_content", "task_serializer", "result_serializer", "event_serializer")


def is_pickle(value: Value) -> bool:
    """Whether a value is pickle's name, or a list in which it stands."""
    if isinstance(value, Items):
        return any(is_pickle(element.value) for element in value.elements)
    return isinstance(value, Constant) and value.value in _PICKLE


@fact
def pickle_settings_of(module: Module) -> list[CelerySetting]:
    """The settings of a module that name pickle, those first that decide what workers read."""
    found = [setting for setting in celery_settings_of(module) if setting.name in _SETTINGS]
    return sorted(
        (setting for setting in found if is_pickle(setting.entry.value)),
        key=lambda setting: _SETTINGS.index(setting.name),
    )
