"""A module of tasks gets a logger, right after its imports."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change, Import, Refused
from flake8_aa_celery.fixes._excerpt import imports_something
from flake8_aa_celery.fixes._names import bound, use

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import AddLogger

_NAME = "logger"


def rewrite(place: Place, wanted: AddLogger) -> Change:
    """Bind a logger."""
    tree = place.tree
    if _NAME in bound(tree.scopes):
        raise Refused(f"`{_NAME}` means something else here")
    above = _last_import(tree.syntax, place.violation.line)
    is_logging = wanted.module == "logging"
    imported = Import("logging") if is_logging else Import(wanted.module, wanted.name)
    written, imports = use(place, imported, above.lineno + 1)
    maker = f"{written}.{wanted.name}" if is_logging else written
    line = tree.statement(f"{_NAME} = {maker}(__name__)").with_changes(leading_lines=[cst.EmptyLine(indent=False)])
    statement = tree.module.body[tree.index_at(above.lineno)]
    return Change({statement: cst.FlattenSentinel([statement, line])}, imports, is_for_the_log=True)


def _last_import(syntax: ast.Module, line: int) -> ast.stmt:
    """The last statement that imports above a line, and above everything that is defined."""
    found = None
    for statement in syntax.body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) or statement.lineno >= line:
            break
        if imports_something(statement):
            found = statement
    if found is None:
        raise Refused("there are no imports after which a logger could stand")
    return found
