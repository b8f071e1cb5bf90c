"""Functions that are called in a way that only tasks can be."""

from __future__ import annotations

import ast
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.calling.task_names import standing_at
from flake8_aa_celery.model.calling.uses import values_of
from flake8_aa_celery.model.code.files import modules_with
from flake8_aa_celery.model.code.handlers import is_expected
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import dotted_name, last_part
from flake8_aa_celery.model.code.parents import parents_of
from flake8_aa_celery.model.knowledge.celery import DISPATCH_METHODS, SIGNATURE_METHODS
from flake8_aa_celery.model.periodic.schedules import schedule_of
from flake8_aa_celery.model.resolve.occurrences import dispatches_of, signatures_of
from flake8_aa_celery.model.resolve.swallowing import is_caught_anywhere
from flake8_aa_celery.model.resolve.values import Function
from flake8_aa_celery.model.tasks.index import task_index_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Dispatch, Signature, Value

_SETATTR = frozenset({"setattr"})
#: What asks whether something is a task.
_PROBES = frozenset({"getattr", "hasattr", "isinstance"})
#: What a plain function raises where it is sent.
_RAISED = "builtins.AttributeError"
#: What a task is asked for, and what a function tells as a task does.
_OF_BOTH = DISPATCH_METHODS | SIGNATURE_METHODS | {"__doc__", "__module__", "__name__", "__qualname__"}


class UsedAsTask(NamedTuple):
    """A function that no decorator makes a task of, and where it is first used like one.

    :param spelled: how it is used: ``update.delay``, or its name in a schedule.
    """

    function: Function
    node: ast.expr
    spelled: str


@fact
def undecorated_tasks_of(module: Module) -> list[UsedAsTask]:
    """Every plain function that a module sends, puts into a workflow or names in a schedule, once each."""
    uses = sorted([*_called(module), *_scheduled(module)], key=lambda use: (use.node.lineno, use.node.col_offset))
    found: dict[ast.AST, UsedAsTask] = {}
    for use in uses:
        if use.function.is_plain and use.function.node not in found and not _is_given_methods(use.function):
            found[use.function.node] = use
    return list(found.values())


def _called(module: Module) -> Iterator[UsedAsTask]:
    """Functions of which ``delay``, ``apply_async``, ``s`` or ``si`` is called."""
    for use in _sent(module):
        function = use.task
        assert isinstance(function, Function)
        if function.node.name not in _probed_in(module) and not is_expected(use.site, _RAISED):
            yield UsedAsTask(function, use.node, ast.unparse(use.node.func))


def _sent(module: Module) -> list[Dispatch | Signature]:
    """The dispatches and signatures of functions."""
    uses: list[Dispatch | Signature] = [*dispatches_of(module), *signatures_of(module)]
    return [use for use in uses if isinstance(use.task, Function)]


# -- code that does not rest on it ---------------------------------------------------------------------------------


def may_work_without(function: Function) -> bool:
    """Whether the project has another way for a function that is no task.

    It asks first, catches what is raised, or does with the function what it cannot do with a task: it hands it on, has
    a class call it as a method, reads its ``__code__``.
    """
    name = function.node.name
    others = modules_with(function.module.project, lambda data: name.encode() in data)
    return any(_has_other_way(name, each) or _hands_on(function, each) for each in chain([function.module], others))


def _has_other_way(name: str, module: Module) -> bool:
    uses = _sent_by_name(module).get(name, ())
    return name in _probed_in(module) or any(is_caught_anywhere(use.site, _RAISED) for use in uses)


def _hands_on(function: Function, module: Module) -> bool:
    """Whether a module does anything with a function but call it, send it, or ask for its name."""
    nodes = _used_as_values(module).get(function.node.name, ())
    return any(_is_it(value, function) for node in nodes for value in values_of(node, module))


@fact
def _used_as_values(module: Module) -> dict[str, list[ast.Name | ast.Attribute]]:
    """What a module takes as a value and does not call or send, by the last part of its name."""
    parents = parents_of(module)
    found: dict[str, list[ast.Name | ast.Attribute]] = {}
    for node in ast.walk(module.tree):
        if isinstance(node, (ast.Name, ast.Attribute)) and _is_value(node, parents[node]):
            found.setdefault(node.id if isinstance(node, ast.Name) else node.attr, []).append(node)
    return found


def _is_value(node: ast.AST, parent: ast.AST) -> bool:
    if isinstance(parent, ast.Attribute):
        return parent.attr not in _OF_BOTH
    if isinstance(parent, ast.Call):
        return parent.func is not node
    return isinstance(getattr(node, "ctx", None), ast.Load) and not isinstance(parent, ast.Expr)


def _is_it(value: Value, function: Function) -> bool:
    """Whether something is a function; while fixes are made, other files may know it as it was before."""
    if not isinstance(value, Function):
        return False
    return (value.module.path, value.node.name) == (function.module.path, function.node.name)


@fact
def _sent_by_name(module: Module) -> dict[str, list[Dispatch | Signature]]:
    """The dispatches and signatures of functions, by the names of these."""
    found: dict[str, list[Dispatch | Signature]] = {}
    for use in _sent(module):
        if isinstance(use.task, Function):
            found.setdefault(use.task.node.name, []).append(use)
    return found


@fact
def _probed_in(module: Module) -> set[str]:
    """The names of what a module asks whether it is a task: ``hasattr(update, "delay")``."""
    asked = [call.node.args[0] for call in module.calls_of(_PROBES) if _asks_for_task(call.node)]
    return {last_part(dotted) for node in asked if (dotted := dotted_name(node))}


def _asks_for_task(call: ast.Call) -> bool:
    if len(call.args) < 2:
        return False
    attribute = call.args[1]
    if isinstance(call.func, ast.Name) and call.func.id == "isinstance":
        return True
    return isinstance(attribute, ast.Constant) and attribute.value in DISPATCH_METHODS | SIGNATURE_METHODS


def _is_given_methods(function: Function) -> bool:
    """Whether its module makes something like a task of a function by hand: ``update.delay = …``, or by ``setattr``."""
    return function.node.name in _given_methods(function.module)


@fact
def _given_methods(module: Module) -> set[str]:
    """The names of what a module sets attributes of."""
    changed = [target.value for scope in module.scopes.all for target, _, _ in scope.stores]
    changed += [call.node.args[0] for call in module.calls_of(_SETATTR) if call.node.args]
    return {owner.id for owner in changed if isinstance(owner, ast.Name)}


def _scheduled(module: Module) -> Iterator[UsedAsTask]:
    """Functions that an entry of a schedule names, unless a task elsewhere is registered by that name."""
    for entry in schedule_of(module):
        task, name = entry.fields.get("task"), entry.task_name
        if task is None or name is None:
            continue
        function = standing_at(name, module)
        if isinstance(function, Function) and not task_index_of(module.project).named(name):
            yield UsedAsTask(function, task.node if task.module is module else entry.node, name)
