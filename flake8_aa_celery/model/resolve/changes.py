"""Signatures, workflows and lists of them that are changed in place: ``sig.set(priority=7)``, ``sig.args += (1,)``.

What became of them is not followed: of a changed one it is known what it is, and not what it holds.
https://docs.celeryq.dev/en/stable/reference/celery.html#celery.Signature.set
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.syntax import names_in
from flake8_aa_celery.model.resolve.values import Items, Signature, Value, Workflow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.scopes import Scope

#: Methods by which something is changed where it stands.
_CHANGING = frozenset({"clear", "set", "setdefault", "update"})
_LOOPS = (ast.For, ast.AsyncFor, ast.comprehension)


def changed(value: Value, name: str, scope: Scope | None) -> Value:
    """What a name holds, where it may have been changed after it was bound.

    :param scope: the one that the name belongs to.
    """
    if scope is None or not isinstance(value, (Items, Signature, Workflow)) or name not in _changed_names(scope):
        return value
    if isinstance(value, Items):
        return Items((), complete=False)
    return value.changed()


@fact
def _changed_names(scope: Scope) -> frozenset[str]:
    """The names in a scope, and in the functions within it, whose objects are changed."""
    found: set[str] = set()
    loops: list[tuple[set[str], str]] = []
    for node in ast.walk(scope.node):
        if isinstance(node, _LOOPS):
            loops.append((names_in(node.target), _root(node.iter)))
        else:
            found.update(filter(None, map(_root, _changed_by(node))))
    while more := {iterated for items, iterated in loops if iterated not in found and not items.isdisjoint(found)}:
        found |= more
    return frozenset(found - {""})


def _changed_by(node: ast.AST) -> Iterator[ast.expr]:
    """What a statement changes: the objects whose attributes, items or options it sets."""
    if isinstance(node, ast.Expr):
        for part in ast.walk(node.value):
            if isinstance(part, ast.Call):
                yield from _changed_by_call(part)
        return
    targets: list[ast.expr] = []
    if isinstance(node, (ast.Assign, ast.Delete)):
        targets = node.targets
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign)):
        targets = [node.target]
    yield from (target.value for target in targets if isinstance(target, (ast.Attribute, ast.Subscript)))


def _changed_by_call(call: ast.Call) -> Iterator[ast.expr]:
    function = call.func
    if isinstance(function, ast.Attribute) and function.attr in _CHANGING:
        yield function.value
    elif isinstance(function, ast.Name) and function.id == "setattr" and call.args:
        yield call.args[0]


def _root(node: ast.expr) -> str:
    """The name that an expression begins with: ``c`` of ``c.tasks[1].options``; empty where it begins with a call."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
