"""Questions about a piece of syntax alone, wherever it stands."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.scopes import FunctionNode, Site


def without_call(node: ast.expr) -> ast.expr:
    """``f`` of ``f(x)``, anything else as it is: a decorator is written both ways."""
    return node.func if isinstance(node, ast.Call) else node


def root_name(node: ast.expr) -> str:
    """The name that an expression begins with: ``c`` of ``c.tasks[1].options``; empty where it begins otherwise."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def bases_in(node: ast.ClassDef) -> list[ast.expr]:
    """The bases of a class, without what their types are given: ``GenericAPIView`` of ``GenericAPIView[Any]``."""
    return [base.value if isinstance(base, ast.Subscript) else base for base in node.bases]


def given_to(call: ast.Call) -> tuple[ast.expr, ...]:
    """Everything that a call is given: by position, then by keyword; of ``**x`` what ``x`` is."""
    return (*call.args, *(keyword.value for keyword in call.keywords))


def keyword_of(call: ast.Call, name: str) -> ast.expr | None:
    """What a call is given by a keyword as it is written; None where it is not, or not seen."""
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def is_statement(node: ast.expr, site: Site) -> bool:
    """Whether an expression is all of the statement that it stands in: nobody gets its value."""
    return isinstance(site.statement, ast.Expr) and site.statement.value is node


def positional_parameters(function: FunctionNode) -> list[str]:
    """The names of the parameters that can be given by position, ``self`` among them."""
    return [parameter.arg for parameter in (*function.args.posonlyargs, *function.args.args)]


def default_of(function: FunctionNode, name: str) -> ast.expr | None:
    """The default of a parameter; None where it has none, or there is no such parameter."""
    arguments = function.args
    by_position = [*arguments.posonlyargs, *arguments.args]
    given = dict(zip(by_position[len(by_position) - len(arguments.defaults) :], arguments.defaults, strict=True))
    given.update(
        (word, value) for word, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if value
    )
    return next((value for parameter, value in given.items() if parameter.arg == name), None)


def names_in(node: ast.AST) -> set[str]:
    """The names that a piece of code reads or binds, without those of attributes."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def is_none(node: ast.expr | None) -> bool:
    """Whether ``None`` is written."""
    return isinstance(node, ast.Constant) and node.value is None


def has_attribute(node: ast.AST, name: str) -> bool:
    """Whether an attribute of this name stands anywhere in a piece of code, whatever it is of."""
    return any(isinstance(part, ast.Attribute) and part.attr == name for part in ast.walk(node))


def alternative(node: ast.If) -> ast.If | None:
    """The ``if`` that is all that an ``else`` holds, as an ``elif`` is; None where there is none."""
    only = node.orelse[0] if len(node.orelse) == 1 else None
    return only if isinstance(only, ast.If) else None


def choices_in(node: ast.If) -> list[ast.If]:
    """An ``if`` with all its ``elif``s: there may be hundreds, too many to follow each from the one before."""
    found = [node]
    while (following := alternative(found[-1])) is not None:
        found.append(following)
    return found


def bodies_of(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The lists of statements that a statement is made of: its body, its branches, its handlers."""
    for name in ("body", "orelse", "finalbody"):
        yield getattr(statement, name, [])
    for name in ("handlers", "cases"):
        yield from (part.body for part in getattr(statement, name, []))


def statements_in(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body, each followed by those that are nested in it."""
    waiting = body[::-1]
    while waiting:
        statement = waiting.pop()
        yield statement
        waiting += [each for part in bodies_of(statement) for each in part][::-1]
