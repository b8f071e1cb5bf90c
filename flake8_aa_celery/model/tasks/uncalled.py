"""Functions of a tasks module that are neither tasks nor helpers of tasks."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.files import files
from flake8_aa_celery.model.code.imports import imported_files, packages_imported_from
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.resolve.bindings import member
from flake8_aa_celery.model.resolve.modules import is_tasks_module
from flake8_aa_celery.model.resolve.task_functions import tasks_of
from flake8_aa_celery.model.resolve.values import Constant, Function, Items

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import FunctionNode


@fact
def uncalled_functions_of(module: Module) -> list[Function]:
    """The public functions of a module of tasks that no decorator touches and no other code of the project names."""
    if not is_tasks_module(module) or not (tasks_of(module) or "celery" in packages_imported_from(module)):
        return []
    plain = [
        Function(node, site)
        for node, site in module.scopes.functions
        if site.scope.kind == "module" and not node.name.startswith("_") and not node.decorator_list
    ]
    read = _reads(module, {function.node.name for function in plain}) if plain else {}
    offered = _offered(module) if plain else set()
    return [
        function
        for function in plain
        if function.node.name not in offered
        and all(_lies_in(node, function.node) for node in read.get(function.node.name, ()))
        and not _is_used_elsewhere(function.node.name, module)
    ]


def _is_used_elsewhere(name: str, module: Module) -> bool:
    """Whether another file of the project names a function, and imports the module or speaks of it."""
    project, written = module.project, re.compile(rb"\b" + name.encode() + rb"\b")
    spoken, real = f"{module.dotted}.{name}".encode(), module.project.places.real
    for path in files(project, lambda data: written.search(data) is not None):
        found = project.load(path) if real(path) != real(module.path) else None
        if found is None:
            continue
        data = next(data for where, data in project.files if where == path)
        if spoken in data or real(module.path) in map(real, imported_files(found)):
            return True
    return False


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
