"""Handlers for the error of a task that has no retries left."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.handlers import caught_by, tries_around
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import last_part, origin, reaching
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import given_to, positional_parameters
from flake8_aa_celery.model.resolve.arguments import by_name
from flake8_aa_celery.model.resolve.classes import bases_of, class_around, lineage
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.task_functions import task_around
from flake8_aa_celery.model.resolve.values import Class, Dispatch, Origin, Task
from flake8_aa_celery.model.tasks.retries import is_retry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Binding, Block, CallSite, Site
    from flake8_aa_celery.model.resolve.classes import Bases

_RETRY = frozenset({"retry"})
#: The error of a task that has no retries left.
EXHAUSTED = "MaxRetriesExceededError"
#: What ``Task.retry`` takes by position, as far as the exception.
_PARAMETERS = ("args", "kwargs", "exc")
#: Methods that raise what a task raised which ran elsewhere.
_RAISES_OF_OTHERS = frozenset({"apply", "collect", "get", "join", "wait"})
#: Through this many names an exception is followed.
_MOST_STEPS = 5


class DeadHandler(NamedTuple):
    """A handler for ``MaxRetriesExceededError`` that never runs.

    :param node: the exception that it names: where to report it.
    :param retries: the calls of ``retry`` in its ``try``, which raise what they are given; none where the retry
        stands in another handler of the same ``try``, which this one does not see.
    """

    node: ast.expr
    retries: list[ast.Call]


class _Retrying(NamedTuple):
    """A call by which a task sends itself again.

    :param itself: the name by which the task calls itself there.
    :param bases: the classes of the task.
    """

    call: CallSite
    itself: str
    bases: Bases


@fact
def dead_handlers_of(module: Module) -> list[DeadHandler]:
    """Every handler for ``MaxRetriesExceededError`` around or beside a retry that certainly never runs."""
    around: dict[ast.ExceptHandler, list[_Retrying]] = {}
    beside: dict[ast.ExceptHandler, _Retrying] = {}
    places: dict[ast.ExceptHandler, Block] = {}
    for retrying in _retrying_in(module):
        site = retrying.call.site
        for block in tries_around(site):
            handler = _handler_of(block.node, block.site, retrying)
            if handler is not None:
                around.setdefault(handler, []).append(retrying)
                places[handler] = block
                break
        for block in site.block.around():
            statement = block.site.statement if block.kind == "handler" and block.site else None
            handler = _handler_of(statement, block.site, retrying)
            if handler is not None and handler is not block.node:
                beside.setdefault(handler, retrying)
    found = [
        DeadHandler(_named(handler), [retrying.call.node for retrying in retries])
        for handler, retries in around.items()
        if all(_raises_what_it_is_given(retrying.call) for retrying in retries)
        and not _may_raise_it(places[handler].node, retries[0])
    ]
    found += [
        DeadHandler(_named(handler), [])
        for handler, retrying in beside.items()
        if handler not in around and not _may_raise_it(_try_of(handler, module), retrying)
    ]
    return sorted(found, key=lambda dead: (dead.node.lineno, dead.node.col_offset))


def _named(handler: ast.ExceptHandler) -> ast.expr:
    return caught_by(handler)[0]


@fact
def _tries(module: Module) -> dict[ast.ExceptHandler, ast.Try]:
    """The ``try`` that each handler of a module belongs to."""
    return {handler: node for node in ast.walk(module.tree) if isinstance(node, ast.Try) for handler in node.handlers}


def _try_of(handler: ast.ExceptHandler, module: Module) -> ast.Try:
    return _tries(module)[handler]


# -- the retries ------------------------------------------------------------------------------------------------


def _retrying_in(module: Module) -> Iterator[_Retrying]:
    """The retries of tasks whose class has no ``retry`` of its own."""
    for call in module.calls_of(_RETRY):
        function = call.node.func
        if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
            continue
        bases = _bases(call, function.value.id)
        if bases is not None and not bases.may_define("retry"):
            yield _Retrying(call, function.value.id, bases)


def _bases(call: CallSite, itself: str) -> Bases | None:
    """The classes of the task that retries; None where it is no task that does."""
    task = task_around(call.site)
    if task is not None:
        return bases_of(task) if is_retry(call, task) else None
    function = call.site.scope.function()
    owner = class_around(function, call.site.module)
    if owner is None or function is None or not isinstance(function.node, FUNCTIONS):
        return None
    bases = lineage(owner)
    is_task = "celery.Task" in bases.origins and positional_parameters(function.node)[:1] == [itself]
    return bases if is_task else None


def _raises_what_it_is_given(call: CallSite) -> bool:
    """Whether a retry is given an exception, which it raises when none is left: not None, and not the error itself."""
    given = by_name(call.node, call.site, _PARAMETERS)
    entry = given.get("exc")
    return entry is not None and _is_other_exception(entry.node, entry.site, _MOST_STEPS)


def _is_other_exception(node: ast.expr, site: Site, steps: int) -> bool:
    """Whether an expression is certainly an exception, and another one than that of a task without retries."""
    if isinstance(node, ast.Call):
        return _is_other_class(node.func, site)
    if not isinstance(node, ast.Name) or not steps:
        return _is_other_class(node, site)
    bindings = reaching(node.id, site)
    if not bindings or any(binding.kind in ("class", "import") for binding in bindings):
        return _is_other_class(node, site)
    return all(_binds_other_exception(binding, steps - 1) for binding in bindings)


def _binds_other_exception(binding: Binding, steps: int) -> bool:
    if isinstance(binding.node, ast.ExceptHandler):
        return not any(_is_exhausted(caught, binding.site) for caught in caught_by(binding.node))
    if binding.kind != "assign" or binding.value is None:
        return False
    return _is_other_exception(binding.value, binding.site, steps)


def _is_other_class(node: ast.expr, site: Site) -> bool:
    value = value_of(node, site)
    if isinstance(value, Class):
        origins = lineage(value).origins
        return bool(origins) and not any(last_part(dotted) == EXHAUSTED for dotted in origins)
    name = last_part(value.dotted) if isinstance(value, Origin) else ""
    return name[:1].isupper() and name != EXHAUSTED


# -- the handlers -----------------------------------------------------------------------------------------------


def _handler_of(node: object, site: Site | None, retrying: _Retrying) -> ast.ExceptHandler | None:
    """The handler of a ``try`` that is one for this error and for nothing else."""
    if not isinstance(node, ast.Try) or site is None:
        return None
    for handler in node.handlers:
        caught = caught_by(handler)
        if _only_raises(handler):
            continue  # it does what is done without it
        if caught and all(_is_exhausted(each, site) or _is_of_itself(each, retrying) for each in caught):
            return handler
    return None


def _only_raises(handler: ast.ExceptHandler) -> bool:
    return len(handler.body) == 1 and isinstance(handler.body[0], ast.Raise) and handler.body[0].exc is None


def _is_exhausted(node: ast.expr, site: Site) -> bool:
    """Whether an expression is the error, imported, or taken of a task."""
    if isinstance(node, ast.Attribute) and node.attr == EXHAUSTED and isinstance(value_of(node.value, site), Task):
        return True
    dotted = origin(node, site) or ""
    return last_part(dotted) == EXHAUSTED and dotted.partition(".")[0] == "celery"


def _is_of_itself(node: ast.expr, retrying: _Retrying) -> bool:
    """Whether an expression is ``self.MaxRetriesExceededError``."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr == EXHAUSTED
        and isinstance(node.value, ast.Name)
        and node.value.id == retrying.itself
    )


def _may_raise_it(statement: ast.AST, retrying: _Retrying) -> bool:
    """Whether something else in the body of a ``try`` than the task's own retries may raise the error.

    What is handed the task may retry it; what ran elsewhere, or is called in this process, may have had no retries
    left.
    """
    body = statement.body if isinstance(statement, ast.Try) else []
    for node in (part for each in body for part in ast.walk(each)):
        if isinstance(node, ast.Raise) and node.exc is not None and EXHAUSTED in ast.unparse(node.exc):
            return True
        if isinstance(node, ast.Call) and _call_may_raise_it(node, retrying):
            return True
    return False


def _call_may_raise_it(call: ast.Call, retrying: _Retrying) -> bool:
    if any(isinstance(part, ast.Name) and part.id == retrying.itself for part in given_to(call)):
        return True
    site, function = retrying.call.site, call.func
    if not isinstance(function, ast.Attribute):
        return isinstance(value_of(function, site), Task)
    if isinstance(function.value, ast.Name) and function.value.id == retrying.itself:
        return function.attr != "retry" and retrying.bases.defines(function.attr)
    if function.attr in _RAISES_OF_OTHERS:
        return isinstance(value_of(function.value, site), (Dispatch, Task))
    return isinstance(value_of(function, site), Task)
