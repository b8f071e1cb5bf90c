"""What a module imports."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import ImportedName
from flake8_aa_celery.model.code.syntax import bodies_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module


@fact
def packages_imported_from(module: Module) -> frozenset[str]:
    """The packages that a module imports something from where it runs, and not for type checkers alone."""
    return frozenset(
        (binding.node.module or "").partition(".")[0]
        for bindings in module.scopes.module.bindings.values()
        for binding in bindings
        if isinstance(binding.node, ast.ImportFrom) and not binding.node.level and binding.site.block.kind == "module"
    )


def is_imported_by_others(module: Module, name: str) -> bool:
    """Whether another file of the project takes a name out of a module, or may do so: ``tasks.app``."""
    own = module.dotted.rpartition(".")[2]
    attribute = re.compile(rf"\b{re.escape(own)}\s*\.\s*{re.escape(name)}\b".encode())
    for path, data in module.project.files:
        if path == module.path or name.encode() not in data:
            continue
        other = module.project.load(path) if own.encode() in data else None
        if attribute.search(data) or (other is not None and _takes(name, other, module)):
            return True
    return False


def _takes(name: str, importer: Module, module: Module) -> bool:
    """Whether a file imports a name from a module."""
    return any(
        isinstance(node, ast.ImportFrom)
        and any(alias.name in (name, "*") for alias in node.names)
        and module.project.imported_module(ImportedName(node.level, node.module or "", ""), importer)[1] == module.path
        for node in ast.walk(importer.tree)
    )


@fact
def imported_files(module: Module) -> frozenset[str]:
    """The files of the project that a module imports, in functions too, with the packages that these lie in.

    Not what it imports for type checkers alone.
    """
    found: set[str] = set()
    for node in _imports_in(module.tree.body):
        for alias in node.names:
            if isinstance(node, ast.ImportFrom):
                found.update(_files_of(ImportedName(node.level, node.module or "", alias.name), module))
            else:
                found.update(_files_of(ImportedName(0, alias.name, ""), module))
    return frozenset(found)


@fact
def imported_names(module: Module) -> frozenset[str]:
    """The dotted names of what a module imports by absolute names, not for type checkers alone."""
    found: set[str] = set()
    for node in _imports_in(module.tree.body):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif not node.level and node.module:
            found.update((node.module, *(f"{node.module}.{alias.name}" for alias in node.names)))
    return frozenset(found)


def _imports_in(body: list[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    for statement in body:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            yield statement
        elif isinstance(statement, ast.If) and _is_type_checking(statement.test):
            yield from _imports_in(statement.orelse)
        else:
            for part in bodies_of(statement):
                yield from _imports_in(part)


def _is_type_checking(test: ast.expr) -> bool:
    return ast.unparse(test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def _files_of(name: ImportedName, module: Module) -> Iterator[str]:
    """The files that an import leads to: the module, the packages around it, and the module that is its member."""
    project = module.project
    parts = name.module.split(".") if name.module else []
    for length in range(len(parts) + 1):
        part = ImportedName(name.level, ".".join(parts[:length]), "")
        path = project.imported_module(part, module)[1] if length or name.level else None
        if path is not None:
            yield path
        if path is not None and length == len(parts) and name.member:
            member = project.submodule(path, name.member)
            yield from [member] if member else []
