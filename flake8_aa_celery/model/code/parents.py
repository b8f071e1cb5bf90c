"""What stands around a piece of syntax: what it is part of, and in which scope."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.scopes import COMPREHENSIONS, FUNCTIONS

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Scope


@fact
def parents_of(module: Module) -> dict[ast.AST, ast.AST]:
    """Of every node of a module the one that it is a part of."""
    return {child: node for node in ast.walk(module.tree) for child in ast.iter_child_nodes(node)}


def scope_around(node: ast.AST, module: Module) -> Scope:
    """The scope in which the names of an expression are looked up.

    The decorators, defaults and annotations of a function are those of the scope that it stands in, and so is what
    the first loop of a comprehension goes over.
    """
    parents, by_node = parents_of(module), module.scopes.by_node
    way = [node]
    while (outer := parents.get(way[-1])) is not None:
        if outer in by_node and not _is_outside(way, outer):
            return by_node[outer]
        way.append(outer)
    return module.scopes.module


def _is_outside(way: list[ast.AST], owner: ast.AST) -> bool:
    """Whether the end of a way from a node to what makes a scope is looked at from outside of that."""
    part = way[-1]
    if isinstance(owner, (*FUNCTIONS, ast.ClassDef)):
        return not any(part is statement for statement in owner.body)
    if isinstance(owner, ast.Lambda):
        return part is not owner.body
    return (
        isinstance(owner, COMPREHENSIONS) and part is owner.generators[0] and way[-2:-1] == [owner.generators[0].iter]
    )


def is_read_after(loop: ast.For, module: Module) -> bool:
    """Whether a function may read what a loop has bound once that is done, or others may: it is no local name.

    What another loop or comprehension binds itself is its own.
    """
    bound = {node.id for node in ast.walk(loop.target) if isinstance(node, ast.Name)}
    around = scope_around(loop, module)
    if any(around.owner_of(name) is not around for name in bound):
        return True
    inside, parents = {id(node) for node in ast.walk(loop)}, parents_of(module)
    return any(
        isinstance(node, ast.Name)
        and node.id in bound
        and not isinstance(node.ctx, ast.Store)
        and id(node) not in inside
        and scope_around(node, module).owner_of(node.id) is around.owner_of(node.id)
        and not _is_bound_by_another_loop(node, parents, loop)
        for node in ast.walk(around.runs_in().node)
    )


def _is_bound_by_another_loop(node: ast.Name, parents: dict[ast.AST, ast.AST], loop: ast.For) -> bool:
    """Whether a name stands in the body of a loop that binds it, and that the loop asked for is no part of."""
    part: ast.AST = node
    while (outer := parents.get(part)) is not None:
        if isinstance(outer, (ast.For, ast.AsyncFor)) and any(part is statement for statement in outer.body):
            bound = {inner.id for inner in ast.walk(outer.target) if isinstance(inner, ast.Name)}
            if node.id in bound:
                return not any(inner is loop for inner in ast.walk(outer))
        part = outer
    return False
