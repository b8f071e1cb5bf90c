"""Tasks of celery-once that send themselves while they run, and are kept out by their own lock."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.handlers import caught_by, tries_around
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import dotted_name, last_part
from flake8_aa_celery.model.effects.bodies import Body, runs_what_it_is_handed
from flake8_aa_celery.model.effects.graph import Stage, graph_of
from flake8_aa_celery.model.effects.sending import dispatch_of
from flake8_aa_celery.model.resolve.arguments import by_parameter
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.model.resolve.task_classes import run_by_workers_of
from flake8_aa_celery.model.resolve.values import Constant, Dispatch, Items, Mapping, Task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Entry

#: What a class may define that decides itself what is locked, and when.
_LOCKING = ("apply_async", "delay", "get_key", "after_return", "__call__")
#: Options that let a message past the lock, or change it.
_UNLOCKING = ("once", "retries")


class SelfSending(NamedTuple):
    """A dispatch of a celery-once task in a run of its own, for the same keys.

    :param way: the calls from the task on, the last of which sends it.
    """

    task: Task
    way: list[Stage]


@fact
def self_sending_of(module: Module) -> list[SelfSending]:
    """The dispatches by which celery-once tasks of a module send themselves and are kept out."""
    return [
        SelfSending(task, way)
        for task in run_by_workers_of(module)
        if _is_locked(task)
        for way in _ways_to_itself(task)
    ]


def _is_locked(task: Task) -> bool:
    """Whether a task certainly is locked until it has run."""
    bases, once = bases_of(task), _once_of(task)
    if not bases.is_once or not bases.complete or any(map(bases.defines, _LOCKING)):
        return False
    return once is not None and once.complete and once.constant("unlock_before_run") is not True


def _once_of(task: Task) -> Mapping | None:
    """What celery-once is told of a task; None where that is not known."""
    if task.options.lacks("once"):
        return None if bases_of(task).defines("once") else Mapping({})
    entry = task.options.get("once")
    value = entry.value if entry else None
    return value if isinstance(value, Mapping) else None


def _ways_to_itself(task: Task) -> Iterator[list[Stage]]:
    """The ways from a task to the calls that send it, each call once."""
    graph = graph_of(task.module.project)
    seen, waiting = {Body(task.scope).key}, [(Body(task.scope), list[Stage]())]
    told: set[ast.Call] = set()
    while waiting:
        body, way = waiting.pop(0)
        for step in graph.steps(body):
            dispatch = dispatch_of(step.call)
            if dispatch is not None:
                if step.call.node not in told and _is_kept_out(dispatch, task):
                    told.add(step.call.node)
                    yield [*way, Stage(step, task.name)]
                continue
            for callee in (*step.callees, *(step.handed if runs_what_it_is_handed(step) else ())):
                if callee.key not in seen:
                    seen.add(callee.key)
                    waiting.append((callee, [*way, Stage(step, callee.name)]))


def _is_kept_out(dispatch: Dispatch, task: Task) -> bool:
    sent = dispatch.task
    if not isinstance(sent, Task) or sent.node is not task.node or dispatch.method == "send_task":
        return False
    if any(not dispatch.options.lacks(option) for option in _UNLOCKING) or _is_caught(dispatch):
        return False
    return _is_for_the_same(dispatch, task)


def _is_caught(dispatch: Dispatch) -> bool:
    """Whether somebody expects that it is kept out."""
    return any(
        last_part(dotted_name(caught) or "") == "AlreadyQueued"
        for block in tries_around(dispatch.site)
        if isinstance(block.node, ast.Try)
        for handler in block.node.handlers
        for caught in caught_by(handler)
    )


# -- over which arguments ---------------------------------------------------------------------------------------


def _is_for_the_same(dispatch: Dispatch, task: Task) -> bool:
    """Whether the arguments that the lock is over certainly are those of the run."""
    keys = _keys_of(task)
    if keys is None:
        return False
    if not keys:
        return True
    given = by_parameter(dispatch, task.parameters)
    return given is not None and all(key in given and _is_own(given[key], key, task) for key in keys)


def _keys_of(task: Task) -> frozenset[str] | None:
    """The parameters that a task is locked over; None where that is not known, or differs from call to call."""
    once = _once_of(task)
    entry = once.get("keys") if once else None
    if entry is not None:
        value = entry.value
        if not isinstance(value, Items) or not value.complete:
            return None
        keys = [item.value for item in (element.value for element in value.elements) if isinstance(item, Constant)]
        known = frozenset(key for key in keys if isinstance(key, str))
        return known if len(known) == len(value.elements) else None
    parameters = task.parameters
    names = frozenset((*parameters.by_position, *parameters.keyword_only))
    varies = parameters.takes_any_positional or parameters.takes_any_keyword or names != parameters.required
    return None if varies else names


def _is_own(given: Entry, name: str, task: Task) -> bool:
    """Whether what is given is the parameter of the task itself, which is bound to nothing else."""
    node, scope = given.node, given.site.scope
    if not isinstance(node, ast.Name) or node.id != name or len(task.scope.bindings.get(name, ())) != 1:
        return False
    return scope.owner_of(name) is task.scope and name not in task.scope.spoilt
