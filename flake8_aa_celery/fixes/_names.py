"""What the names of a file mean, and how to write what a rewrite needs there."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.fixes import Import, Refused
from flake8_aa_celery.model.code.names import ImportedName, imported_name
from flake8_aa_celery.model.code.scopes import FUNCTIONS

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.model.code.scopes import Binding, Scope, Scopes


class Written(NamedTuple):
    """How something is written that must be imported, and what has to be added to the imports for it."""

    code: str
    imports: tuple[Import, ...]


def bound(scopes: Scopes) -> frozenset[str]:
    """Every name that a file binds somewhere."""
    return frozenset(name for scope in scopes.all for name in scope.bindings)


def imported(scopes: Scopes) -> frozenset[str]:
    """The names that imports bind, wherever they stand."""
    return frozenset(name for name, _ in scopes.imports)


def use(
    place: Place, wanted: Import, line: int | None = None, *, by_name: bool = False
) -> tuple[str, tuple[Import, ...]]:
    """How to write something that must be imported, and what has to be added to the imports for it.

    :param place: where it is used.
    :param line: where it is used, if that is not there but in another line at the top level.
    :param by_name: not as an attribute of its module.
    :raises Refused: where its name means something else in this file.
    """
    scopes = place.tree.scopes
    scope = scopes.module if line else scope_at(place)
    for known in _imported_as(scopes, wanted, line or place.violation.line):
        if not (by_name and "." in known) and is_seen(known.partition(".")[0], scope):
            return Written(known, ())
    name = wanted.name or wanted.module
    is_taken = name in scopes.module.bindings or scope.owner_of(name) is not None
    if is_taken and not _is_only_for_typing(scopes, name, wanted):
        raise Refused(f"`{name}` means something else here")
    return Written(name, (wanted,))


def is_seen(name: str, scope: Scope) -> bool:
    """Whether a name means in a scope what it means at the top level of the module."""
    owner = scope.owner_of(name)
    return owner is None or owner.kind == "module"


def scope_at(place: Place) -> Scope:
    """The scope that a violation stands in, where the names that are written there are looked up."""
    line, column = place.violation.line, place.violation.column
    found = place.tree.scopes.module
    for scope in place.tree.scopes.all[1:]:  # outer ones before those in them
        if _spans(scope.node, (line, len(place.tree.lines[line - 1][:column].encode()))):
            found = scope
    return found


def _spans(node: ast.AST, point: tuple[int, int]) -> bool:
    """Whether a point lies in the part of a node whose names are looked up in a scope of its own."""
    parts: list[ast.stmt] | list[ast.expr]
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        parts = node.body
    else:
        parts = [node.body if isinstance(node, ast.Lambda) else node] if isinstance(node, ast.expr) else []
    if not parts:
        return False
    first, last = parts[0], parts[-1]
    start = min((part.lineno, part.col_offset) for part in (first, *getattr(first, "decorator_list", ())))
    return start <= point < (last.end_lineno or 0, last.end_col_offset or 0)


def _imported_as(scopes: Scopes, wanted: Import, line: int) -> list[str]:
    """How the module has imported it, by whatever ways, above a line: by its own name before others."""
    found: list[str] = []
    through: list[str] = []
    for name, bindings in scopes.module.bindings.items():
        if not all(_is_import(binding, line) for binding in bindings):
            continue
        if all(_imports(binding, name, wanted) for binding in bindings):
            found.append(name)
        elif wanted.name and all(_imports(binding, name, Import(wanted.module)) for binding in bindings):
            through.append(f"{name}.{wanted.name}")
    starred = any(node.module == wanted.module and not node.level for node, _ in scopes.module.star_imports)
    return found + ([wanted.name] if starred and wanted.name else []) + through


def _is_only_for_typing(scopes: Scopes, name: str, wanted: Import) -> bool:
    bindings = [binding for scope in scopes.all for binding in scope.bindings.get(name, ())]
    return all(_imports(binding, name, wanted) and _is_for_typing(binding) for binding in bindings)


def _is_import(binding: Binding, line: int) -> bool:
    """Whether a binding is an import that has certainly been executed when a line below it is."""
    is_import = isinstance(binding.node, (ast.Import, ast.ImportFrom))
    return is_import and binding.site.statement.lineno < line and binding.site.block.kind == "module"


def _imports(binding: Binding, name: str, wanted: Import) -> bool:
    node = binding.node
    if not isinstance(node, (ast.Import, ast.ImportFrom)):
        return False
    return imported_name(name, node) == ImportedName(0, wanted.module, wanted.name)


def _is_for_typing(binding: Binding) -> bool:
    """Whether a binding stands in a block that only type checkers read."""
    for block in binding.site.block.around():
        test = block.node.test if block.kind == "if" and isinstance(block.node, ast.If) else None
        if getattr(test, "id", getattr(test, "attr", "")) == "TYPE_CHECKING":
            return True
    return False
