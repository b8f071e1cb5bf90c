"""Which functions of its own module a function calls."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.names import reaching
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import given_to

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_aa_celery.model.code.scopes import Binding, Scope, Site


def within(scope: Scope) -> Iterator[Scope]:
    """A scope and everything that is defined in it."""
    yield scope
    for child in scope.children:
        yield from within(child)


def called_functions(scope: Scope) -> Iterator[Scope]:
    """The functions of the same module that a function calls or hands to what it calls."""
    for part in within(scope):
        for node, site, _ in part.calls:
            yield from functions_named([node.func, *given_to(node)], site)


def functions_named(expressions: Iterable[ast.expr], site: Site) -> Iterator[Scope]:
    """The functions of the module that names stand for: ``f``, ``Class.f``; of a class all its methods."""
    for expression in expressions:
        if isinstance(expression, ast.Name):
            for binding in reaching(expression.id, site):
                yield from _functions_of(binding)
        elif isinstance(expression, ast.Attribute) and isinstance(expression.value, ast.Name):
            for owner in reaching(expression.value.id, site):
                if isinstance(owner.node, ast.ClassDef):
                    for binding in site.module.scopes.by_node[owner.node].bindings.get(expression.attr, ()):
                        yield from _functions_of(binding)


def _functions_of(binding: Binding) -> Iterator[Scope]:
    module = binding.site.module
    if isinstance(binding.node, FUNCTIONS):
        yield module.scopes.by_node[binding.node]
    elif isinstance(binding.node, ast.ClassDef):
        for child in module.scopes.by_node[binding.node].children:
            if isinstance(child.node, FUNCTIONS):
                yield child


def reached_from(scope: Scope) -> Iterator[Scope]:
    """A function and those of its module that it calls, itself or through others, each once."""
    seen, waiting = {scope}, [scope]
    while waiting:
        reached = waiting.pop()
        yield reached
        for called in called_functions(reached):
            if called not in seen:
                seen.add(called)
                waiting.append(called)
