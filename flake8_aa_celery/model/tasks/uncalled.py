"""Functions of a tasks module that are neither tasks nor helpers of tasks."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.resolve.bindings import member
from flake8_aa_celery.model.resolve.values import Constant, Function, Items

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import FunctionNode


def uncalled_functions_of(module: Module) -> Iterator[Function]:
    """The public functions at the top level of a module that no decorator touches and no other code of it names."""
    plain = [
        Function(node, site)
        for node, site in module.scopes.functions
        if site.scope.kind == "module" and not node.name.startswith("_") and not node.decorator_list
    ]
    read = _reads(module, {function.node.name for function in plain}) if plain else {}
    offered = _offered(module) if plain else set()
    for function in plain:
        name = function.node.name
        if name not in offered and all(_lies_in(node, function.node) for node in read.get(name, ())):
            yield function


def _offered(module: Module) -> set[object]:
    """The names that a module offers by ``__all__``, as far as they are known."""
    items = member(module, "__all__")
    members = items.elements if isinstance(items, Items) else ()
    return {value.value for member in members if isinstance(value := member.value, Constant)}


def _reads(module: Module, wanted: set[str]) -> dict[str, list[ast.Name]]:
    """Where a module reads some names, by name."""
    found: dict[str, list[ast.Name]] = {}
    for name in ast.walk(module.tree):
        if isinstance(name, ast.Name) and name.id in wanted and isinstance(name.ctx, ast.Load):
            found.setdefault(name.id, []).append(name)
    return found


def _lies_in(name: ast.Name, function: FunctionNode) -> bool:
    return function.lineno <= name.lineno <= (function.end_lineno or function.lineno)
