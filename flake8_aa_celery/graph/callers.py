"""Who calls the functions that start tasks: a view often leaves that to a helper."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.graph import starters
from flake8_aa_celery.graph.elements import Edge
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import Function, Task
from flake8_aa_celery.places import below

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.graph.nodes import Nodes
    from flake8_aa_celery.graph.sources import Sources
    from flake8_aa_celery.graph.starters import Starter
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import CallSite, FunctionNode


def edges(sources: Sources, nodes: Nodes) -> Iterator[Edge]:
    """An edge for each call of a function that starts a task, be it through other functions.

    Seen are functions that are called by their names, and methods that their own class calls; nothing is guessed.
    """
    starting = nodes.functions()
    known = {_key(function) for function in starting}
    for called in starting:  # which grows meanwhile
        target = nodes.starter(called)
        for call, caller in _calls(called, sources):
            source, path = nodes.starter(caller), below(caller.module.path)
            yield Edge(source, target, "calls", None, False, path, call.node.lineno)
            if caller.kind == "function" and _key(caller) not in known:
                known.add(_key(caller))
                starting.append(caller)


def _key(owner: Starter) -> tuple[int, str]:
    return id(owner.node), owner.module.path


def _calls(called: Starter, sources: Sources) -> Iterator[tuple[CallSite, Starter]]:
    """The calls of a function, each with what it belongs to."""
    wanted = called.node
    assert wanted is not None
    for call in sources.calls(wanted.name):
        if _leads_to(wanted, called.module, call):
            caller = starters.starter_at(call.site)
            if caller.node is not wanted:
                yield call, caller


def _leads_to(wanted: FunctionNode, owner: Module, call: CallSite) -> bool:
    value = value_of(call.node.func, call.site)
    if isinstance(value, (Function, Task)):
        return value.module.path == owner.path and value.node.lineno == wanted.lineno
    return call.site.module.path == owner.path and _is_own_method(wanted, call)


def _is_own_method(wanted: FunctionNode, call: CallSite) -> bool:
    """Whether ``self.method()`` stands in the class that has this method."""
    function = call.node.func
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
        return False
    if function.value.id not in ("self", "cls"):
        return False
    scope = call.site.module.scopes.by_node[wanted].parent
    around = call.site.scope
    while around.parent is not None and around is not scope:
        around = around.parent
    return scope is not None and scope.kind == "class" and around is scope
