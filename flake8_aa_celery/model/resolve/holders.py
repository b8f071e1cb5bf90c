"""What else may hold, and so change, the list or dict that a name holds."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import fact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Scope

    #: A name and the scope that binds it.
    OwnName = tuple[Scope, str]


def is_held_elsewhere(name: str, scope: Scope) -> bool:
    """Whether something other than a name holds what a name holds: a list, an attribute, whoever calls a function."""
    return any((owner, each) in _held(scope.module) for owner, each in same_as(name, scope))


def same_as(name: str, scope: Scope) -> list[OwnName]:
    """A name that a scope binds, and the names that may hold the same thing; the name itself first."""
    links = _links(scope.module)
    found = [(scope, name)]
    seen = set(found)
    for each in found:
        more = [other for other in links.get(each, ()) if other not in seen]
        seen.update(more)
        found += more
    return found


@fact
def _links(module: Module) -> dict[OwnName, list[OwnName]]:
    """The names that an assignment made one and the same thing, such as ``x = y``."""
    found: dict[OwnName, list[OwnName]] = {}
    for scope in module.scopes.all:
        for name, others in scope.aliases.items():
            here = _owned(name, scope)
            found.setdefault(here, []).extend(_owned(other, scope) for other in others if other)
    return found


def _owned(name: str, scope: Scope) -> OwnName:
    return scope.owner_of(name) or scope, name


@fact
def _held(module: Module) -> frozenset[OwnName]:
    """The names of a module whose value something else holds."""
    return frozenset(_owned(name, scope) for scope in module.scopes.all for name in _held_by(scope))


@fact
def _changes_parts(module: Module) -> bool:
    """Whether a module changes what a list or dict holds: by an item of it, or by a name that it was taken to."""
    return module.scopes.changes_parts or any(
        _is_part(name, scope) for scope in module.scopes.all for name in (*scope.spoilt, *scope.growths)
    )


def _is_part(name: str, scope: Scope) -> bool:
    """Whether what a name holds may be an item of something."""
    bindings = (scope.owner_of(name) or scope).bindings.get(name, ())
    return any(
        binding.kind == "loop" or isinstance(binding.value, (ast.Subscript, ast.Attribute)) for binding in bindings
    )


def _held_by(scope: Scope) -> Iterator[str]:
    yield from scope.held
    if _changes_parts(scope.module):
        yield from scope.contained
    for name, others in scope.aliases.items():
        # an attribute or an item, or what the body of a class binds, which is one
        if "" in others or scope.kind == "class":
            yield name
    returned = [statement.value for statement, _ in scope.returns]
    if isinstance(scope.node, ast.Lambda):
        returned.append(scope.node.body)
    for value in returned:
        # what a function makes anew for each call is its caller's
        if isinstance(value, ast.Name) and value.id not in scope.bindings:
            yield value.id
