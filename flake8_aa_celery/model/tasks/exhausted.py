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
from flake8_aa_celery.model.resolve.task_classes import run_by_workers_of
from flake8_aa_celery.model.resolve.task_functions import task_around
from flake8_aa_celery.model.resolve.values import Class, Dispatch, Origin, Task
from flake8_aa_celery.model.tasks.handed import handed_over
from flake8_aa_celery.model.tasks.retries import is_retried_by_itself, is_retry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Binding, Block, CallSite, Scope, Site
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
        comes after the ``try`` was left.
    :param by: what retries then: another handler of the same ``try``, or ``autoretry_for``.
    """

    node: ast.expr
    retries: list[ast.Call]
    by: Literal["retry", "another handler", "autoretry_for"]


class _Itself(NamedTuple):
    """A task, at a place in its body.

    :param name: by which the task calls itself there; empty where it cannot.
    :param bases: the classes of the task.
    """

    name: str
    bases: Bases
    site: Site


class _Retrying(NamedTuple):
    """A call by which a task sends itself again."""

    call: CallSite
    itself: _Itself


@fact
def dead_handlers_of(module: Module) -> list[DeadHandler]:
    """Every handler for ``MaxRetriesExceededError`` that certainly never runs, with what retries its task."""
    found = {dead.node: dead for dead in [*_of_automatic_retries(module), *_of_calls(module)]}
    return sorted(found.values(), key=lambda dead: (dead.node.lineno, dead.node.col_offset))


def _of_calls(module: Module) -> Iterator[DeadHandler]:
    """The handlers around or beside a call of ``retry``."""
    around: dict[ast.ExceptHandler, list[_Retrying]] = {}
    beside: dict[ast.ExceptHandler, _Retrying] = {}
    places: dict[ast.ExceptHandler, Block] = {}
    for retrying in _retrying_in(module):
        itself = retrying.itself
        for block in tries_around(itself.site):
            handler = _handler_of(block.node, block.site, itself)
            if handler is not None:
                around.setdefault(handler, []).append(retrying)
                places[handler] = block
                break
        for block in itself.site.block.around():
            statement = block.site.statement if block.kind == "handler" and block.site else None
            handler = _handler_of(statement, block.site, itself)
            if handler is not None and handler is not block.node:
                beside.setdefault(handler, retrying)
    for handler, retries in around.items():
        if all(_raises_what_it_is_given(retrying.call) for retrying in retries) and not _may_raise_it(
            places[handler].node, retries[0].itself
        ):
            yield DeadHandler(_named(handler), [retrying.call.node for retrying in retries], "retry")
    for handler, retrying in beside.items():
        if handler not in around and not _may_raise_it(_try_of(handler, module), retrying.itself):
            yield DeadHandler(_named(handler), [], "another handler")


def _of_automatic_retries(module: Module) -> Iterator[DeadHandler]:
    """The handlers in tasks that ``autoretry_for`` retries, which happens after their bodies were left."""
    for task in run_by_workers_of(module):
        bases = bases_of(task)
        if not is_retried_by_itself(task) or bases.may_define("retry"):
            continue
        name = next(iter(positional_parameters(task.node)), "") if task.bound else ""
        for block in _tries_in(task):
            itself = _Itself(name, bases, block.site or task.site)
            handler = _handler_of(block.node, block.site, itself)
            if handler is not None and not _retries_in(block) and not _may_raise_it(block.node, itself):
                yield DeadHandler(_named(handler), [], "autoretry_for")


def _tries_in(task: Task) -> list[Block]:
    """The bodies of the ``try`` statements of a task that call something, not those of functions in it."""
    return list(dict.fromkeys(block for call in task.scope.calls for block in tries_around(call.site)))


def _retries_in(block: Block) -> bool:
    """Whether anything in a ``try`` is called that is called ``retry``."""
    return any(call.name in _RETRY and block.encloses(call.site.block) for call in block.scope.calls)


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
        name = function.value.id
        bases = _bases(call, name)
        if bases is not None and not bases.may_define("retry"):
            yield _Retrying(call, _Itself(name, bases, call.site))


def _bases(call: CallSite, itself: str) -> Bases | None:
    """The classes of the task that retries; None where it is no task that does."""
    task = task_around(call.site)
    if task is not None:
        return bases_of(task) if is_retry(call, task) else None
    function = call.site.scope.function()
    owner = class_around(function, call.site.module)
    if function is None or not isinstance(function.node, FUNCTIONS):
        return None
    if owner is None:
        is_tried = any(block.kind in ("try", "handler") for block in call.site.block.around())
        return _bases_of_handed(itself, function) if is_tried else None
    bases = lineage(owner)
    is_task = "celery.Task" in bases.origins and positional_parameters(function.node)[:1] == [itself]
    return bases if is_task else None


def _bases_of_handed(itself: str, function: Scope) -> Bases | None:
    """The classes of the tasks that hand themselves to a helper; None where others call it, or one class differs."""
    values = [entry.value for entry in handed_over(itself, function)]
    tasks = [value for value in values if isinstance(value, Task)]
    if not tasks or len(tasks) != len(values):
        return None
    of_tasks = [bases_of(task) for task in tasks]
    return next((bases for bases in of_tasks if bases.may_define("retry")), of_tasks[0])


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
    return all(_binds_other_exception(binding, site, steps - 1) for binding in bindings)


def _binds_other_exception(binding: Binding, site: Site, steps: int) -> bool:
    if isinstance(binding.node, ast.ExceptHandler):
        return not any(_is_exhausted(caught, binding.site) for caught in caught_by(binding.node))
    if binding.kind == "parameter" and isinstance(binding.node, ast.arg):
        function = site.scope.function()
        is_own = function is not None and binding in function.bindings.get(binding.node.arg, [])
        handed = handed_over(binding.node.arg, function) if function is not None and is_own else []
        return bool(handed) and all(_is_other_exception(entry.node, entry.site, steps) for entry in handed)
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


def _handler_of(node: object, site: Site | None, itself: _Itself) -> ast.ExceptHandler | None:
    """The handler of a ``try`` that is one for this error and for nothing else."""
    if not isinstance(node, ast.Try) or site is None:
        return None
    for handler in node.handlers:
        caught = caught_by(handler)
        if _only_raises(handler):
            continue  # it does what is done without it
        if caught and all(_is_exhausted(each, site) or _is_of_itself(each, itself) for each in caught):
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


def _is_of_itself(node: ast.expr, itself: _Itself) -> bool:
    """Whether an expression is ``self.MaxRetriesExceededError``."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr == EXHAUSTED
        and isinstance(node.value, ast.Name)
        and node.value.id == itself.name
    )


def _may_raise_it(statement: ast.AST, itself: _Itself) -> bool:
    """Whether something else in the body of a ``try`` than the task's own retries may raise the error.

    What is handed the task may retry it; what ran elsewhere, or is called in this process, may have had no retries
    left.
    """
    body = statement.body if isinstance(statement, ast.Try) else []
    for node in (part for each in body for part in ast.walk(each)):
        if isinstance(node, ast.Raise) and node.exc is not None and EXHAUSTED in ast.unparse(node.exc):
            return True
        if isinstance(node, ast.Call) and _call_may_raise_it(node, itself):
            return True
    return False


def _call_may_raise_it(call: ast.Call, itself: _Itself) -> bool:
    if any(isinstance(part, ast.Name) and part.id == itself.name for part in given_to(call)):
        return True
    site, function = itself.site, call.func
    if not isinstance(function, ast.Attribute):
        return isinstance(value_of(function, site), Task)
    if isinstance(function.value, ast.Name) and function.value.id == itself.name:
        return function.attr != "retry" and itself.bases.defines(function.attr)
    if function.attr in _RAISES_OF_OTHERS:
        return isinstance(value_of(function.value, site), (Dispatch, Task))
    return isinstance(value_of(function, site), Task)
