"""Where a task sends itself again, and what it waits for."""

from __future__ import annotations

import ast
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.callees import within
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.syntax import has_attribute, positional_parameters
from flake8_aa_celery.model.effects.bodies import Body, Step
from flake8_aa_celery.model.effects.graph import Effect, Stage, graph_of
from flake8_aa_celery.model.effects.retrying import CURRENT, RETRIES
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.model.resolve.evaluation import keywords_of, value_of
from flake8_aa_celery.model.resolve.swallowing import Swallowed, swallowing
from flake8_aa_celery.model.resolve.task_classes import run_by_workers_of
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
_RETRY = "Retry"


class Retry(NamedTuple):
    """A call by which a task sends itself again."""

    call: CallSite
    task: Task


class SteadyRetry(NamedTuple):
    """What has a task tried again after the same time each time.

    :param node: where to report it.
    :param option: its ``autoretry_for``; None for a call of ``retry``.
    :param way: the calls by which a function that the task calls comes to do so; empty where the task does it itself.
    """

    task: Task
    node: ast.expr
    option: WrittenOption | None
    way: list[Stage]


class SwallowedRetry(NamedTuple):
    """A retry of which nothing is seen, because the exception that ends the task is swallowed.

    :param node: where to report it.
    :param call: the retry.
    :param swallowed: what swallows it.
    :param way: the calls from where it is reported to the retry; empty where it is the retry itself.
    """

    node: ast.expr
    call: CallSite
    swallowed: Swallowed
    way: list[Stage]


@fact
def retries_of(module: Module) -> list[Retry]:
    """Every ``self.retry(…)`` in a task, by whatever name it takes itself, and ``update.retry(…)`` by its own."""
    return [Retry(call, task) for task in run_by_workers_of(module) for call in _retry_calls(task)]


def _retry_calls(task: Task) -> Iterator[CallSite]:
    for scope in within(task.scope):
        for call in scope.calls:
            if is_retry(call, task):
                yield call


def _ways_to_retry(task: Task) -> Iterator[list[Stage]]:
    """The calls of a task by which a function that is handed it, or finds it, sends it again."""
    graph, body = graph_of(task.module.project), Body(task.scope)
    own = {id(call.node) for call in _retry_calls(task)}
    for step in graph.steps(body) if graph.leads(body, RETRIES) else ():
        way = graph.way_of(step, RETRIES)
        if way and id(way[-1].step.call.node) not in own and _is_of(way, task):
            yield way


def _is_of(way: list[Stage], task: Task) -> bool:
    """Whether a way leads to a retry of this very task."""
    return way[-1].what in (task.name, CURRENT)


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
    if has_attribute(task.node, "retries"):  # `self.request.retries`: it counts itself
        return False
    return (
        _is_retried_without_limit(task)
        or any(map(_sets_no_limit, _retry_calls(task)))
        or any(_sets_no_limit(way[-1].step.call) and not any(map(_counts, way)) for way in _ways_to_retry(task))
    )


def _sets_no_limit(call: CallSite) -> bool:
    return keywords_of(call.node, call.site).lacks("max_retries")


def _counts(stage: Stage) -> bool:
    """Whether the function that a call stands in counts how often the task was sent again."""
    function = stage.step.call.site.scope.function()
    return function is not None and has_attribute(function.node, "retries")


def is_retried_by_itself(task: Task) -> bool:
    """Whether a task, or a class of it, has an ``autoretry_for``."""
    return task.options.get("autoretry_for") is not None or bases_of(task).defines("autoretry_for")


def _is_retried_without_limit(task: Task) -> bool:
    """Whether ``autoretry_for`` sends it again, and ``retry_kwargs`` set no limit of their own."""
    if not is_retried_by_itself(task):
        return False
    bases = bases_of(task)
    given = task.options.get("retry_kwargs")
    if given is None:
        return task.options.lacks("retry_kwargs") and not bases.may_define("retry_kwargs")
    value = given.value
    return isinstance(value, Mapping) and value.lacks("max_retries")


# -- without a backoff ------------------------------------------------------------------------------------------


@fact
def steady_retries_of(module: Module) -> list[SteadyRetry]:
    """Every ``autoretry_for`` without a backoff, each place once, and every retry after Celery's three minutes.

    Of retries in functions that the task calls, the first call of the task.
    """
    options = each_once(option for option in written_options(module, "autoretry_for") if _has_no_backoff(option.task))
    return [
        *(SteadyRetry(option.task, option.node, option, []) for option in options),
        *(SteadyRetry(task, call.node, None, []) for call, task in retries_of(module) if _waits_by_default(call, task)),
        *(
            SteadyRetry(task, way[0].step.call.node, None, way)
            for task in run_by_workers_of(module)
            for way in islice(
                (way for way in _ways_to_retry(task) if _waits_by_default(way[-1].step.call, task)),
                1,
            )
        ),
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


# -- swallowed --------------------------------------------------------------------------------------------------


@fact
def swallowed_retries_of(module: Module) -> list[SwallowedRetry]:
    """Every retry that is swallowed: in a task, in a function of its module that it leads to, or at the call there.

    Of several calls that lead to one, and that one handler is around, it is the first.
    """
    found = {
        id(call.node): SwallowedRetry(call.node, call, swallowed, [])
        for call, _ in retries_of(module)
        if raises_retry(call) and (swallowed := swallowing(call.site, _RETRY)) is not None
    }
    graph = graph_of(module.project)
    for task in run_by_workers_of(module):
        if not graph.leads(Body(task.scope), RETRIES):
            continue
        led_to = list(_swallowed_by_way(task))
        told: set[tuple[int, int]] = set()
        for each in led_to:
            handled = id(each.swallowed.by), id(each.call.node)
            if handled not in told:
                found.setdefault(id(each.node), each)
            told.add(handled)
        if not led_to and id(task.node) not in {id(retry.task.node) for retry in retries_of(module)}:
            elsewhere = _swallowed_elsewhere(task)
            if elsewhere is not None:
                found.setdefault(id(elsewhere.node), elsewhere)
    return list(found.values())


def _swallowed_by_way(task: Task) -> Iterator[SwallowedRetry]:
    """The calls in the module of a task that lead to a retry which is swallowed around them."""
    graph = graph_of(task.module.project)
    for body in graph.reached(Body(task.scope)):
        for step in graph.steps(body) if body.scope.module is task.module else ():
            swallowed, way = _swallowed_at(step)
            if swallowed is not None and _is_of(way, task):
                yield SwallowedRetry(step.call.node, way[-1].step.call, swallowed, way if len(way) > 1 else [])


def _swallowed_elsewhere(task: Task) -> SwallowedRetry | None:
    """The call of a task that leads to a retry which is swallowed in another module."""
    graph = graph_of(task.module.project)
    way = graph.way(Body(task.scope), SWALLOWS_RETRY)
    swallowed, rest = _swallowed_at(way[-1].step) if way else (None, [])
    if swallowed is None or not _is_of(rest, task):
        return None
    whole = [*way[:-1], *rest]
    return SwallowedRetry(way[0].step.call.node, rest[-1].step.call, swallowed, whole)


def _swallowed_at(step: Step) -> tuple[Swallowed | None, list[Stage]]:
    """What swallows the retry that a call leads to, around that call, and the way there."""
    swallowed = swallowing(step.call.site, _RETRY)
    way = graph_of(step.call.site.module.project).way_of(step, RETRIES) if swallowed is not None else []
    return (swallowed, way) if way and raises_retry(way[-1].step.call) else (None, [])


def _swallows(step: Step) -> str:
    return "swallows a retry" if _swallowed_at(step)[0] is not None else ""


#: A call leads to a retry, and what it raises is swallowed.
SWALLOWS_RETRY = Effect("swallows a retry", _swallows)


# -- what is one ------------------------------------------------------------------------------------------------


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
