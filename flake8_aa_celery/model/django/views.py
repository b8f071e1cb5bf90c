"""Which functions answer a request."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import last_part
from flake8_aa_celery.model.code.syntax import positional_parameters, without_call
from flake8_aa_celery.model.knowledge import django, web
from flake8_aa_celery.model.resolve.classes import class_around, lineage
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.task_functions import tasks_of
from flake8_aa_celery.model.resolve.values import Origin

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import FunctionNode, Scope, Site
    from flake8_aa_celery.model.resolve.values import Class


class View(NamedTuple):
    """A function or method that answers a request."""

    node: FunctionNode
    scope: Scope

    @property
    def name(self) -> str:
        """The name of the function."""
        return self.node.name


@fact
def views_of(module: Module) -> list[View]:
    """The views of a module: functions whose first parameter is ``request`` or that a route leads to, and methods.

    Methods are those of class-based views, of Django REST framework's sets of views, and of its serializers.
    """
    tasks = {task.node for task in tasks_of(module)}
    return [
        View(node, module.scopes.by_node[node])
        for node, _ in module.scopes.functions
        if _is_view(node, module) and node not in tasks
    ]


def _is_view(node: FunctionNode, module: Module) -> bool:
    scope = module.scopes.by_node[node]
    if any(_makes_view(decorator, scope) for decorator in node.decorator_list):
        return True
    owner = class_around(scope, module)
    if owner is not None:
        return _is_method_of_view(node.name, owner)
    if positional_parameters(node)[:1] != ["request"] or node.name.startswith("_"):
        return False
    # what answers nothing is a helper that was handed the request
    return any(answer.value is not None for answer, _ in scope.returns)


def _is_method_of_view(name: str, owner: Class) -> bool:
    """Whether a method of this name answers a request, by what its class is based on."""
    of_django, of_views = name in django.VIEW_METHODS, name in web.VIEW_METHODS
    of_serializers = name in web.SERIALIZER_METHODS
    if not (of_django or of_views or of_serializers):
        return False
    for dotted in lineage(owner).origins:
        base = last_part(dotted)
        if of_django and dotted.startswith(django.VIEWS) and base.endswith("View"):
            return True
        if dotted.startswith(web.REST_FRAMEWORK) and (
            ((of_django or of_views) and base.endswith(web.VIEW_CLASSES))
            or (of_serializers and base.endswith(web.SERIALIZERS))
        ):
            return True
    return False


def _makes_view(decorator: ast.expr, scope: Scope) -> bool:
    """Whether a decorator makes a view of a function: ``@api_view(…)``, ``@action(…)``, ``@app.route(…)``."""
    site = scope.block.site
    function = without_call(decorator)
    if site is None:
        return False
    if site.module.origin(function, site) in web.VIEW_DECORATORS:
        return True
    if not isinstance(decorator, ast.Call) or not isinstance(function, ast.Attribute):
        return False
    if function.attr not in web.ROUTES:
        return False
    router = value_of(function.value, site)
    return isinstance(router, Origin) and router.dotted in web.ROUTERS


def view_around(site: Site) -> View | None:
    """The view that a place of a module belongs to, if it is part of one's own body."""
    function = site.scope.function()
    return _by_scope(site.module).get(function) if function else None


def is_view(function: Scope) -> bool:
    """Whether a function answers a request."""
    return function in _by_scope(function.module)


@fact
def _by_scope(module: Module) -> dict[Scope, View]:
    return {view.scope: view for view in views_of(module)}
