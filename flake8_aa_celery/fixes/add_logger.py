"""A module of tasks gets a logger, right behind its imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from flake8_aa_celery.fixes import Change, Import, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flake8_aa_celery.fixes._tree import Place, Tree

_NAME = "logger"


def rewrite(place: Place, arguments: Mapping[str, Any]) -> Change:
    """Bind a logger.

    :param arguments: ``module`` and ``name`` of the function that makes it.
    """
    tree = place.tree
    if any(_NAME in scope.bindings for scope in tree.scopes.all):
        raise Refused(f"`{_NAME}` means something else here")
    module, name = arguments["module"], arguments["name"]
    index = _last_import(tree, place.violation.line)
    above = tree.module.body[index]
    wanted = Import(module) if module == "logging" else Import(module, name)
    written, imports = tree.use(wanted, tree.first_line(index) + 1)
    maker = f"{written}.{name}" if module == "logging" else written
    line = tree.statement(f"{_NAME} = {maker}(__name__)").with_changes(leading_lines=[cst.EmptyLine(indent=False)])
    return Change({above: cst.FlattenSentinel([above, line])}, imports)


def _last_import(tree: Tree, line: int) -> int:
    """Which statement of the module is the last that imports above a line, and above everything that is defined."""
    found = None
    for index, statement in enumerate(tree.module.body):
        if isinstance(statement, (cst.FunctionDef, cst.ClassDef)) or tree.first_line(index) >= line:
            break
        if _imports(statement):
            found = index
    if found is None:
        raise Refused("there are no imports behind which a logger could stand")
    return found


def _imports(statement: cst.CSTNode) -> bool:
    if isinstance(statement, cst.SimpleStatementLine):
        return isinstance(statement.body[0], (cst.Import, cst.ImportFrom))
    if isinstance(statement, (cst.If, cst.Try)):
        return any(_imports(inner) for inner in statement.body.body)
    return False
