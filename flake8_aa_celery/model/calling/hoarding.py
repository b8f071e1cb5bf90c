"""Late acknowledgement beside a worker that takes more messages than it works on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.configuration.celery_settings import celery_settings_of, given_in, only_constant
from flake8_aa_celery.model.resolve.values import UNKNOWN, Constant
from flake8_aa_celery.model.tasks.options import each_once, written_options

if TYPE_CHECKING:
    import ast

    from flake8_aa_celery.model.code.module import Module

#: How many messages a worker takes for each of its processes, unless it is told.
_USUAL = 4


class Hoarding(NamedTuple):
    """Where late acknowledgement is asked for.

    :param name: the setting, or the first task of the module.
    :param more: how many other tasks of the module ask for it.
    :param multiplier: how many messages a worker takes for each of its processes.
    """

    node: ast.expr
    name: str
    more: int
    multiplier: float


@fact
def hoarding_of(module: Module) -> list[Hoarding]:
    """Where a module asks for late acknowledgement in a project whose workers take more than one message each.

    Nothing where the project configures nothing of its workers: that is done elsewhere then.
    """
    settings = [setting for setting in celery_settings_of(module) if setting.name == "task_acks_late"]
    asked = [setting for setting in settings if _is_true(setting.entry.value)]
    options = [option for option in each_once(written_options(module, "acks_late")) if _is_true(option.entry.value)]
    if not asked and not options:
        return []
    multiplier = only_constant(module.project, "worker_prefetch_multiplier", default=_USUAL)
    if multiplier is UNKNOWN or not isinstance(multiplier, (int, float)) or multiplier == 1:
        return []
    if asked:
        return [Hoarding(asked[0].node, asked[0].written, 0, multiplier)]
    configures = any(given_in(module.project, name) for name in ("broker_url", "worker_prefetch_multiplier"))
    first = options[0]
    return [Hoarding(first.node, first.task.name, len(options) - 1, multiplier)] if configures else []


def _is_true(value: object) -> bool:
    return isinstance(value, Constant) and value.value is True
