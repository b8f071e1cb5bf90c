"""Whether a place runs in a database transaction, and whether somebody else's transaction may be around it.

What is handed to ``transaction.on_commit`` runs after it: a lambda or a function of its own is never counted as part
of what it stands in.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import origin
from flake8_aa_celery.model.code.scopes import FUNCTIONS, Site
from flake8_aa_celery.model.code.syntax import keyword_of, positional_parameters, without_call
from flake8_aa_celery.model.configuration.databases import has_atomic_requests
from flake8_aa_celery.model.configuration.dependencies import dependencies_of
from flake8_aa_celery.model.django.views import view_around
from flake8_aa_celery.model.knowledge.celery import AFTER_COMMIT
from flake8_aa_celery.model.knowledge.django import (
    ATOMIC,
    LOCKS,
    METHOD_DECORATOR,
    NOT_ATOMIC,
    SIGNALS_IN_TRANSACTIONS,
)
from flake8_aa_celery.model.resolve.classes import bases_of, class_around
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.signals import signals_of
from flake8_aa_celery.model.resolve.values import BoundMethod, ClassTask, Function, Signature, Task, Workflow

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Block, Scope
    from flake8_aa_celery.model.resolve.values import Class, Dispatch, Mapping, Value

#: How a task is sent after the commit by a Celery that has no method for it.
BY_PARTIAL = "transaction.on_commit(partial(…))"
#: The version of Celery that has ``delay_on_commit``.
_WITH_ON_COMMIT = (5, 4)


def waits_for_commit(dispatch: Dispatch) -> bool:
    """Whether a dispatch runs after the commit: by its method, by a countdown, or because its own class sees to it."""
    if (
        dispatch.is_handed_over
        or dispatch.method in AFTER_COMMIT
        or _is_delayed(dispatch.options)
        or _starts_later(dispatch.receiver)
    ):
        return True
    task = dispatch.task
    if not isinstance(task, Task):
        return False
    return any(_waits(found, method) for found in bases_of(task).classes for method in ("apply_async", "delay"))


def _starts_later(receiver: Value) -> bool:
    """Whether what is sent has a countdown of its own: a signature, the first of a chain, all of a group."""
    if isinstance(receiver, Signature):
        return _is_delayed(receiver.options)
    if not isinstance(receiver, Workflow):
        return False
    members = [member.value for member in receiver.members.elements]
    first = members[:1] if receiver.kind == "chain" else members if receiver.members.complete else []
    return _is_delayed(receiver.options) or (bool(first) and all(map(_starts_later, first)))


def _is_delayed(options: Mapping) -> bool:
    """Whether something is given a countdown or an eta, however long it may be; not one of 0."""
    return any(options.get(name) and options.constant(name) not in (0, None) for name in ("countdown", "eta"))


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
    receiver, project = dispatch.receiver, dispatch.module.project
    if transaction is not None and not transaction.of_default:
        return "transaction.on_commit(…, using=…)"
    if dependencies_of(project).may_be_before("celery", _WITH_ON_COMMIT):
        return BY_PARTIAL
    is_plain = isinstance(receiver, Task) and not isinstance(receiver, ClassTask) and receiver.options.lacks("base")
    if is_plain and dispatch.method in ("apply_async", "delay"):
        return f"{dispatch.method}_on_commit"
    return "transaction.on_commit"


def around(site: Site) -> Transaction | None:
    """The transaction that a place runs in; None where none is seen."""
    for block in site.block.around():
        entered = _transaction_of(block)
        if entered is not None:
            return entered
    function = running(site)
    if function is None:
        return None
    found = of_function(function)
    if found is None and _locks_before(function, site):
        return Transaction("a transaction, as `select_for_update()` demands")
    return found


@fact
def of_function(function: Scope) -> Transaction | None:
    """The transaction in which all of a function runs; None where none is seen."""
    atomic = _decorator(function, ATOMIC)
    if atomic is not None:
        return Transaction("a function with `@transaction.atomic`", _is_of_default(atomic))
    wrapping = _wrapping_decorator(function)
    if wrapping is not None:
        return Transaction(f"a transaction of `@{ast.unparse(without_call(wrapping))}`")
    signal = _sent_in_transaction(function)
    if signal:
        return Transaction(f"a receiver of `{signal}`")
    view = view_around(Site(function.block, function.block.body[0], 0)) if function.block.body else None
    if view is None or not _wraps_requests(function.module) or _decorator(function, NOT_ATOMIC):
        return None
    return Transaction("a view, and `ATOMIC_REQUESTS` is on")


def _sent_in_transaction(function: Scope) -> str | None:
    """The signal that a function receives which Django sends in a transaction of its own."""
    node, site = function.node, function.block.site
    names = signals_of(node, site) if isinstance(node, FUNCTIONS) and site is not None else []
    return next((name for name in names if name in SIGNALS_IN_TRANSACTIONS), None)


def is_transaction(block: Block) -> bool:
    """Whether a block is the body of ``with transaction.atomic():``, or of a context manager made of it."""
    return _transaction_of(block) is not None


def _transaction_of(block: Block) -> Transaction | None:
    """The transaction whose body a block is."""
    if not isinstance(block.node, (ast.With, ast.AsyncWith)) or block.kind != "with" or block.site is None:
        return None
    entered = (_entered(item.context_expr, block.site) for item in block.node.items)
    return next((each for each in entered if each is not None), None)


def opens_any(function: Scope) -> bool:
    """Whether a transaction may be open anywhere in a function."""
    if of_function(function) is not None or _locks(function) is not None:
        return True
    return any(block.kind == "with" for call in function.calls for block in call.site.block.around())


# -- opened by the project's own functions ----------------------------------------------------------------------


def _entered(context: ast.expr, site: Site) -> Transaction | None:
    """The transaction that a context manager opens: Django's, or one of the project that is made of it."""
    if _origin(context, site) == ATOMIC:
        return Transaction("`transaction.atomic()`", _is_of_default(context))
    function = _of_project(context, site)
    if function is None or not _yields_in_atomic(function):
        return None
    return Transaction(f"a transaction of `{ast.unparse(without_call(context))}()`")


def _of_project(node: ast.expr, site: Site) -> Scope | None:
    """The function of the project that a context manager or decorator is, called or not."""
    value = value_of(without_call(node), site)
    function = value.function if isinstance(value, BoundMethod) else value
    return function.module.scopes.by_node[function.node] if isinstance(function, Function) else None


def _yields_in_atomic(function: Scope) -> bool:
    """Whether a generator, as ``@contextmanager`` takes it, hands over while its transaction is open."""
    return any(_is_in_atomic(site) for _, site in function.yields)


def _is_in_atomic(site: Site) -> bool:
    return any(
        isinstance(block.node, (ast.With, ast.AsyncWith))
        and block.site is not None
        and any(_origin(item.context_expr, block.site) == ATOMIC for item in block.node.items)
        for block in site.block.around()
    )


def _wrapping_decorator(function: Scope) -> ast.expr | None:
    """The decorator of the project that calls the function within a transaction."""
    site, node = function.block.site, function.node
    if site is None or not isinstance(node, FUNCTIONS):
        return None
    for decorator in node.decorator_list:
        scope = _of_project(decorator, site)
        if scope is not None and any(_calls_in_atomic(inner) for inner in scope.children):
            return decorator
    return None


def _calls_in_atomic(wrapper: Scope) -> bool:
    """Whether a wrapper calls what it wraps in a transaction, or is wrapped in one itself; also one level down."""
    if not isinstance(wrapper.node, FUNCTIONS):
        return False
    wrapped = {name for scope in (wrapper.parent, wrapper) if scope for name in _parameters(scope)}
    calls = (call for call in wrapper.calls if isinstance(call.node.func, ast.Name) and call.node.func.id in wrapped)
    return any(_is_in_atomic(call.site) for call in calls) or any(map(_calls_in_atomic, wrapper.children))


def _parameters(scope: Scope) -> list[str]:
    return positional_parameters(scope.node) if isinstance(scope.node, FUNCTIONS) else []


@fact
def _locks(function: Scope) -> int | None:
    """In which order of its statements a function first locks rows; None where it does not."""
    return min((call.site.order for call in function.calls if call.name == LOCKS), default=None)


def _locks_before(function: Scope, site: Site) -> bool:
    """Whether rows were locked before a place, for which a transaction must be open."""
    first = _locks(function)
    return first is not None and first < site.order and not _opens_itself(function)


@fact
def _opens_itself(function: Scope) -> bool:
    """Whether a call of a function stands in a transaction that it opens."""
    return any(_is_in_atomic(call.site) for call in function.calls)


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
    if not isinstance(decorator, ast.Call) or origin(decorator.func, site) != METHOD_DECORATOR or not decorator.args:
        return None
    name = keyword_of(decorator, "name")
    if method and not (isinstance(name, ast.Constant) and name.value == method):
        return None
    return decorator.args[0]


def _wraps_requests(module: Module) -> bool:
    """Whether the project's settings put every request into a transaction."""
    return has_atomic_requests(module.project)
