"""Which Celery applications a project has, and which import makes one of them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.files import modules_with
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import imported_name
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import bases_in, keyword_of, without_call
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.task_functions import tasks_of
from flake8_aa_celery.model.resolve.values import Class

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import CallSite
    from flake8_aa_celery.model.resolve.values import Task

_CELERY = "celery.Celery"
#: What stands for whichever application is in force.
_CURRENT = "celery.current_app"


class _Made(NamedTuple):
    """A call that makes an application."""

    module: Module
    call: CallSite


def has_one_application(project: Project) -> bool:
    """Whether all tasks of a project belong to one application, which is the current one once it is made.

    Those count that its files make, and those that its tasks are registered with and that it imports from elsewhere.
    """
    made, foreign = _made_in(project), _foreign_to(project)
    number = sum(_how_often(each, project) for each in made) + len(foreign)
    return number <= 1 and all(keyword_of(each.call.node, "set_as_current") is None for each in made)


@fact
def _made_in(project: Project) -> list[_Made]:
    """Every place in the files of a project, not in its test code, where an application is made."""
    found: list[_Made] = []
    for module in modules_with(project, lambda data: b"Celery" in data):
        found += [_Made(module, call) for call in module.all_calls() if _makes_application(call)]
    return found


def _makes_application(call: CallSite) -> bool:
    if call.site.module.origin(call.node.func, call.site) == _CELERY:
        return True
    made = value_of(call.node.func, call.site) if "elery" in call.name else None
    return isinstance(made, Class) and any(
        made.module.origin(base, made.site) == _CELERY for base in bases_in(made.node)
    )


def _how_often(made: _Made, project: Project) -> int:
    """How many applications a call makes: of a factory as many as it is called in the files of the project."""
    scope = made.call.site.scope.function()
    if scope is None or not isinstance(scope.node, FUNCTIONS):
        return 1
    name = scope.node.name
    calling = modules_with(project, lambda data: name.encode() in data)
    return max(1, sum(call.name == name for module in calling for call in module.all_calls()))


@fact
def _foreign_to(project: Project) -> set[str]:
    """The dotted names of the applications that tasks are registered with and that no file of the project makes."""
    found: set[str] = set()
    for module in modules_with(project, lambda data: b".task" in data):
        for task in tasks_of(module):
            if task.spelling == "app" and not imports_of_application(task):
                found.update(_foreign_origin(task))
    return found


def _foreign_origin(task: Task) -> Iterator[str]:
    target = without_call(task.decorator)
    origin = task.module.origin(target.value, task.site) if isinstance(target, ast.Attribute) else None
    if origin and origin != _CURRENT and not origin.startswith("builtins."):
        yield origin


def imports_of_application(task: Task) -> list[str]:
    """The names under which the application of ``@app.task`` is imported from a file of the project.

    Such an import makes the application: without it, there may be none when the task is sent.
    """
    root: ast.expr = task.decorator
    while isinstance(root, (ast.Attribute, ast.Call)):
        root = root.value if isinstance(root, ast.Attribute) else root.func
    if not isinstance(root, ast.Name):
        return []
    scope = task.site.scope.owner_of(root.id)
    nodes = [binding.node for binding in scope.bindings[root.id]] if scope else []
    imports = [node for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom))]
    project, module = task.module.project, task.module
    return [root.id] if any(project.has(imported_name(root.id, node), module) for node in imports) else []
