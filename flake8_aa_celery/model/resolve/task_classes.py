"""Which classes are tasks, or what tasks are made of: those that derive from Celery's ``Task``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.knowledge.celery import TASK, TASK_OPTIONS
from flake8_aa_celery.model.resolve.classes import lineage
from flake8_aa_celery.model.resolve.values import Class, Entry, Mapping

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import FunctionNode, Scope
    from flake8_aa_celery.model.resolve.classes import Bases

_RUN = "run"
#: What of a class may speak of a task; many classes have a name.
_SAYING = TASK_OPTIONS - {"name"} | {_RUN}


class TaskBody(NamedTuple):
    """The ``run`` of a class: what a worker runs.

    :param name: that of the class.
    :param scope: where the names of ``run`` are bound.
    :param bases: the class and all that it inherits from, each of which is known.
    """

    name: str
    node: FunctionNode
    scope: Scope
    bases: Bases


class TaskClass(NamedTuple):
    """A class of tasks.

    :param options: those that are said in the class itself, once and under no condition.
    """

    name: str
    node: ast.ClassDef
    scope: Scope
    bases: Bases
    options: Mapping


@fact
def task_classes_of(module: Module) -> list[TaskClass]:
    """The classes of a module that derive from Celery's and say something about tasks, in the order of the source."""
    found: list[TaskClass] = []
    for scope in _classes_that_speak_of_tasks(module):
        node, place = scope.node, scope.block.site
        if isinstance(node, ast.ClassDef) and place is not None:
            bases = lineage(Class(node, place))
            if TASK in bases.origins:
                found.append(TaskClass(node.name, node, scope, bases, _options_in(scope)))
    return found


def _classes_that_speak_of_tasks(module: Module) -> list[Scope]:
    """The classes that may be of tasks, by what they bind; what they inherit from is not looked at."""
    return [scope for scope in module.scopes.all if scope.kind == "class" and not _SAYING.isdisjoint(scope.bindings)]


def _options_in(scope: Scope) -> Mapping:
    said = {name: scope.bindings[name] for name in scope.bindings if name in TASK_OPTIONS}
    return Mapping(
        {
            name: Entry(bindings[0].value, bindings[0].site)
            for name, bindings in said.items()
            if len(bindings) == 1 and bindings[0].value is not None and bindings[0].site.block is scope.block
        },
        complete=False,
    )


@fact
def task_bodies_of(module: Module) -> list[TaskBody]:
    """What the class-based tasks of a module run, in the order of the source.

    Whether and where they are registered is not asked: ``run`` is there for nothing else.
    """
    return [
        TaskBody(each.name, binding.node, module.scopes.by_node[binding.node], each.bases)
        for each in task_classes_of(module)
        for binding in each.scope.bindings.get(_RUN, ())
        if isinstance(binding.node, FUNCTIONS) and each.bases.complete
    ]
