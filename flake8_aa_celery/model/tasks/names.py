"""By which names Celery knows tasks that are given none."""

from __future__ import annotations

import ast
import os
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.files import modules_with
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import origin
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import positional_parameters, without_call
from flake8_aa_celery.model.knowledge import django, standard_library
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.task_functions import tasks_of
from flake8_aa_celery.model.resolve.values import Function, Origin
from flake8_aa_celery.model.tasks.decorators import returned_functions
from flake8_aa_celery.places import has_marker

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import Scope, Site
    from flake8_aa_celery.model.resolve.values import Task

#: Decorators of libraries whose result is called like the function that they are given.
_KEEP_NAME = django.LEAVES_RESULT | standard_library.LEAVES_RESULT | standard_library.RETURNS_FUNCTION
#: A folder that holds packages and is none itself, by its name.
_SOURCES = "src"


def certain_name(task: Task) -> str | None:
    """The name by which Celery knows a task that is given none, wherever Python is started; None where that counts."""
    name = task.registered_name
    is_own = (
        task.wrapper is None and name is not None and all(_keeps_name(part, task) for part in task.decorators_below)
    )
    return name if is_own and _is_certain(task.module) else None


def _is_certain(module: Module) -> bool:
    """Whether Python is certain to look for a module from the folder in which it, or its outermost package, lies."""
    folder = module.project.places.package_root(module.path)
    return has_marker(folder) or os.path.basename(folder) == _SOURCES


def _keeps_name(decorator: ast.expr, task: Task) -> bool:
    value = value_of(without_call(decorator), task.site)
    if isinstance(value, Origin):
        return value.dotted in _KEEP_NAME
    wrappers = _wrappers_of(decorator, task.site)
    return bool(wrappers) and all(_is_named_like_its_function(wrapper) for wrapper in wrappers)


# -- named after a wrapper --------------------------------------------------------------------------------------


def name_of_wrapper(task: Task) -> tuple[str, ast.expr] | None:
    """The name that a decorator of the project gives a task which has none of its own, and that decorator.

    That of the function which it returns, where nothing gives this the name of the task's function.
    """
    if not task.options.lacks("name"):
        return None
    for decorator in task.decorators_below:
        wrappers = _wrappers_of(decorator, task.site)
        if len(wrappers) == 1 and not wrappers[0].node.decorator_list and not _renames(wrappers[0]):
            return f"{wrappers[0].module.dotted}.{wrappers[0].node.name}", decorator
        if not _keeps_name(decorator, task):
            return None
    return None


@fact
def tasks_named_after_wrappers(project: Project) -> dict[str, list[Task]]:
    """The tasks of a project that are registered by the names of wrappers, by these, in the order of the files."""
    found: dict[str, list[Task]] = {}
    for module in modules_with(project, lambda data: b"task" in data and b"@" in data):
        for task in tasks_of(module):
            named = name_of_wrapper(task)
            if named is not None:
                found.setdefault(named[0], []).append(task)
    return found


class _Wrapper:
    """A function that a decorator returns.

    :param scope: its own.
    :param wrapped: what the function that returns it calls the one that it is given.
    """

    __slots__ = ("module", "node", "scope", "wrapped")

    def __init__(self, scope: Scope, node: ast.FunctionDef | ast.AsyncFunctionDef, wrapped: str) -> None:
        self.scope = scope
        self.node = node
        self.wrapped = wrapped
        self.module = scope.module


def _wrappers_of(decorator: ast.expr, site: Site) -> list[_Wrapper]:
    """The functions that a decorator of the project returns; none where it may return anything else."""
    value = value_of(without_call(decorator), site)
    if not isinstance(value, Function):
        return []
    scope = value.module.scopes.by_node[value.node]
    decorating = returned_functions(scope) if isinstance(decorator, ast.Call) else [scope]
    found: list[_Wrapper] = []
    for each in decorating:
        parameters = positional_parameters(each.node) if isinstance(each.node, FUNCTIONS) else []
        wrappers = returned_functions(each) if len(parameters) == 1 else []
        if not wrappers:
            return []
        found += [
            _Wrapper(wrapper, wrapper.node, parameters[0])
            for wrapper in wrappers
            if isinstance(wrapper.node, FUNCTIONS)
        ]
    return found


def _is_named_like_its_function(wrapper: _Wrapper) -> bool:
    """Whether ``@functools.wraps(function)`` stands on a wrapper."""
    site = wrapper.scope.block.site
    return site is not None and any(
        isinstance(part, ast.Call)
        and origin(part.func, site) == standard_library.WRAPS
        and bool(part.args)
        and isinstance(part.args[0], ast.Name)
        and part.args[0].id == wrapper.wrapped
        for part in wrapper.node.decorator_list
    )


def _renames(wrapper: _Wrapper) -> bool:
    """Whether the function around a wrapper gives it another name: ``update_wrapper``, ``wrapper.__name__ = …``."""
    around = wrapper.scope.parent
    if around is None:
        return True
    named = [given for call in around.calls for given in call.node.args]
    named += [store.target.value for store in around.stores if isinstance(store.target, ast.Attribute)]
    return any(isinstance(node, ast.Name) and node.id == wrapper.node.name for node in named)
