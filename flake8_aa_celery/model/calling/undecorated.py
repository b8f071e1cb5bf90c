"""Functions that are called in a way that only tasks can be."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.calling.task_names import standing_at
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.periodic.schedules import schedule_of
from flake8_aa_celery.model.resolve.occurrences import dispatches_of, signatures_of
from flake8_aa_celery.model.resolve.values import Function
from flake8_aa_celery.model.tasks.index import task_index_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Dispatch, Signature

_SETATTR = frozenset({"setattr"})


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
    uses: list[Dispatch | Signature] = [*dispatches_of(module), *signatures_of(module)]
    for use in uses:
        if isinstance(use.task, Function):
            yield UsedAsTask(use.task, use.node, ast.unparse(use.node.func))


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
