"""Whether a place runs in a database transaction, and whether somebody else's transaction may be around it.

What is handed to ``transaction.on_commit`` runs after it: a lambda or a function of its own is never counted as part
of what it stands in.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model import orm
from flake8_aa_celery.model.bases import bases_of
from flake8_aa_celery.model.facts import Class, Task
from flake8_aa_celery.model.names import last_part, origin
from flake8_aa_celery.model.scopes import FUNCTIONS
from flake8_aa_celery.model.views import view_around

if TYPE_CHECKING:
    from flake8_aa_celery.model.facts import Dispatch, Mapping
    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.model.scopes import FunctionNode, Scope, Site

_ATOMIC = "django.db.transaction.atomic"
_NOT_ATOMIC = "django.db.transaction.non_atomic_requests"
_METHOD_DECORATOR = "django.utils.decorators.method_decorator"
#: The signals that Django sends while it saves, changes or deletes rows.
_SIGNALS = frozenset({"m2m_changed", "post_delete", "post_save", "pre_delete", "pre_save"})
_SAVES = frozenset({"asave", "save"})


#: The methods that wait for the commit.
ON_COMMIT = frozenset({"apply_async_on_commit", "delay_on_commit"})
_CONNECT = frozenset({"connect"})


def waits_for_commit(dispatch: Dispatch) -> bool:
    """Whether a dispatch runs after the commit: by its method, by a countdown, or because its own class sees to it."""
    if dispatch.method in ON_COMMIT or any(_is_later(dispatch.options, name) for name in ("countdown", "eta")):
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
        getattr(scope.node, "name", None) == method
        and any(
            isinstance(call.node.func, ast.Attribute) and call.node.func.attr == "on_commit" for call in scope.calls
        )
        for scope in owner.scope.children
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
            if any(_is_atomic(item.context_expr, outside) for item in block.node.items):
                return "`transaction.atomic()`"
    function = running(site)
    if function is None:
        return None
    if _has_decorator(function, _ATOMIC):
        return "a function with `@transaction.atomic`"
    if view_around(site, module) is None or not _wraps_requests(module):
        return None
    return None if _has_decorator(function, _NOT_ATOMIC) else "a view, and `ATOMIC_REQUESTS` is on"


def running(site: Site) -> Scope | None:
    """The function whose own body a place is part of; None for what stands in a lambda or in no function."""
    scope: Scope | None = site.scope
    while scope is not None and scope.kind == "comprehension":
        scope = scope.parent
    return scope if scope is not None and scope.kind == "function" else None


def _is_atomic(node: ast.expr, site: Site) -> bool:
    return origin(node.func if isinstance(node, ast.Call) else node, site) == _ATOMIC


def _has_decorator(function: Scope, wanted: str) -> bool:
    """Whether a function has a decorator, itself or, for a method, through one on its class."""
    node, site = function.node, function.block.site
    if site is None or not isinstance(node, FUNCTIONS):
        return False
    if any(wanted in (_origin(part, site), _applied(part, site)) for part in node.decorator_list):
        return True
    owner = orm.enclosing_class(function)
    if owner is None or owner.block.site is None or not isinstance(owner.node, ast.ClassDef):
        return False
    outside = owner.block.site
    return any(_applied(part, outside, node.name) == wanted for part in owner.node.decorator_list)


def _origin(decorator: ast.expr, site: Site) -> str | None:
    return origin(decorator.func if isinstance(decorator, ast.Call) else decorator, site)


def _applied(decorator: ast.expr, site: Site, method: str = "") -> str | None:
    """What ``@method_decorator(…)`` applies; on a class to this method, which it calls ``name``."""
    if not isinstance(decorator, ast.Call) or origin(decorator.func, site) != _METHOD_DECORATOR or not decorator.args:
        return None
    if method and not any(
        word.arg == "name" and isinstance(word.value, ast.Constant) and word.value.value == method
        for word in decorator.keywords
    ):
        return None
    return _origin(decorator.args[0], site)


def _wraps_requests(module: Module) -> bool:
    """Whether the project's settings put every request into a transaction."""
    return any(
        isinstance(value, ast.Constant) and value.value is True
        for value in module.project.configured("ATOMIC_REQUESTS")
    )


def while_saving(site: Site, module: Module) -> str | None:
    """What a place is part of that runs while a row is saved: a signal's receiver or a model's ``save``."""
    function = running(site)
    if function is None or not isinstance(function.node, FUNCTIONS) or function.block.site is None:
        return None
    node = function.node
    signal = receives(node, function.block.site, module)
    if signal:
        return f"a receiver of `{signal}`"
    owner = orm.enclosing_class(function)
    if owner is None or node.name not in _SAVES or not isinstance(owner.node, ast.ClassDef):
        return None
    outside = owner.block.site
    return f"a model's `{node.name}`" if outside and orm.is_model(Class(owner.node, module, outside)) else None


def receives(node: FunctionNode, site: Site, module: Module) -> str | None:
    """The signal of Django's ORM that a function is connected to, by ``@receiver`` or ``signal.connect``."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and origin(decorator.func, site) == orm.RECEIVER and decorator.args:
            listed = decorator.args[0]
            parts = listed.elts if isinstance(listed, (ast.List, ast.Tuple)) else [listed]
            found = next((name for part in parts if (name := _signal(part, site))), None)
            if found:
                return found
    return _connected(node, module)


def _connected(node: FunctionNode, module: Module) -> str | None:
    """The signal whose ``connect`` is given a function in the same module."""
    for call in module.calls_of(_CONNECT):
        function = call.node.func
        if isinstance(function, ast.Attribute):
            named = (word.value for word in call.node.keywords if word.arg == "receiver")
            given = call.node.args[0] if call.node.args else next(named, None)
            signal = _signal(function.value, call.site)
            if signal and isinstance(given, ast.Name) and given.id == node.name:
                return signal
    return None


def _signal(node: ast.expr, site: Site) -> str | None:
    dotted = origin(node, site) or ""
    name = last_part(dotted)
    return name if name in _SIGNALS and dotted == f"django.db.models.signals.{name}" else None
