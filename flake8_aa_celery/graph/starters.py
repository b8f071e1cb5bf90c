"""What starts tasks: the task, view, receiver … that a place in the code belongs to."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.django.commands import is_command
from flake8_aa_celery.model.django.views import is_view
from flake8_aa_celery.model.resolve.admin import is_of_admin
from flake8_aa_celery.model.resolve.signals import connections
from flake8_aa_celery.model.resolve.task_functions import task_around, task_of_function
from flake8_aa_celery.model.resolve.values import ClassTask

if TYPE_CHECKING:
    from flake8_aa_celery.graph.elements import Kind
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import FunctionNode, Scope, Site
    from flake8_aa_celery.model.resolve.values import Task


class Starter(NamedTuple):
    """A task, or a function or module that starts one.

    :param node: the function; None for what runs when the module is imported.
    :param task: the task that it is, if it is one.
    """

    kind: Kind
    name: str
    node: FunctionNode | None
    module: Module
    detail: str = ""
    task: Task | None = None


def starter_at(site: Site) -> Starter:
    """The task, view, … that runs what stands at a place: the outermost function around it, or the task around it."""
    task = task_around(site)
    if task is not None:
        return of_task(task)
    outermost: Scope | None = None
    scope: Scope | None = site.scope
    while scope is not None:
        outermost = scope if isinstance(scope.node, FUNCTIONS) else outermost
        scope = scope.parent
    return of_function(outermost) if outermost else Starter("module", site.module.dotted, None, site.module)


def of_task(task: Task) -> Starter:
    """A task as a starter."""
    of = task.owner.scope if isinstance(task, ClassTask) else task.scope
    return Starter("task", qualified(of), task.node, task.scope.module, task=task)


def of_function(scope: Scope) -> Starter:
    """A function as a starter: what kind it is, and its name after that of its class."""
    node, site = scope.node, scope.block.site
    assert isinstance(node, FUNCTIONS) and site is not None
    task = task_of_function(node, site.module)
    if task is not None:
        return of_task(task)
    kind, detail = _kind(scope, site)
    return Starter(kind, qualified(scope), node, scope.module, detail)


def _kind(function: Scope, site: Site) -> tuple[Kind, str]:
    """What kind of starter a function is, and of a receiver its signal."""
    node = function.node
    assert isinstance(node, FUNCTIONS)
    connection = next(connections(node, site), None)
    if connection is not None:
        return "receiver", ast.unparse(connection.written) if connection.written else ""
    if is_of_admin(function):
        return "admin", ""
    if is_view(function):
        return "view", ""
    return ("command" if is_command(site.module) else "function"), ""


def qualified(scope: Scope) -> str:
    """The name of a function or class after those around it: ``Class.method``."""
    parts: list[str] = []
    inner: Scope | None = scope
    while inner is not None:
        name = getattr(inner.node, "name", "")
        parts[:0] = [name] if name else []
        inner = inner.parent
    return ".".join(parts)
