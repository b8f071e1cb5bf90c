"""Which classes are tasks: those of Celery's ``Task`` with a ``run`` of their own."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.knowledge.celery import TASK
from flake8_aa_celery.model.resolve.classes import lineage
from flake8_aa_celery.model.resolve.values import Class

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import FunctionNode, Scope
    from flake8_aa_celery.model.resolve.classes import Bases

_TASKS = frozenset({TASK, "celery.app.task.Task"})


class TaskClass(NamedTuple):
    """A class whose ``run`` is the body of a task.

    :param name: that of the class.
    :param run: what a worker runs.
    :param scope: where the names of ``run`` are bound.
    :param bases: the class and all that it inherits from, each of which is known.
    """

    name: str
    run: FunctionNode
    scope: Scope
    bases: Bases


@fact
def task_classes_of(module: Module) -> list[TaskClass]:
    """The classes of a module that are tasks, in the order of the source.

    Whether and where they are registered is not asked: ``run`` is there for nothing else.
    """
    found: list[TaskClass] = []
    for node, site in module.scopes.functions:
        owner, place = site.scope.node, site.scope.block.site
        if node.name == "run" and isinstance(owner, ast.ClassDef) and place is not None:
            bases = lineage(Class(owner, place))
            if bases.complete and not _TASKS.isdisjoint(bases.origins):
                found.append(TaskClass(owner.name, node, module.scopes.by_node[node], bases))
    return found
