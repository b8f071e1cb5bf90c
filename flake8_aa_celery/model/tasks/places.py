"""Tasks in modules that are none of tasks."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.files import files
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import ImportedName
from flake8_aa_celery.model.resolve.modules import is_tasks_module
from flake8_aa_celery.model.resolve.occurrences import apps_of
from flake8_aa_celery.model.resolve.task_functions import tasks_of
from flake8_aa_celery.places import real

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Task


class Misplaced(NamedTuple):
    """The tasks of a module that is none of tasks.

    :param is_imported: whether a module of tasks imports it, so that workers know them.
    """

    tasks: list[Task]
    is_imported: bool


@fact
def misplaced_tasks_of(module: Module) -> list[Misplaced]:
    """The tasks of a module that is none of tasks, nor makes the application: one item, or none."""
    tasks = tasks_of(module)
    if not tasks or is_tasks_module(module) or apps_of(module):
        return []
    return [Misplaced(tasks, _is_imported(module))]


def _is_imported(module: Module) -> bool:
    """Whether a module of tasks imports a module, or something of it, when it is imported itself."""
    project = module.project
    name = module.dotted.rpartition(".")[2].encode()
    importers = (project.load(path) for path in files(project, lambda data: name in data and b"import" in data))
    return any(found is not None and is_tasks_module(found) and _imports(found, module) for found in importers)


def _imports(importer: Module, module: Module) -> bool:
    nodes: set[ast.Import | ast.ImportFrom] = {node for node, _ in importer.scopes.module.star_imports}
    for bindings in importer.scopes.module.bindings.values():
        nodes |= {found.node for found in bindings if isinstance(found.node, (ast.Import, ast.ImportFrom))}
    return any(real(module.path) in _files_of(node, importer) for node in nodes)


def _files_of(node: ast.Import | ast.ImportFrom, importer: Module) -> set[str]:
    """The files that an import leads to: modules, and those in packages that are called like what is imported."""
    project, found = importer.project, set()
    for alias in node.names:
        if isinstance(node, ast.Import):
            found.add(project.find(alias.name, importer))
        else:
            _, path = project.imported_module(ImportedName(node.level, node.module or "", alias.name), importer)
            found |= {path, project.submodule(path, alias.name) if path else None}
    return {real(path) for path in found if path}
