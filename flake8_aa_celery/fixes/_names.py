"""What the names of a file mean, and how to write what a rewrite needs there."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.fixes import Import, Refused
from flake8_aa_celery.model.code.names import ImportedName, imported_name

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.scopes import Binding, Scopes


def bound(scopes: Scopes) -> frozenset[str]:
    """Every name that a file binds somewhere."""
    return frozenset(name for scope in scopes.all for name in scope.bindings)


def imported(scopes: Scopes) -> frozenset[str]:
    """The names that imports bind, wherever they stand."""
    return frozenset(name for name, _ in scopes.imports)


def use(scopes: Scopes, wanted: Import, line: int, *, by_name: bool = False) -> tuple[str, tuple[Import, ...]]:
    """How to write something that must be imported, and what has to be added to the imports for it.

    :param scopes: those of the file.
    :param line: where it is used.
    :param by_name: not as an attribute of its module.
    :raises Refused: where its name means something else in this file.
    """
    known = _imported_as(scopes, wanted, line)
    if known and not (by_name and "." in known):
        return known, ()
    name = wanted.name or wanted.module
    if name in bound(scopes) and not _is_only_for_typing(scopes, name, wanted):
        raise Refused(f"`{name}` means something else here")
    return name, (wanted,)


def _imported_as(scopes: Scopes, wanted: Import, line: int) -> str | None:
    """How the module has imported it, by whatever way, above a line."""
    through: str | None = None
    for name, bindings in scopes.module.bindings.items():
        if not all(_is_import(binding, line) for binding in bindings):
            continue
        if all(_imports(binding, name, wanted) for binding in bindings):
            return name
        if wanted.name and all(_imports(binding, name, Import(wanted.module)) for binding in bindings):
            through = f"{name}.{wanted.name}"
    starred = any(node.module == wanted.module and not node.level for node, _ in scopes.module.star_imports)
    return wanted.name if starred and wanted.name else through


def _is_only_for_typing(scopes: Scopes, name: str, wanted: Import) -> bool:
    bindings = [binding for scope in scopes.all for binding in scope.bindings.get(name, ())]
    return all(_imports(binding, name, wanted) and _is_for_typing(binding) for binding in bindings)


def _is_import(binding: Binding, line: int) -> bool:
    """Whether a binding is an import that has been executed when a line above which it stands is."""
    is_import = isinstance(binding.node, (ast.Import, ast.ImportFrom))
    return is_import and binding.site.statement.lineno < line and not _is_for_typing(binding)


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
