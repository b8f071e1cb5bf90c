"""Limits and times of a configuration that contradict one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.calling.delays import delays_of, visibility_timeout
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.configuration.celery_settings import celery_settings_of, only_constant
from flake8_aa_celery.model.configuration.settings import configured
from flake8_aa_celery.model.resolve.task_classes import run_by_workers_of
from flake8_aa_celery.model.resolve.values import Constant

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator
    from typing import Literal

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.configuration.celery_settings import CelerySetting

_SOFT, _HARD = "task_soft_time_limit", "task_time_limit"


class Contradiction(NamedTuple):
    """A number that another one contradicts.

    :param node: where to report it.
    :param name: what it is called there: a setting, a task, a countdown.
    :param value: the number; ``limit`` is the one that it should be below.
    """

    kind: Literal["soft limit", "hard limit", "time limit", "countdown"]
    node: ast.expr
    name: str
    value: float
    limit: float


@fact
def contradictions_of(module: Module) -> list[Contradiction]:
    """The limits of a module that are out of order, and what outlasts the visibility timeout that its project sets."""
    found = list(_soft_above_hard(module))
    timeout = _own_timeout(module.project)
    if timeout is not None:
        found += [*_outlasting(module, timeout), *_waiting(module, timeout)]
    return found


def _soft_above_hard(module: Module) -> Iterator[Contradiction]:
    """Soft limits in the settings of one scope that are not below the hard one."""
    settings = celery_settings_of(module)
    for soft in settings:
        hard = next((other for other in settings if other.name == _HARD and _is_beside(other, soft)), None)
        value, limit = _number(soft), _number(hard)
        if soft.name == _SOFT and value is not None and limit is not None and value >= limit:
            yield Contradiction("soft limit", soft.node, soft.written, value, limit)


def _is_beside(other: CelerySetting, setting: CelerySetting) -> bool:
    return other.entry.site.scope is setting.entry.site.scope


def _number(setting: CelerySetting | None) -> float | None:
    return _as_number(setting.entry.value.value) if setting and isinstance(setting.entry.value, Constant) else None


def _as_number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _own_timeout(project: Project) -> float | None:
    """The visibility timeout that a project's files set; None where they set none that is known."""
    return visibility_timeout(project) if configured(project, "VISIBILITY_TIMEOUT") else None


def _outlasting(module: Module, timeout: float) -> Iterator[Contradiction]:
    """Limits of what is acknowledged late and may run for longer than the broker waits."""
    late = only_constant(module.project, "task_acks_late", default=False)
    for setting in celery_settings_of(module):
        value = _number(setting)
        if setting.name == _HARD and late is True and value is not None and value > timeout:
            yield Contradiction("hard limit", setting.node, setting.written, value, timeout)
    for task in run_by_workers_of(module):
        entry, own = task.options.get("time_limit"), task.options.constant("acks_late")
        value = _as_number(task.options.constant("time_limit"))
        is_late = own is True or (task.options.lacks("acks_late") and late is True)
        if entry is not None and is_late and value is not None and value > timeout:
            yield Contradiction("time limit", entry.reported_in(module, task.decorator), task.name, value, timeout)


def _waiting(module: Module, timeout: float) -> Iterator[Contradiction]:
    """Countdowns beyond the project's own timeout; those beyond the usual one are a mistake of their own."""
    usual = module.project.settings.visibility_timeout
    for delay in delays_of(module):
        if timeout < delay.seconds <= usual:
            yield Contradiction("countdown", delay.node, delay.name, delay.seconds, timeout)
