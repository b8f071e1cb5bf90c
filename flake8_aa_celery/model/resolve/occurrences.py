"""Every place of a module where something of Celery's is made, sent, or run in place."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.knowledge.celery import CHANGING_METHODS
from flake8_aa_celery.model.resolve import prefilters
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.handed_over import handed_over_in, loop_of_commit
from flake8_aa_celery.model.resolve.values import (
    UNKNOWN,
    Dispatch,
    LocalCall,
    Signature,
    Task,
    Workflow,
)

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import CallSite

_APP = frozenset({"Celery"})


class CanvasCall(NamedTuple):
    """A call that makes or sends something of Celery's.

    :param value: what it returns.
    """

    call: CallSite
    value: Dispatch | Signature | Workflow


@fact
def apps_of(module: Module) -> list[CallSite]:
    """Every ``Celery(...)``: the applications that it makes."""
    return [call for call in module.calls_of(_APP) if module.origin(call.node.func, call.site) == "celery.Celery"]


@fact
def canvas_of(module: Module) -> list[CanvasCall]:
    """Every call that makes or sends something of Celery's, with what it returns.

    Those are included that are made by what a method is handed to: ``on_commit(partial(t.delay, 1))``.
    """
    found: list[CanvasCall] = []
    for call in module.calls_of(prefilters.canvas_names(module)):
        if prefilters.canvas(call):
            value = value_of(call.node, call.site)
            if isinstance(value, Dispatch) and value.loop is None:
                value.loop = loop_of_commit(call.site)
            if isinstance(value, (Dispatch, Signature, Workflow)):
                found.append(CanvasCall(call, value))
    return [*found, *(CanvasCall(call, value) for call, value in handed_over_in(module))]


@fact
def dispatches_of(module: Module) -> list[Dispatch]:
    """Every dispatch, those included that are made by what a method is handed to."""
    return [value for call, value in canvas_of(module) if isinstance(value, Dispatch) and value.node is call.node]


@fact
def signatures_of(module: Module) -> list[Signature]:
    """Every signature as it was made, without what ``.set`` adds."""
    return [
        value
        for call, value in canvas_of(module)
        if isinstance(value, Signature) and value.node is value.call is call.node
    ]


@fact
def workflows_of(module: Module) -> list[Workflow]:
    """Every workflow as it was made, without what ``.set`` adds; of ``a | b | c`` the whole."""
    found = [
        value
        for call, value in canvas_of(module)
        if isinstance(value, Workflow) and value.node is call.node and not _changes(call.node)
    ]
    inner: set[int] = set()
    for node, site in (join for scope in module.scopes.all for join in scope.joins):
        inner.update((id(node.left), id(node.right)))
        value = value_of(node, site) if id(node) not in inner else UNKNOWN
        if isinstance(value, Workflow):
            found.append(value)
    return found


def _changes(node: ast.Call) -> bool:
    """Whether a call changes a signature or workflow that was made before it."""
    return isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING_METHODS


@fact
def local_calls_of(module: Module) -> list[LocalCall]:
    """Every task that its caller runs itself: ``t(x)``, ``t.run(x)``, ``t.apply()``, ``t.s(x)()``."""
    return [found for call in module.all_calls() if (found := _local_call(call)) is not None]


def _local_call(call: CallSite) -> LocalCall | None:
    if not prefilters.may_run_task(call):
        return None
    function, method = call.node.func, "()"
    if isinstance(function, ast.Attribute) and function.attr in ("run", "apply"):
        method = function.attr
        function = function.value
    task = value_of(function, call.site)
    if isinstance(task, Signature) and method != "run":
        task, method = task.task, "signature"
    return LocalCall(call.node, task, method, call.site) if isinstance(task, Task) else None
