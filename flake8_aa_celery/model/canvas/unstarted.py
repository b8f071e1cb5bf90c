"""Signatures and workflows that are made and then forgotten."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.knowledge.celery import CHANGING_METHODS
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.occurrences import canvas_of
from flake8_aa_celery.model.resolve.values import Function, Signature, Workflow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Scope, Site

    Canvas = Signature | Workflow

#: Stands for every name: what ``locals()`` reads.
_ANY = "*"
#: Before everything.
_NOWHERE = (0, 0)


@fact
def forgotten_of(module: Module) -> list[Signature | Workflow]:
    """Every signature and workflow that is a statement of its own, or bound to a name that is never read."""
    return [made for made, site in _made_in(module) if _is_forgotten(made.node, site)]


def _made_in(module: Module) -> Iterator[tuple[Canvas, Site]]:
    """What is made here, with the ``.set(…)`` after it, and where its statement is.

    A call of ``.set`` on a name changes what the name stands for: it makes nothing.
    """
    for call, made in canvas_of(module):
        if isinstance(made, Signature) and isinstance(made.task, Function):
            continue  # a function that is no task has no signature: that is a mistake of another kind
        if isinstance(made, (Signature, Workflow)) and made.node is call.node and _starts_with_call(call.node):
            yield made, call.site
    for scope in module.scopes.all:
        for join, site in scope.joins:
            joined = value_of(join, site) if _statement_value(site.statement) is join else None
            if isinstance(joined, Workflow):
                yield joined, site


def _starts_with_call(node: ast.Call) -> bool:
    """Whether a call that changes something (``.set``, ``.clone``) changes the result of another call."""
    function = node.func
    if not isinstance(function, ast.Attribute) or function.attr not in CHANGING_METHODS:
        return True
    return isinstance(function.value, ast.Call) and _starts_with_call(function.value)


def _statement_value(statement: ast.stmt) -> ast.expr | None:
    """The expression that a statement is or assigns."""
    return statement.value if isinstance(statement, (ast.Expr, ast.Assign, ast.AnnAssign)) else None


def _is_forgotten(node: ast.expr, site: Site) -> bool:
    statement = site.statement
    if _statement_value(statement) is not node:
        return False
    if isinstance(statement, ast.Expr):
        return True
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return all(isinstance(target, ast.Name) and _is_never_read(target.id, site) for target in targets)


def _is_never_read(name: str, site: Site) -> bool:
    """Whether a function does not read a name after a statement; others may read those of a module or class."""
    scope = site.scope
    if scope.kind != "function" or name not in scope.bindings:
        return False
    is_repeated = any(block.kind == "loop" for block in site.block.around())
    is_read_at_any_time = is_repeated or not _read_within(scope).isdisjoint((name, _ANY))
    last = _last_reads(scope)
    end = (site.statement.end_lineno or 0, site.statement.end_col_offset or 0)
    return max(last.get(name, _NOWHERE), last.get(_ANY, _NOWHERE)) <= (_NOWHERE if is_read_at_any_time else end)


@fact
def _read_within(scope: Scope) -> frozenset[str]:
    """The names that functions within may read, at whatever time they are called."""
    inner = (child.node for child in scope.children if child.kind in ("function", "lambda", "class"))
    return frozenset(name for node in inner for part in ast.walk(node) if (name := _read_by(part)))


@fact
def _last_reads(scope: Scope) -> dict[str, tuple[int, int]]:
    """The last line and column in which each name is read in a function."""
    found: dict[str, tuple[int, int]] = {}
    for node in ast.walk(scope.node):
        name = _read_by(node)
        if name:
            found[name] = max(found.get(name, _NOWHERE), (getattr(node, "lineno", 0), getattr(node, "col_offset", 0)))
    return found


def _read_by(node: ast.AST) -> str | None:
    """The name that a node reads, or whose meaning it changes."""
    if isinstance(node, ast.Name):
        return None if isinstance(node.ctx, ast.Store) else node.id
    if isinstance(node, ast.AugAssign):
        return node.target.id if isinstance(node.target, ast.Name) else None
    reads_all = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("locals", "vars")
    return _ANY if reads_all else None
