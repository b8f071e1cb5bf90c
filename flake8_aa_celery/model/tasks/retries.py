"""Where a task sends itself again, and what it waits for."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.callees import within
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.syntax import has_attribute, positional_parameters
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.model.resolve.evaluation import keywords_of, value_of
from flake8_aa_celery.model.resolve.task_functions import tasks_of
from flake8_aa_celery.model.resolve.values import Mapping
from flake8_aa_celery.model.tasks.options import each_once, written_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import CallSite
    from flake8_aa_celery.model.resolve.values import Task
    from flake8_aa_celery.model.tasks.options import WrittenOption

#: The place of ``eta`` in ``Task.retry(args, kwargs, exc, throw, eta, countdown, …)``.
_ETA = 4


class Retry(NamedTuple):
    """A call by which a task sends itself again."""

    call: CallSite
    task: Task


class SteadyRetry(NamedTuple):
    """What has a task tried again after the same time each time.

    :param node: where to report it.
    :param option: its ``autoretry_for``; None for a call of ``retry``.
    """

    task: Task
    node: ast.expr
    option: WrittenOption | None


@fact
def retries_of(module: Module) -> list[Retry]:
    """Every ``self.retry(…)`` in a task, by whatever name it takes itself, and ``update.retry(…)`` by its own."""
    return [Retry(call, task) for task in tasks_of(module) for call in _retry_calls(task)]


def _retry_calls(task: Task) -> Iterator[CallSite]:
    for scope in within(task.scope):
        for call in scope.calls:
            if is_retry(call, task):
                yield call


def raises_retry(call: CallSite) -> bool:
    """Whether a retry ends the task by raising ``Retry``, as it does unless ``throw`` says otherwise."""
    given = keywords_of(call.node, call.site)
    return given.lacks("throw") or given.constant("throw") is True


# -- without an end ---------------------------------------------------------------------------------------------


@fact
def endless_retries_of(module: Module) -> list[WrittenOption]:
    """Every ``max_retries=None`` because of which a task is sent again for ever, each place once."""
    return each_once(
        option
        for option in written_options(module, "max_retries")
        if option.task.options.constant("max_retries") is None and _retries_for_ever(option.task)
    )


def _retries_for_ever(task: Task) -> bool:
    """Whether nothing but ``max_retries=None`` of its options says how often a task is sent again when it fails."""
    is_endless = _is_retried_without_limit(task) or any(
        keywords_of(call.node, call.site).lacks("max_retries") for call in _retry_calls(task)
    )
    return is_endless and not has_attribute(task.node, "retries")  # `self.request.retries`: it counts itself


def _is_retried_without_limit(task: Task) -> bool:
    """Whether ``autoretry_for`` sends it again, and ``retry_kwargs`` set no limit of their own."""
    bases = bases_of(task)
    if task.options.get("autoretry_for") is None and not bases.defines("autoretry_for"):
        return False
    given = task.options.get("retry_kwargs")
    if given is None:
        return task.options.lacks("retry_kwargs") and not bases.may_define("retry_kwargs")
    value = given.value
    return isinstance(value, Mapping) and value.lacks("max_retries")


# -- without a backoff ------------------------------------------------------------------------------------------


@fact
def steady_retries_of(module: Module) -> list[SteadyRetry]:
    """Every ``autoretry_for`` without a backoff, each place once, and every retry after Celery's three minutes."""
    options = each_once(option for option in written_options(module, "autoretry_for") if _has_no_backoff(option.task))
    return [
        *(SteadyRetry(option.task, option.node, option) for option in options),
        *(SteadyRetry(task, call.node, None) for call, task in retries_of(module) if _waits_by_default(call, task)),
    ]


def _has_no_backoff(task: Task) -> bool:
    return task.options.lacks("retry_backoff") and not bases_of(task).may_define("retry_backoff")


def _waits_by_default(call: CallSite, task: Task) -> bool:
    """Whether a retry waits as long as nobody said: Celery's three minutes, each time."""
    given = keywords_of(call.node, call.site)
    return (
        given.lacks("countdown")
        and given.lacks("eta")
        and len(call.node.args) <= _ETA
        and not any(isinstance(argument, ast.Starred) for argument in call.node.args)
        and task.options.lacks("default_retry_delay")
        and not bases_of(task).may_define("default_retry_delay")
    )


def is_retry(call: CallSite, task: Task) -> bool:
    """Whether a call is the task's own ``retry``: of the parameter that it is passed as, or of its name."""
    function = call.node.func
    if not isinstance(function, ast.Attribute) or function.attr != "retry":
        return False
    if not isinstance(function.value, ast.Name):
        return False
    if task.bound is not False and positional_parameters(task.node)[:1] == [function.value.id]:
        return True
    if task.module.origin(function.value, call.site) == "celery.current_task":
        return True
    return function.value.id == task.name and value_of(function.value, call.site) is task
