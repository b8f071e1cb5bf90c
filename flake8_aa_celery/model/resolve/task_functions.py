"""Which functions are tasks, by where their decorators were imported from."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import once_a_module
from flake8_aa_celery.model.code.syntax import without_call
from flake8_aa_celery.model.resolve import prefilters
from flake8_aa_celery.model.resolve.values import App, Function, Mapping, Origin, Task

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import FunctionNode, Scope, Site
    from flake8_aa_celery.model.resolve.values import Spelling

#: Spellings that Celery removed in version 5: https://docs.celeryq.dev/en/stable/history/whatsnew-5.0.html
REMOVED = frozenset(
    {
        "celery.decorators.periodic_task",
        "celery.decorators.task",
        "celery.task",
        "celery.task.base.periodic_task",
        "celery.task.base.task",
        "celery.task.periodic_task",
        "celery.task.task",
    }
)


def of_function(node: FunctionNode, site: Site, module: Module) -> Task | Function:
    """The task that a function is, or the function if no decorator registers it. Always the same object."""
    known = module.functions.get(node)
    if known is None:
        # while its decorators are looked at it is no task: a decorator that leads back here is not Celery's
        module.functions[node] = Function(node, module, site)
        known = module.functions[node] = _task(node, site, module) or module.functions[node]
    return known


def around(site: Site, module: Module) -> Task | None:
    """The task in whose body a place lies, functions within it included; None outside of tasks."""
    by_node = _by_node(module)
    scope: Scope | None = site.scope
    while scope is not None:
        if scope.node in by_node:
            return by_node[scope.node]
        scope = scope.parent
    return None


@once_a_module
def _by_node(module: Module) -> dict[ast.AST, Task]:
    return {task.node: task for task in module.tasks}


def _task(node: FunctionNode, site: Site, module: Module) -> Task | None:
    for position, decorator in enumerate(node.decorator_list):
        target = without_call(decorator)
        spelling, removed = _spelling(target, site, module)
        if spelling:
            options = module.values.keywords(decorator, site) if isinstance(decorator, ast.Call) else Mapping({})
            return Task(node, module, site, decorator, position, spelling, options, removed)
    return None


def _spelling(target: ast.expr, site: Site, module: Module) -> tuple[Spelling | None, str]:
    """How a decorator registers a task, if it does; for a removed spelling with its origin."""
    if not prefilters.decorator(target, module):
        return None, ""
    value = module.evaluate(target, site)
    if isinstance(value, Origin):
        if value.dotted == "celery.shared_task":
            return "shared", ""
        if value.dotted in REMOVED:
            return "removed", value.dotted
    if isinstance(target, ast.Attribute) and target.attr == "task":
        return ("app", "") if isinstance(module.evaluate(target.value, site), App) else (None, "")
    return None, ""
