"""Priorities that do not arrive: of tasks that are mapped, linked, or replaced."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.canvas.misplaced import callbacks_in
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.priorities.settings import constant, given_by, may_be_inherited, own_options
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.occurrences import canvas_of, dispatches_of
from flake8_aa_celery.model.resolve.task_functions import task_around
from flake8_aa_celery.model.resolve.values import UNKNOWN, Dispatch, Signature, Task, Workflow
from flake8_aa_celery.model.tasks.bound import is_itself

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Entry, Value

    How = Literal["mapped", "linked", "replaced"]

_OF_ONE_TASK = frozenset({"chunks", "map", "starmap"})
_REPLACE = frozenset({"replace"})


class LostPriority(NamedTuple):
    """Something that runs at the default because a priority does not reach it.

    :param how: what happened to it.
    :param node: where to report it: the dispatch of what is mapped, otherwise the signature.
    :param call: the call that it is part of.
    :param value: what runs at the default: a workflow of a task, or a signature.
    :param priority: the one that is lost.
    """

    how: How
    node: ast.expr
    call: ast.Call
    value: Workflow | Signature
    priority: Entry


@fact
def lost_priorities_of(module: Module) -> list[LostPriority]:
    """Every priority of a module that does not arrive, unless each task may inherit that of its parent."""
    found = [*_mapped(module), *_linked(module), *_replaced(module)]
    is_inherited = bool(found) and may_be_inherited(module.project)
    return [lost for lost in found if lost.how == "mapped" or not is_inherited]


def _mapped(module: Module) -> Iterator[LostPriority]:
    for dispatch in dispatches_of(module):
        workflow = dispatch.receiver
        if not isinstance(workflow, Workflow) or workflow.kind not in _OF_ONE_TASK or not workflow.members.elements:
            continue
        priority = _own(workflow.members.elements[0].value)
        is_set = workflow.kind != "chunks" and not workflow.options.lacks("priority")
        if priority is not None and dispatch.options.lacks("priority") and not is_set:
            yield LostPriority("mapped", dispatch.node, dispatch.node, workflow, priority)


def _own(value: Value) -> Entry | None:
    """The priority that a task has by its decorator."""
    entry = own_options(value).get("priority") if isinstance(value, Task) else None
    return entry if entry is not None and constant(entry) is not UNKNOWN else None


def _linked(module: Module) -> Iterator[LostPriority]:
    for call, value in canvas_of(module):
        given = given_by(call, value)
        priority = given.get("priority")
        if priority is None or given.constant("priority") is None or isinstance(value, Workflow):
            continue
        if isinstance(value, Dispatch) and isinstance(value.receiver, Workflow):
            continue
        for expression, name in callbacks_in(given):
            linked = expression.value
            if name == "link" and isinstance(linked, Signature) and own_options(linked).lacks("priority"):
                yield LostPriority("linked", expression.reported_in(module, call.node), call.node, linked, priority)


def _replaced(module: Module) -> Iterator[LostPriority]:
    for call in module.calls_of(_REPLACE):
        function, task = call.node.func, task_around(call.site)
        if task is None or not isinstance(function, ast.Attribute) or not call.node.args:
            continue
        replacement = value_of(call.node.args[0], call.site) if is_itself(function.value, task) else UNKNOWN
        priority = _own(task)
        if priority is not None and isinstance(replacement, Signature) and own_options(replacement).lacks("priority"):
            yield LostPriority("replaced", call.node.args[0], call.node, replacement, priority)
