"""Tasks that a worker cannot tell apart: those with the same registered name."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.files import modules_with
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.syntax import without_call
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.task_functions import tasks_of
from flake8_aa_celery.model.resolve.values import ClassTask
from flake8_aa_celery.model.tasks.index import task_index_of
from flake8_aa_celery.model.tasks.names import name_of_wrapper, tasks_named_after_wrappers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import Site
    from flake8_aa_celery.model.resolve.values import Task


class Defined(NamedTuple):
    """A task as it is defined.

    :param sites: where it is defined, and, if it is a class, where an object of that is registered.
    """

    task: Task
    sites: tuple[Site, ...]


class Duplicate(NamedTuple):
    """A task that has the name of another one.

    :param wrapper: the name of a function that a decorator returns, where that is the name of both.
    :param decorator: that decorator.
    :param others: how many more tasks have the name.
    """

    task: Task
    other: Task
    wrapper: str = ""
    decorator: str = ""
    others: int = 0


@fact
def duplicates_of(module: Module) -> list[Duplicate]:
    """Each task of a module that has the name of another one, with that other.

    In one module it is the later of the two; in two modules each that is given its name by ``name=``: what Celery
    calls a task of itself begins with its module.
    """
    found: list[Duplicate] = []
    earlier: dict[str, list[Defined]] = {}
    for each in _defined_in(module):
        task, name = each.task, each.task.registered_name
        if name is not None and name_of_wrapper(task) is None:
            same = earlier.setdefault(name, [])
            other = _first_rival(each, same) or (_elsewhere(name, module) if _is_given_its_name(task) else None)
            if other is not None:
                found.append(Duplicate(task, other))
            same.append(each)
    return [*found, *_named_after_wrappers(module)]


def _named_after_wrappers(module: Module) -> Iterator[Duplicate]:
    """The tasks that have the name of a wrapper which is that of another one before them; each name once."""
    named = {found[0]: found[1] for task in tasks_of(module) if (found := name_of_wrapper(task)) is not None}
    for name, decorator in named.items():
        same = tasks_named_after_wrappers(module.project).get(name, [])
        first, others = same[:1], same[1:]
        second = next((task for task in others if not _are_alternatives(first[0].site, task.site)), None)
        if second is not None and second.module.path_in_project == module.path_in_project:
            own = next((task for task in tasks_of(module) if task.node.lineno == second.node.lineno), second)
            written = ast.unparse(without_call(decorator))
            yield Duplicate(own, first[0], name.rpartition(".")[2], written, len(others) - 1)


def _defined_in(module: Module) -> list[Defined]:
    """The functions and the classes of a module that are registered as tasks, in the order of the source."""
    functions = [Defined(task, (task.site,)) for task in tasks_of(module)]
    classes = [each for each in _registered_classes(module.project) if each.task.module is module]
    return sorted([*functions, *classes], key=lambda each: each.task.definition.lineno)


@fact
def _registered_classes(project: Project) -> list[Defined]:
    """The classes of a project of which an object is registered, each once."""
    found: dict[ast.AST, Defined] = {}
    for module in modules_with(project, lambda data: b"register_task" in data):
        for call in module.calls_of(frozenset({"register_task"})):
            task = value_of(call.node, call.site)
            if isinstance(task, ClassTask):
                found.setdefault(task.definition, Defined(task, (task.site, call.site)))
    return list(found.values())


def _is_given_its_name(task: Task) -> bool:
    return "name" in task.options.entries or (isinstance(task, ClassTask) and bool(task.named))


def _first_rival(each: Defined, same: list[Defined]) -> Task | None:
    return next((other.task for other in same if not _is_one_of(other, each)), None)


def _is_one_of(one: Defined, other: Defined) -> bool:
    """Whether only one of two tasks is ever defined, or registered."""
    return any(_are_alternatives(here, there) for here in one.sites for there in other.sites)


def _elsewhere(name: str, module: Module) -> Task | None:
    """A task of that name in another module of the project.

    Two files that would be imported by the same dotted name are never imported together.
    """
    real = module.project.places.real
    for other in task_index_of(module.project).named(name):
        if other.module.dotted != module.dotted and real(other.module.path) != real(module.path):
            return other
    return None


def _are_alternatives(one: Site, other: Site) -> bool:
    """Whether only one of two places runs: they lie in different branches of an ``if`` or ``try``."""
    branches = {id(block.site.statement): block for block in one.block.around() if block.site is not None}
    for block in other.block.around():
        twin = branches.get(id(block.site.statement)) if block.site is not None else None
        if twin is not None and twin is not block and twin.body is not block.body:
            return True
    return False
