"""Tasks whose body a worker never runs, because it yields."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.syntax import without_call
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.task_classes import run_by_workers_of
from flake8_aa_celery.model.resolve.values import ClassTask, Origin

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Scope
    from flake8_aa_celery.model.resolve.values import Task

#: Decorators of libraries that return what the function returns, without a look at it.
_LOOK_AT_NOTHING = frozenset({"django.db.transaction.atomic", "django.db.transaction.non_atomic_requests"})


class GeneratorTask(NamedTuple):
    """A task that is a generator.

    :param name: that of the task, or of its class.
    :param node: the first ``yield`` of it.
    """

    name: str
    node: ast.Yield | ast.YieldFrom


@fact
def generator_tasks_of(module: Module) -> list[GeneratorTask]:
    """The tasks of a module that yield, and of which nobody goes through what they yield."""
    return [
        GeneratorTask(task.name, _first_yield(task.scope))
        for task in run_by_workers_of(module)
        if _is_generator(task.scope) and not _is_consumed(task)
    ]


def _is_generator(scope: Scope) -> bool:
    return bool(scope.yields) and not isinstance(scope.node, ast.AsyncFunctionDef)


def _first_yield(scope: Scope) -> ast.Yield | ast.YieldFrom:
    return min((node for node, _ in scope.yields), key=lambda node: (node.lineno, node.col_offset))


def _is_consumed(task: Task) -> bool:
    """Whether a decorator or the class of a task may go through what it yields."""
    bases = bases_of(task)
    if bases.may_define("__call__") or (bases.may_define("run") and not isinstance(task, ClassTask)):
        return True
    values = [value_of(without_call(decorator), task.site) for decorator in task.decorators_below]
    return any(not isinstance(value, Origin) or value.dotted not in _LOOK_AT_NOTHING for value in values)
