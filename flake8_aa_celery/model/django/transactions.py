"""Whether a place runs in a database transaction, and whether somebody else's transaction may be around it.

What is handed to ``transaction.on_commit`` runs after it: a lambda or a function of its own is never counted as part
of what it stands in.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.names import origin
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import keyword_of, without_call
from flake8_aa_celery.model.configuration.settings import configured
from flake8_aa_celery.model.django.views import view_around
from flake8_aa_celery.model.resolve.classes import bases_of, class_around
from flake8_aa_celery.model.resolve.values import Task

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Block, Scope, Site
    from flake8_aa_celery.model.resolve.values import Class, Dispatch, Mapping

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


class Transaction(NamedTuple):
    """A transaction that a place runs in.

    :param place: what a message calls that.
    :param of_default: whether it is one of the default database, for whose commit alone Celery's methods wait.
    """

    place: str
    of_default: bool = True


def method_after_commit(dispatch: Dispatch, transaction: Transaction | None = None) -> str:
    """What sends the same after the commit: only tasks of Celery's own class have a method for that."""
    receiver = dispatch.receiver
    if transaction is not None and not transaction.of_default:
        return "transaction.on_commit(…, using=…)"
    if isinstance(receiver, Task) and receiver.options.lacks("base") and dispatch.method in ("apply_async", "delay"):
        return f"{dispatch.method}_on_commit"
    return "transaction.on_commit"


def around(site: Site) -> Transaction | None:
    """The transaction that a place runs in; None where none is seen."""
    for block in site.block.around():
        entered = _entered(block)
        if entered is not None:
            return Transaction("`transaction.atomic()`", _is_of_default(entered))
    function = running(site)
    if function is None:
        return None
    atomic = _decorator(function, _ATOMIC)
    if atomic is not None:
        return Transaction("a function with `@transaction.atomic`", _is_of_default(atomic))
    if view_around(site) is None or not _wraps_requests(site.module) or _decorator(function, _NOT_ATOMIC):
        return None
    return Transaction("a view, and `ATOMIC_REQUESTS` is on")


def is_transaction(block: Block) -> bool:
    """Whether a block is the body of ``with transaction.atomic():``."""
    return _entered(block) is not None


def _entered(block: Block) -> ast.expr | None:
    """The ``atomic()`` whose body a block is."""
    if not isinstance(block.node, (ast.With, ast.AsyncWith)) or block.kind != "with" or block.site is None:
        return None
    items = (item.context_expr for item in block.node.items)
    return next((item for item in items if _origin(item, block.site) == _ATOMIC), None)


def _is_of_default(atomic: ast.expr) -> bool:
    """Whether ``atomic``, called or not, is about the default database: ``using`` is its first parameter."""
    if not isinstance(atomic, ast.Call):
        return True
    if any(keyword.arg is None for keyword in atomic.keywords):
        return False
    using = atomic.args[0] if atomic.args else keyword_of(atomic, "using")
    return using is None or (isinstance(using, ast.Constant) and using.value in (None, "default"))


def running(site: Site) -> Scope | None:
    """The function whose own body a place is part of; None for what stands in a lambda or in no function."""
    scope = site.scope.runs_in()
    return scope if scope.kind == "function" else None


def _decorator(function: Scope, wanted: str) -> ast.expr | None:
    """A decorator that a function has, itself or, for a method, through one on its class."""
    node, site = function.node, function.block.site
    if site is None or not isinstance(node, FUNCTIONS):
        return None
    decorators = [(part, site) for part in node.decorator_list]
    decorators += [(applied, site) for part in node.decorator_list if (applied := _applied(part, site))]
    owner = class_around(function, function.module)
    if owner is not None:
        of_class = [_applied(part, owner.site, node.name) for part in owner.node.decorator_list]
        decorators += [(applied, owner.site) for applied in of_class if applied]
    return next((decorator for decorator, place in decorators if _origin(decorator, place) == wanted), None)


def _origin(node: ast.expr, site: Site) -> str | None:
    """The origin of a decorator or context manager, whether it is called or not."""
    return origin(without_call(node), site)


def _applied(decorator: ast.expr, site: Site, method: str = "") -> ast.expr | None:
    """What ``@method_decorator(…)`` applies; on a class to this method, which it calls ``name``."""
    if not isinstance(decorator, ast.Call) or origin(decorator.func, site) != _METHOD_DECORATOR or not decorator.args:
        return None
    name = keyword_of(decorator, "name")
    if method and not (isinstance(name, ast.Constant) and name.value == method):
        return None
    return decorator.args[0]


def _wraps_requests(module: Module) -> bool:
    """Whether the project's settings put every request into a transaction."""
    return any(
        isinstance(value, ast.Constant) and value.value is True
        for value in configured(module.project, "ATOMIC_REQUESTS")
    )
