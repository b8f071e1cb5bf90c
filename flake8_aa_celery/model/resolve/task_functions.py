"""Which functions are tasks, by where their decorators were imported from."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.syntax import without_call
from flake8_aa_celery.model.knowledge.celery import REGISTRARS, REMOVED, TASK_OPTIONS
from flake8_aa_celery.model.resolve.evaluation import keywords_of, value_of
from flake8_aa_celery.model.resolve.registration import registered_by
from flake8_aa_celery.model.resolve.values import App, Class, Entry, Function, Mapping, Origin, Task

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import FunctionNode, Scope, Site
    from flake8_aa_celery.model.resolve.values import Spelling

_OF_APPLICATIONS = frozenset({"register_task", "task"})
_REGISTRAR_NAMES = _OF_APPLICATIONS | {"shared_task"}


def function_of(node: FunctionNode, site: Site) -> Task | Function:
    """The task that a function is, or the function if no decorator registers it. Always the same object."""
    known_functions = _known_functions(site.module)
    known = known_functions.get(node)
    if known is None:
        # while its decorators are looked at it is no task: a decorator that leads back here is not Celery's
        known_functions[node] = Function(node, site)
        known = known_functions[node] = _task(node, site) or known_functions[node]
    return known


@fact
def _known_functions(module: Module) -> dict[FunctionNode, Task | Function]:
    """What each function of a module was found to be so far."""
    return {}


@fact
def tasks_of(module: Module) -> list[Task]:
    """The tasks that are defined in a module, in the order of the source."""
    found = [function_of(node, site) for node, site in module.scopes.functions if node.decorator_list]
    return [task for task in found if isinstance(task, Task)]


class CalledRegistrars(NamedTuple):
    """What the calls of ``shared_task(f)``, ``app.task(f)`` and ``app.register_task(T())`` in a module register.

    :param tasks: those that are known.
    :param is_open: whether there is one of which that is not known.
    """

    tasks: list[Task]
    is_open: bool


@fact
def registered_by_calls_in(module: Module) -> CalledRegistrars:
    """The tasks that a module makes without a decorator, in the order of the source."""
    tasks: list[Task] = []
    is_open = False
    for call in module.calls_of(_REGISTRAR_NAMES):
        if not call.node.args or not _registers(call.node.func, call.site):
            continue
        made = value_of(call.node, call.site)
        if isinstance(made, Task):
            tasks.append(made)
        else:
            is_open = True
    return CalledRegistrars(tasks, is_open)


def registered_in(module: Module) -> list[Task]:
    """The tasks that a module registers, as far as they are known: by decorators, and after them by calls."""
    return [*tasks_of(module), *registered_by_calls_in(module).tasks]


def _registers(function: ast.expr, site: Site) -> bool:
    """Whether what is called registers tasks: ``shared_task``, or a method of an application."""
    if isinstance(function, ast.Attribute) and function.attr in _OF_APPLICATIONS:
        return isinstance(value_of(function.value, site), App)
    return site.module.origin(function, site) == "celery.shared_task"


def task_around(site: Site) -> Task | None:
    """The task in whose body a place lies, functions within it included; None outside of tasks."""
    by_node = _by_node(site.module)
    scope: Scope | None = site.scope
    while scope is not None:
        if scope.node in by_node:
            return by_node[scope.node]
        scope = scope.parent
    return None


def task_of_function(node: ast.AST, module: Module) -> Task | None:
    """The task whose body a function of a module is; None where it is that of none."""
    return _by_node(module).get(node)


@fact
def _by_node(module: Module) -> dict[ast.AST, Task]:
    return {task.node: task for task in registered_in(module)}


def _task(node: FunctionNode, site: Site) -> Task | None:
    for position, decorator in enumerate(node.decorator_list):
        target = without_call(decorator)
        spelling, removed = _spelling(target, site)
        if spelling:
            options = keywords_of(decorator, site) if isinstance(decorator, ast.Call) else Mapping({})
            return Task(node, site, decorator, position, spelling, options, removed)
        named = _named_in_settings(decorator, node, site)
        if named is not None:
            return Task(node, site, decorator, position, "shared", named)
        made = registered_by(decorator, Function(node, site), site)
        if made is not None:
            wrapper = made.node if made.node is not node else None
            return Task(node, site, decorator, position, made.spelling, made.options, "", made.decorator, wrapper)
    return None


def _named_in_settings(decorator: ast.expr, node: FunctionNode, site: Site) -> Mapping | None:
    """The options of a decorator that the setting ``task-decorators`` names; None for any other."""
    known = site.module.project.settings.task_decorators
    if not known:
        return None
    value = value_of(without_call(decorator), site)
    dotted = f"{value.module.dotted}.{value.node.name}" if isinstance(value, (Class, Function)) else ""
    dotted = value.dotted if isinstance(value, Origin) else dotted
    for name, bind in known:
        if name == dotted:
            given = keywords_of(decorator, site) if isinstance(decorator, ast.Call) else Mapping({})
            options = {option: entry for option, entry in given.entries.items() if option in TASK_OPTIONS}
            if bind:
                options["bind"] = Entry(ast.copy_location(ast.Constant(True), decorator), site)
            return Mapping(options)
    return None


def _spelling(target: ast.expr, site: Site) -> tuple[Spelling | None, str]:
    """How a decorator registers a task, if it does; for a removed spelling with its origin."""
    module = site.module
    if not _may_register(target, module):
        return None, ""
    value = value_of(target, site)
    if isinstance(value, Origin):
        if value.dotted == "celery.shared_task":
            return "shared", ""
        if value.dotted in REMOVED:
            return "removed", value.dotted
    if isinstance(target, ast.Attribute) and target.attr == "task":
        return ("app", "") if isinstance(value_of(target.value, site), App) else (None, "")
    return None, ""


def _may_register(target: ast.expr, module: Module) -> bool:
    """Whether a decorator may register a task: by the name that it was imported under, or its last attribute."""
    if isinstance(target, ast.Attribute):
        return target.attr in REGISTRARS
    if not isinstance(target, ast.Name):
        return False
    return module.scopes.renamed.get(target.id, target.id) in REGISTRARS or target.id in module.scopes.assigned
