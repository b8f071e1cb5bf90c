"""Whether a place runs in a database transaction, and whether somebody else's transaction may be around it.

What is handed to ``transaction.on_commit`` runs after it: a lambda or a function of its own is never counted as part
of what it stands in.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.names import origin
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import keyword_of, without_call
from flake8_aa_celery.model.django.views import view_around
from flake8_aa_celery.model.expressions.bases import bases_of, class_around
from flake8_aa_celery.model.expressions.facts import Task

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.scopes import Scope, Site
    from flake8_aa_celery.model.expressions.facts import Class, Dispatch, Mapping
    from flake8_aa_celery.model.module import Module

_ATOMIC = "django.db.transaction.atomic"
_NOT_ATOMIC = "django.db.transaction.non_atomic_requests"
_METHOD_DECORATOR = "django.utils.decorators.method_decorator"
#: The methods that wait for the commit.
_ON_COMMIT = frozenset({"apply_async_on_commit", "delay_on_commit"})


def waits_for_commit(dispatch: Dispatch) -> bool:
    """Whether a dispatch runs after the commit: by its method, by a countdown, or because its own class sees to it."""
    if dispatch.method in _ON_COMMIT or any(_is_later(dispatch.options, name) for name in ("countdown", "eta")):
        return True
    task = dispatch.task
    if not isinstance(task, Task):
        return False
    return any(_waits(found, method) for found in bases_of(task).classes for method in ("apply_async", "delay"))


def _is_later(options: Mapping, name: str) -> bool:
    return options.get(name) is not None and options.constant(name) not in (0, None)


def _waits(owner: Class, method: str) -> bool:
    """Whether a method of a class hands something to ``on_commit``."""
    return any(
        call.name == "on_commit"
        for scope in owner.scope.children
        if isinstance(scope.node, FUNCTIONS) and scope.node.name == method
        for call in scope.calls
    )


def method_after_commit(dispatch: Dispatch) -> str:
    """What sends the same after the commit: only tasks of Celery's own class have a method for that."""
    receiver = dispatch.receiver
    if isinstance(receiver, Task) and receiver.options.lacks("base") and dispatch.method in ("apply_async", "delay"):
        return f"{dispatch.method}_on_commit"
    return "transaction.on_commit"


def around(site: Site, module: Module) -> str | None:
    """The transaction that a place runs in, as a message calls it; None where none is seen."""
    for block in site.block.around():
        if isinstance(block.node, (ast.With, ast.AsyncWith)) and block.kind == "with" and block.site:
            outside = block.site
            if any(_origin(item.context_expr, outside) == _ATOMIC for item in block.node.items):
                return "`transaction.atomic()`"
    function = running(site)
    if function is None:
        return None
    if _has_decorator(function, _ATOMIC, module):
        return "a function with `@transaction.atomic`"
    if view_around(site, module) is None or not _wraps_requests(module):
        return None
    return None if _has_decorator(function, _NOT_ATOMIC, module) else "a view, and `ATOMIC_REQUESTS` is on"


def running(site: Site) -> Scope | None:
    """The function whose own body a place is part of; None for what stands in a lambda or in no function."""
    scope = site.scope.runs_in()
    return scope if scope.kind == "function" else None


def _has_decorator(function: Scope, wanted: str, module: Module) -> bool:
    """Whether a function has a decorator, itself or, for a method, through one on its class."""
    node, site = function.node, function.block.site
    if site is None or not isinstance(node, FUNCTIONS):
        return False
    if any(wanted in (_origin(part, site), _applied(part, site)) for part in node.decorator_list):
        return True
    owner = class_around(function, module)
    return owner is not None and any(
        _applied(part, owner.site, node.name) == wanted for part in owner.node.decorator_list
    )


def _origin(node: ast.expr, site: Site) -> str | None:
    """The origin of a decorator or context manager, whether it is called or not."""
    return origin(without_call(node), site)


def _applied(decorator: ast.expr, site: Site, method: str = "") -> str | None:
    """What ``@method_decorator(…)`` applies; on a class to this method, which it calls ``name``."""
    if not isinstance(decorator, ast.Call) or origin(decorator.func, site) != _METHOD_DECORATOR or not decorator.args:
        return None
    name = keyword_of(decorator, "name")
    if method and not (isinstance(name, ast.Constant) and name.value == method):
        return None
    return _origin(decorator.args[0], site)


def _wraps_requests(module: Module) -> bool:
    """Whether the project's settings put every request into a transaction."""
    return any(
        isinstance(value, ast.Constant) and value.value is True
        for value in module.project.configured("ATOMIC_REQUESTS")
    )
