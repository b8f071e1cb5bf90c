"""Which functions answer a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import last_part
from flake8_aa_celery.model.code.syntax import positional_parameters
from flake8_aa_celery.model.knowledge import django
from flake8_aa_celery.model.resolve.classes import class_around, lineage
from flake8_aa_celery.model.resolve.task_functions import tasks_of

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
    """The views of a module: functions whose first parameter is ``request``, and methods of class-based views."""
    tasks = {task.node for task in tasks_of(module)}
    return [
        View(node, module.scopes.by_node[node])
        for node, _ in module.scopes.functions
        if _is_view(node, module) and node not in tasks
    ]


def _is_view(node: FunctionNode, module: Module) -> bool:
    scope = module.scopes.by_node[node]
    owner = class_around(scope, module)
    if owner is not None:
        return node.name in django.VIEW_METHODS and _is_view_class(owner)
    if positional_parameters(node)[:1] != ["request"] or node.name.startswith("_"):
        return False
    # what answers nothing is a helper that was handed the request
    return any(answer.value is not None for answer, _ in scope.returns)


def _is_view_class(owner: Class) -> bool:
    """Whether a class is based on a view of Django or of its REST framework."""
    origins = lineage(owner).origins
    return any(dotted.startswith(django.VIEWS) and last_part(dotted).endswith("View") for dotted in origins)


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
