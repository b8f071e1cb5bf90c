"""Decorators that leave the parameters of a function as they are."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.facts import Function, Origin
from flake8_aa_celery.model.scopes import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.model.scopes import FunctionNode, Scope, Site

#: Decorators of libraries that hand on every argument as it is.
_TRANSPARENT = frozenset(
    {
        "django.db.transaction.atomic",
        "django.db.transaction.non_atomic_requests",
        "esi.decorators.rate_limit_retry_task",
        "esi.decorators.rate_limited_task",
    }
)


def hands_on_everything(decorator: ast.expr, site: Site, module: Module) -> bool:
    """Whether what a decorator returns calls the function with all arguments that it is itself called with.

    Known of a few libraries, and read where the decorator is a function of the project.

    :param site: where the decorated function stands.
    """
    called = isinstance(decorator, ast.Call)
    value = module.evaluate(decorator.func if isinstance(decorator, ast.Call) else decorator, site)
    if isinstance(value, Origin):
        return value.dotted in _TRANSPARENT
    if not isinstance(value, Function):
        return False
    scope: Scope | None = value.module.scopes.by_node[value.node]
    if called:
        scope = _returned(scope) if scope else None
    wrapper = _returned(scope) if scope else None
    return scope is not None and wrapper is not None and _passes_all(scope, wrapper)


def _returned(scope: Scope) -> Scope | None:
    """The function that is defined in another and returned by it."""
    returned = {node.value.id for node, _ in scope.returns if isinstance(node.value, ast.Name)}
    inner = [child for child in scope.children if isinstance(child.node, FUNCTIONS) and child.node.name in returned]
    return inner[0] if len(inner) == len(scope.returns) == 1 else None


def _passes_all(decorator: Scope, wrapper: Scope) -> bool:
    """Whether a wrapper calls the function that the decorator is given, always with all that it got itself."""
    assert isinstance(decorator.node, FUNCTIONS) and isinstance(wrapper.node, FUNCTIONS)
    if len(decorator.node.args.args) != 1:
        return False
    function = decorator.node.args.args[0].arg
    calls = list(_calls_of(function, wrapper))
    return bool(calls) and all(_is_same(call, wrapper.node) for call in calls)


def _calls_of(function: str, scope: Scope) -> Iterator[ast.Call]:
    for call in scope.calls:
        if isinstance(call.node.func, ast.Name) and call.node.func.id == function:
            yield call.node


def _is_same(call: ast.Call, wrapper: FunctionNode) -> bool:
    """Whether a call hands on each parameter of the function that it stands in, in their order."""
    taken = wrapper.args
    if taken.vararg is None or taken.kwarg is None or taken.kwonlyargs or taken.defaults:
        return False
    names = [argument.arg for argument in (*taken.posonlyargs, *taken.args)]
    given = [argument.id for argument in call.args if isinstance(argument, ast.Name)]
    return given == names and [
        ast.unparse(part) for part in (*call.args[len(names) :], *(keyword.value for keyword in call.keywords))
    ] == [f"*{taken.vararg.arg}", taken.kwarg.arg]
