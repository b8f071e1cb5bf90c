"""Decorators that stand above the one that registers a task."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.facts import Function, Origin
from flake8_aa_celery.model.scopes import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.facts import Task
    from flake8_aa_celery.model.scopes import Scope

#: Decorators of libraries that return a function as it is, or hand on what is asked of it as a bound method does.
_RETURN_IT = frozenset(
    {"allianceauth.hooks.register", "atexit.register", "builtins.classmethod", "builtins.staticmethod"}
    | {"django.dispatch.dispatcher.receiver", "django.dispatch.receiver", "typing.final", "typing.no_type_check"}
)


def hiding(task: Task) -> Iterator[ast.expr]:
    """The decorators above a task's own of which it is not known that they return what they are given."""
    return (decorator for decorator in task.decorators_above if not _returns_it(decorator, task))


def _returns_it(decorator: ast.expr, task: Task) -> bool:
    called = isinstance(decorator, ast.Call)
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    if isinstance(target, ast.Attribute) and target.attr == "connect":
        return True  # of a signal, Django's or Celery's
    value = task.module.evaluate(target, task.site)
    if isinstance(value, Origin):
        return value.dotted in _RETURN_IT
    if not isinstance(value, Function):
        return False
    scope = value.module.scopes.by_node[value.node]
    return _inner_returns_its_argument(scope) if called else _returns_its_argument(scope)


def _inner_returns_its_argument(scope: Scope) -> bool:
    """Whether what ``@decorator(…)`` returns is a function that returns what it is given."""
    inner = {child.node.name: child for child in scope.children if isinstance(child.node, FUNCTIONS)}
    names = [node.value.id for node, _ in scope.returns if isinstance(node.value, ast.Name)]
    return bool(names) and all(name in inner and _returns_its_argument(inner[name]) for name in names)


def _returns_its_argument(scope: Scope) -> bool:
    parameters = scope.node.args.args if isinstance(scope.node, FUNCTIONS) else []
    returned = [node.value for node, _ in scope.returns]
    return (
        bool(parameters and returned)
        and len(scope.bindings.get(parameters[0].arg, ())) == 1
        and all(isinstance(value, ast.Name) and value.id == parameters[0].arg for value in returned)
    )
