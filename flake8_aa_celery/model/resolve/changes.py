"""Signatures, workflows and lists of them that are changed in place: ``sig.set(priority=7)``, ``sig.args += (1,)``.

What became of them is not followed: of a changed one it is known what it is, and not what it holds.
https://docs.celeryq.dev/en/stable/reference/celery.html#celery.Signature.set
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.syntax import root_name
from flake8_aa_celery.model.resolve.values import Items, Signature, Value, Workflow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.scopes import CallSite, Scope

#: Methods by which something is changed where it stands.
_CHANGING = frozenset({"clear", "set", "setdefault", "update"})


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
    """The names in a scope, and in the scopes within it, whose objects are changed."""
    found: set[str] = set()
    holders: list[tuple[str, set[str]]] = []
    waiting = [scope]
    while waiting:
        part = waiting.pop()
        waiting += part.children
        found |= part.altered
        found.update(root_name(each) for call in part.calls for each in _changed_by(call))
        holders += [
            (name, _held_in(binding.value, is_gone_over=binding.kind == "loop"))
            for name, bindings in part.bindings.items()
            for binding in bindings
            if binding.value is not None
        ]
    while more := {each for holder, held in holders if holder in found for each in held - found}:
        found |= more
    return frozenset(found - {""})


def _held_in(node: ast.expr, *, is_gone_over: bool) -> set[str]:
    """The names of what a list, tuple or dict holds that is written; of what a loop goes over its own name, too."""
    if isinstance(node, (ast.List, ast.Tuple, ast.Set, ast.Dict)):
        parts = node.values if isinstance(node, ast.Dict) else node.elts
        return {part.id for part in parts if isinstance(part, ast.Name)}
    return {root_name(node)} if is_gone_over else set()


def _changed_by(call: CallSite) -> Iterator[ast.expr]:
    """What a call changes that is a statement, or a part of one."""
    function = call.node.func
    if not isinstance(call.site.statement, ast.Expr):
        return
    if isinstance(function, ast.Attribute) and function.attr in _CHANGING:
        yield function.value
    elif call.name == "setattr" and call.node.args:
        yield call.node.args[0]
