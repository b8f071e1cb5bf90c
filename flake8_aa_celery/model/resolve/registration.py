"""What registers a function as a task: Celery's decorators, and those that the project makes of them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.names import imported_name, reaching
from flake8_aa_celery.model.code.syntax import without_call
from flake8_aa_celery.model.resolve.evaluation import keywords_of, value_of
from flake8_aa_celery.model.resolve.values import (
    BoundMethod,
    Function,
    Instance,
    Items,
    Lambda,
    Partial,
    Registrar,
    Task,
    Value,
)

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.scopes import Site


def registered(registrar: Registrar, node: ast.Call, site: Site) -> Value:
    """What a call of something that registers tasks returns: a task, or the same with more options."""
    options = registrar.options.merged(keywords_of(node, site))
    function = _first(node, site)
    if isinstance(function, Function):
        return Task(function.node, function.site, node, 0, registrar.spelling, options)
    return Registrar(registrar.spelling, options)


def _first(node: ast.Call, site: Site) -> Value | None:
    """The first thing that a call is given by position; None where that is nothing."""
    given = node.args[0] if node.args else None
    if not isinstance(given, ast.Starred):
        return value_of(given, site) if given is not None else None
    items = value_of(given.value, site)
    return items.elements[0].value if isinstance(items, Items) and items.elements else None


def registered_by(decorator: ast.expr, function: Function, site: Site) -> Task | None:
    """The task that a decorator of the project makes of a function; None where it makes none that is known.

    ``my_task`` that returns ``shared_task(f, base=Base)``, ``my_task(name=…)`` that returns ``app.task(name=…)``, and
    one that registers a function of its own in which it calls the decorated one.
    """
    if not _is_of_project(without_call(decorator), site):
        return None
    made = _applied(value_of(decorator, site), function, site)
    return made if isinstance(made, Task) else None


def _is_of_project(node: ast.expr, site: Site) -> bool:
    """Whether a decorator is defined in the project, by the name that it begins with: others are not asked."""
    while isinstance(node, (ast.Attribute, ast.Call)):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    if not isinstance(node, ast.Name):
        return False
    bindings = reaching(node.id, site)
    if site.module.origin(node, site) == "functools.partial":
        return True
    if not bindings:
        return bool(site.module.scopes.module.star_imports)
    return any(
        not isinstance(binding.node, (ast.Import, ast.ImportFrom))
        or site.module.project.has(imported_name(node.id, binding.node), site.module)
        for binding in bindings
    )


def _applied(decorator: Value, function: Function, site: Site) -> Value | None:
    from flake8_aa_celery.model.resolve.attributes import attribute_of  # which asks in turn what functions are
    from flake8_aa_celery.model.resolve.returns import applied

    if isinstance(decorator, Registrar):
        return Task(
            function.node, function.site, function.node.decorator_list[0], 0, decorator.spelling, decorator.options
        )
    if isinstance(decorator, Instance):
        method = attribute_of(decorator, "__call__", site)
        return applied(method, function, site) if isinstance(method, BoundMethod) else None
    if isinstance(decorator, (BoundMethod, Function, Lambda, Partial)):
        return applied(decorator, function, site)
    return None
