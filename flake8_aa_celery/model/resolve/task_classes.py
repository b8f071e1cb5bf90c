"""Classes of tasks: which there are, what their bodies say, and what ``app.register_task(Update())`` makes of them.

https://docs.celeryq.dev/en/stable/userguide/tasks.html#custom-task-classes
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.knowledge import allianceauth
from flake8_aa_celery.model.knowledge.celery import TASK, TASK_OPTIONS
from flake8_aa_celery.model.knowledge.celery_once import QUEUE_ONCE
from flake8_aa_celery.model.resolve.classes import lineage, mro
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.task_functions import tasks_of
from flake8_aa_celery.model.resolve.values import (
    UNKNOWN,
    Class,
    ClassTask,
    Constant,
    Entry,
    Instance,
    Mapping,
    Task,
    Value,
)

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import Scope, Site
    from flake8_aa_celery.model.resolve.classes import Bases

_RUN = "run"
_NAME = "name"
#: Celery's class of tasks, and those of libraries that are derived from it.
_OF_LIBRARIES = QUEUE_ONCE | {allianceauth.QUEUE_ONCE, TASK, "celery.contrib.django.task.DjangoTask"}
_NAMES = "__init_subclass__"
_BASES = re.compile(rb"^[ \t]*class[ \t]+\w+[ \t]*\(([^)]*)\)", re.MULTILINE)
_WORD = re.compile(rb"\w+")
#: What of a class may speak of a task; many classes have a name.
_SAYING = TASK_OPTIONS - {"name"} | {_RUN}


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
            if are_of_tasks(bases):
                found.append(TaskClass(node.name, node, scope, bases, _options_in(scope)))
    return found


def are_of_tasks(bases: Bases) -> bool:
    """Whether a class derives from Celery's, or from one of a library that does."""
    return not _OF_LIBRARIES.isdisjoint(bases.origins)


def _classes_that_speak_of_tasks(module: Module) -> list[Scope]:
    """The classes that may be of tasks, by what they bind; what they inherit from is not looked at."""
    return [scope for scope in module.scopes.all if scope.kind == "class" and not _SAYING.isdisjoint(scope.bindings)]


def _options_in(scope: Scope) -> Mapping:
    entries = {name: bound_once(scope, name) for name in TASK_OPTIONS & scope.bindings.keys()}
    return Mapping({name: entry for name, entry in sorted(entries.items()) if entry is not None}, complete=False)


# -- what workers run -------------------------------------------------------------------------------------------------


@fact
def class_tasks_of(module: Module) -> list[ClassTask]:
    """The classes of tasks of a module that say what a worker runs, in the order of the source.

    Whether and where they are registered is not asked: ``run`` is there for nothing else.
    """
    classes = (scope for scope in module.scopes.all if scope.kind == "class" and _RUN in scope.bindings)
    found = (task for scope in classes if (task := class_task_of(scope)) is not None)
    return [task for task in found if lineage(task.owner).complete]


@fact
def run_by_workers_of(module: Module) -> list[Task]:
    """What a module has workers run: its tasks that are functions, and after them its classes of tasks."""
    return [*tasks_of(module), *class_tasks_of(module)]


def registered_object(node: ast.Call, site: Site) -> Value:
    """What ``app.register_task(…)`` returns: the object that it is given, or one of the class that it is given."""
    given = value_of(node.args[0], site) if node.args else UNKNOWN
    return _task_of(given) or UNKNOWN


def is_task(value: Value) -> bool:
    """Whether something is a task, or an object of a class of tasks whose attributes are Celery's."""
    if isinstance(value, Instance):
        bases = lineage(value.of)
        return are_of_tasks(bases) and not bases.defines("app")
    return isinstance(value, Task)


def task_behind(value: Value) -> Value:
    """The task that an object is, if it is one of a class of tasks; otherwise the value itself."""
    return (_task_of(value) if isinstance(value, Instance) else None) or value


def _task_of(value: Value) -> ClassTask | None:
    if isinstance(value, ClassTask):
        return value
    owner = value.of if isinstance(value, Instance) else value
    task = class_task_of(owner.scope) if isinstance(owner, Class) else None
    # an object of a class that is derived from this one may run something else
    is_certain = not isinstance(value, Instance) or value.is_exact
    return task if task is None or is_certain or not _may_be_derived_from(task.owner) else None


def _may_be_derived_from(owner: Class) -> bool:
    return owner.node.name.encode() in _names_of_bases(owner.module.project)


@fact
def _names_of_bases(project: Project) -> frozenset[bytes]:
    """The names, and the parts of dotted ones, from which the classes of a project are derived."""
    written = (bases for _, data in project.files for bases in _BASES.findall(data))
    return frozenset(name for bases in written for name in _WORD.findall(bases))


@fact
def class_task_of(scope: Scope) -> ClassTask | None:
    """The task that objects of a class are; None for other classes, and where its ``run`` is not known."""
    node, place = scope.node, scope.block.site
    if not isinstance(node, ast.ClassDef) or place is None or not node.bases:
        return None
    owner = Class(node, place)
    if not are_of_tasks(lineage(owner)):
        return None
    for each in mro(owner):
        bindings = each.scope.bindings.get(_RUN, ())
        if bindings:
            run, is_one = bindings[0].node, len(bindings) == 1 and bindings[0].site.block is each.scope.block
            if is_one and isinstance(run, FUNCTIONS):
                return ClassTask(owner, run, bindings[0].site, _options(owner), _named(owner))
            return None
    return None


def _options(owner: Class) -> Mapping:
    """The options that a class and those that it inherits from give their tasks; the nearest one decides."""
    entries: dict[str, Entry] = {}
    complete = lineage(owner).complete
    for each in reversed(mro(owner)):
        for name in (TASK_OPTIONS - {_RUN}) & each.scope.bindings.keys():
            if all(isinstance(binding.node, FUNCTIONS) for binding in each.scope.bindings[name]):
                continue  # a method, which is no option
            entry = bound_once(each.scope, name)
            entries.pop(name, None)
            if entry is not None:
                entries[name] = entry
            else:
                complete = False
    return Mapping(entries, complete)


def bound_once(scope: Scope, name: str) -> Entry | None:
    """The one value that the body of a class gives a name, under no condition."""
    bindings = scope.bindings[name]
    value = bindings[0].value
    if len(bindings) != 1 or value is None or bindings[0].site.block is not scope.block:
        return None
    return Entry(value, bindings[0].site)


def _named(owner: Class) -> str:
    """The name that ``class Update(Base, name="update")`` gives a task by ``__init_subclass__`` of its base."""
    keyword = next((each for each in owner.node.keywords if each.arg == _NAME), None)
    if keyword is None or not any(_NAMES in each.scope.bindings for each in mro(owner)[1:]):
        return ""
    value = value_of(keyword.value, owner.site)
    return value.value if isinstance(value, Constant) and isinstance(value.value, str) else ""
