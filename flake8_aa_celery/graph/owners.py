"""What a place in the code belongs to: a task, a view, a receiver …, by the outermost function around it."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.names import last_part, origin
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import without_call
from flake8_aa_celery.model.django.views import views_of
from flake8_aa_celery.model.resolve import orm, task_functions
from flake8_aa_celery.model.resolve.classes import class_around
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.task_functions import function_of
from flake8_aa_celery.model.resolve.values import Class, Task

if TYPE_CHECKING:
    from flake8_aa_celery.graph.facts import Kind
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import FunctionNode, Scope, Site

_DEEPEST = 10


class Owner(NamedTuple):
    """What a place belongs to.

    :param node: the function; None for what runs when the module is imported.
    :param task: the task that it is, if it is one.
    """

    kind: Kind
    name: str
    node: FunctionNode | None
    module: Module
    detail: str = ""
    task: Task | None = None


def owner_of(site: Site) -> Owner:
    """The task, view, … that runs what stands at a place; functions within one belong to it."""
    module = site.module
    scope: Scope | None = site.scope
    outermost: Scope | None = None
    while scope is not None:
        if isinstance(scope.node, FUNCTIONS):
            found = scope.block.site and task_functions.function_of(scope.node, scope.block.site)
            if isinstance(found, Task):
                return of_task(found)
            outermost = scope
        scope = scope.parent
    return of_function(outermost) if outermost else Owner("module", module.dotted, None, module)


def of_task(task: Task) -> Owner:
    """A task as an owner."""
    return Owner("task", _qualified(task.scope), task.node, task.module, task=task)


def of_function(scope: Scope) -> Owner:
    """A function as an owner: what kind it is, and what it is called behind its class."""
    node, site = scope.node, scope.block.site
    assert isinstance(node, FUNCTIONS) and site is not None
    value = function_of(node, site)
    if isinstance(value, Task):
        return of_task(value)
    kind, detail = _kind(node, scope, site)
    return Owner(kind, _qualified(scope), node, scope.module, detail)


def _kind(node: FunctionNode, scope: Scope, site: Site) -> tuple[Kind, str]:
    signal = _signal(node, site)
    if signal is not None:
        return "receiver", signal
    if _is_admin(scope):
        return "admin", ""
    if any(view.scope is scope for view in views_of(site.module)):
        return "view", ""
    if "/management/commands/" in site.module.path.replace("\\", "/"):
        return "command", ""
    return "function", ""


def _qualified(scope: Scope) -> str:
    """``Class.method``."""
    parts: list[str] = []
    inner: Scope | None = scope
    while inner is not None:
        name = getattr(inner.node, "name", "")
        parts[:0] = [name] if name else []
        inner = inner.parent
    return ".".join(parts)


def _is_admin(scope: Scope) -> bool:
    """Whether a function is a method of one of Django's admin classes, or an action in a module of them."""
    owner = class_around(scope, scope.module)
    return scope.module.dotted.rpartition(".")[2] == "admin" if owner is None else _is_admin_class(owner)


def _is_admin_class(found: Class, depth: int = 0) -> bool:
    for base in found.node.bases:
        dotted = found.module.origin(base, found.site) or ""
        if last_part(dotted).endswith(("Admin", "AdminMixin", "TabularInline", "StackedInline")):
            return True
        value = value_of(base, found.site) if depth < _DEEPEST else None
        if isinstance(value, Class) and value.node is not found.node and _is_admin_class(value, depth + 1):
            return True
    return False


def _signal(node: FunctionNode, site: Site) -> str | None:
    """The signal that a function is connected to, of Django's, Celery's or an app's own; None for none."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and origin(decorator.func, site) in orm.RECEIVERS:
            return ast.unparse(decorator.args[0]) if decorator.args else ""
        target = without_call(decorator)
        if isinstance(target, ast.Attribute) and target.attr == "connect":
            return ast.unparse(target.value)
    return _connected(site.module).get(node.name)


@lru_cache(maxsize=64)
def _connected(module: Module) -> dict[str, str]:
    """The signals that a module connects functions to, by the names of these: ``post_save.connect(tell)``."""
    found: dict[str, str] = {}
    for call in module.all_calls():
        match call.node:
            case ast.Call(func=ast.Attribute(value=signal, attr="connect"), args=[ast.Name(id=name), *_]):
                found.setdefault(name, ast.unparse(signal))
    return found
