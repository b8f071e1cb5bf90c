"""Questions and orders to workers, asked by tasks and views."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.syntax import keyword_of
from flake8_aa_celery.model.configuration.namespaces import is_app
from flake8_aa_celery.model.django.views import views_of
from flake8_aa_celery.model.effects.bodies import Body
from flake8_aa_celery.model.effects.graph import Effect, graph_of
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.task_classes import run_by_workers_of
from flake8_aa_celery.model.resolve.values import Constant, Dispatch

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import CallSite
    from flake8_aa_celery.model.effects.bodies import Step
    from flake8_aa_celery.model.effects.graph import Stage

_INSPECT = "inspect"
_REVOKE = "revoke"
_TERMINATE = "terminate"
_CONTROL = "control"
_RESULTS = ("celery.result.AsyncResult()", "celery.result.GroupResult()")
_INSPECTORS = frozenset({"celery.app.control.Inspect", "celery.current_app.control.inspect"})


class AskedWorkers(NamedTuple):
    """A task or a view that asks the workers, or ends their tasks.

    :param name: the function.
    :param what: ``inspect`` or ``revoke``.
    :param way: the calls from there on, the last of which asks.
    :param more: how many others of the module come to that same call.
    """

    name: str
    is_task: bool
    what: str
    way: list[Stage]
    more: int = 0

    @property
    def node(self) -> ast.expr:
        """Where it is reported: the call that leads there."""
        return self.way[0].step.call.node


def _asked_by(step: Step) -> str:
    """``inspect`` or ``revoke`` for a call that waits for all workers, or ends a task; otherwise empty."""
    call = step.call
    if call.name in (_INSPECT, "Inspect") and _is_inspection(call):
        return _INSPECT
    if call.name == _TERMINATE and _is_of_control(call.node.func, call):
        return _REVOKE
    return _REVOKE if call.name == _REVOKE and _terminates(call) else ""


def _is_inspection(call: CallSite) -> bool:
    function, site = call.node.func, call.site
    return _is_of_control(function, call) or site.module.origin(function, site) in _INSPECTORS


def _is_of_control(function: ast.expr, call: CallSite) -> bool:
    """Whether what is called is a method of ``app.control``."""
    owner = function.value if isinstance(function, ast.Attribute) else None
    return isinstance(owner, ast.Attribute) and owner.attr == _CONTROL and is_app(owner.value, call.site)


def _terminates(call: CallSite) -> bool:
    """Whether a task is ended by it: ``app.control.revoke(id, terminate=True)``, ``result.revoke(terminate=True)``."""
    function, given = call.node.func, keyword_of(call.node, "terminate")
    value = value_of(given, call.site) if given is not None else None
    if not isinstance(value, Constant) or value.value is not True or not isinstance(function, ast.Attribute):
        return False
    if _is_of_control(function, call) or isinstance(value_of(function.value, call.site), Dispatch):
        return True
    return call.site.module.origin(function.value, call.site) in _RESULTS


#: A call asks the workers, itself or in what it calls.
ASKS_WORKERS = Effect("asks the workers", _asked_by)


@fact
def asked_workers_of(module: Module) -> list[AskedWorkers]:
    """The tasks and views of a module that ask the workers, themselves or in what they lead to; one for each call."""
    graph = graph_of(module.project)
    functions = [(task.name, task.scope, True) for task in run_by_workers_of(module)]
    functions += [(view.name, view.scope, False) for view in views_of(module)]
    found: dict[int, AskedWorkers] = {}
    for name, scope, is_task in functions:
        way = graph.way(Body(scope), ASKS_WORKERS)
        known = found.get(id(way[-1].step.call.node)) if way else None
        if known is not None:
            found[id(way[-1].step.call.node)] = known._replace(more=known.more + 1)
        elif way:
            found[id(way[-1].step.call.node)] = AskedWorkers(name, is_task, way[-1].what, way)
    return list(found.values())
