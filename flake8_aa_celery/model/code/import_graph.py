"""What importing a module imports in turn: what runs when it is loaded, not what its functions import later."""

from __future__ import annotations

import ast
import os
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import ImportedName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project


def reaches(start: Module, path: str) -> bool:
    """Whether a module, when it is loaded, has another file of the project loaded, through however many others.

    The packages that the module itself lies in are being loaded by then, and begin nothing.
    """
    begun = {os.path.join(folder, "__init__.py") for folder in _folders_above(start.path, start.project.root)}
    waiting, seen = list(_loaded_by(start)), begun | {start.path}
    while waiting:
        found = waiting.pop()
        if found == path:
            return True
        if found not in seen:
            seen.add(found)
            module = start.project.load(found)
            waiting += _loaded_by(module) if module is not None else []
    return False


@fact
def _loaded_by(module: Module) -> list[str]:
    """The files that the imports of a module load, with the packages that they lie in."""
    found = [file for node in imports_at_once(module.tree) for file in _files_of(node, module)]
    return [each for file in found for each in (*_packages_above(file, module.project), file)]


def imports_at_once(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports that run when a module is loaded: not those in functions, nor for type checkers."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.Import, ast.ImportFrom)):
            yield child
        elif isinstance(child, ast.If) and _is_for_typing(child.test):
            for statement in child.orelse:
                yield from imports_at_once(ast.Module([statement], []))
        elif not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield from imports_at_once(child)


def _is_for_typing(test: ast.expr) -> bool:
    return getattr(test, "id", getattr(test, "attr", "")) == "TYPE_CHECKING"


def _files_of(node: ast.Import | ast.ImportFrom, module: Module) -> Iterator[str]:
    """The files of the modules that an import names, and of those that it takes out of a package."""
    names = [ImportedName(0, alias.name, "") for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        names = [ImportedName(node.level, node.module or "", "")]
    for name in names:
        _, path = module.project.imported_module(name, module)
        members = [alias.name for alias in node.names] if isinstance(node, ast.ImportFrom) and path else []
        inner = [module.project.submodule(path, member) for member in members] if path else []
        yield from (os.path.abspath(each) for each in (path, *inner) if each and each.endswith(".py"))


def _packages_above(file: str, project: Project) -> Iterator[str]:
    """The ``__init__.py`` of each package that a file lies in: they are loaded before it is."""
    for folder in _folders_above(file, project.root):
        path = os.path.join(folder, "__init__.py")
        if path != file and os.path.isfile(path):
            yield path


def _folders_above(file: str, root: str) -> Iterator[str]:
    folder = os.path.dirname(file)
    while folder.startswith(root + os.sep):
        yield folder
        folder = os.path.dirname(folder)
