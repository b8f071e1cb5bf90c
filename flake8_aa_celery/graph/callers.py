"""Who calls the functions that start tasks: a view often leaves that to a helper."""

from __future__ import annotations

import ast
import os
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.graph import owners
from flake8_aa_celery.graph.facts import Edge
from flake8_aa_celery.graph.nodes import shown
from flake8_aa_celery.model.facts import Function, Task
from flake8_aa_celery.model.project import Project

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flake8_aa_celery.graph.nodes import Nodes
    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.model.scopes import CallSite, FunctionNode


class Called(NamedTuple):
    """A call of a function."""

    call: CallSite
    module: Module


def edges(modules: Sequence[Module], data: Mapping[str, bytes], nodes: Nodes) -> Iterator[Edge]:
    """An edge for each call of a function that starts a task, be it through other functions.

    Seen are functions that are called by their names, and methods that their own class calls; nothing is guessed.

    :param data: every file of the project with its bytes: those that mention a name are read.
    """
    waiting = nodes.functions()
    known = {(id(owner.node), owner.module.path) for owner in waiting}
    while waiting:
        called = waiting.pop(0)
        assert called.node is not None
        for found in _calls(called.node, called.module, _mentioning(called.node.name, modules, data, nodes)):
            owner = owners.owner_of(found.call.site, found.module)
            if owner.node is called.node:
                continue
            source, target = nodes.owner(owner), nodes.owner(called)
            line = found.call.node.lineno
            yield Edge(source, target, "calls", None, False, shown(found.module.path), line)
            key = (id(owner.node), owner.module.path)
            if owner.kind == "function" and key not in known:
                known.add(key)
                waiting.append(owner)


def _mentioning(name: str, modules: Sequence[Module], data: Mapping[str, bytes], nodes: Nodes) -> Iterator[Module]:
    """The modules in whose source a name stands."""
    loaded = {os.path.abspath(module.path): module for module in modules if not module.in_document}
    for path, text in data.items():
        if path.endswith(".py") and name.encode() in text:
            module = loaded.get(path) or Project.of(path, nodes.settings).load(path)
            if module is not None:
                yield module


def _calls(wanted: FunctionNode, owner: Module, modules: Iterator[Module]) -> Iterator[Called]:
    for module in modules:
        for call in module.all_calls():
            function = call.node.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            if name == wanted.name and _leads_to(wanted, owner, function, call, module):
                yield Called(call, module)


def _leads_to(wanted: FunctionNode, owner: Module, function: ast.expr, call: CallSite, module: Module) -> bool:
    value = module.evaluate(function, call.site)
    if isinstance(value, (Function, Task)):
        return value.module.path == owner.path and value.node.lineno == wanted.lineno
    return module.path == owner.path and _is_own_method(wanted, function, call, module)


def _is_own_method(wanted: FunctionNode, function: ast.expr, call: CallSite, module: Module) -> bool:
    """Whether ``self.method()`` stands in the class that has this method."""
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
        return False
    if function.value.id not in ("self", "cls"):
        return False
    scope = module.scopes.by_node[wanted].parent
    around = call.site.scope
    while around.parent is not None and around is not scope:
        around = around.parent
    return scope is not None and scope.kind == "class" and around is scope
