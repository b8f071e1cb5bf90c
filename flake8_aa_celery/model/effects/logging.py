"""Which calls log."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code import names
from flake8_aa_celery.model.code.syntax import given_to, without_call
from flake8_aa_celery.model.effects.bodies import Body, Step
from flake8_aa_celery.model.effects.graph import Effect, graph_of
from flake8_aa_celery.model.knowledge.logging import LOGGING_METHODS, SILENT_METHODS, WRAPPERS
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import UNKNOWN, Function, Origin

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.scopes import Binding, CallSite, Scope, Site
    from flake8_aa_celery.model.resolve.values import Task


def _logs_by(step: Step) -> str:
    """What logs in a call; the call itself, where it does."""
    return ast.unparse(step.call.node.func)[:60] if is_logging(step.call) else ""


def _hands_on(step: Step) -> bool:
    return True


#: A call logs, or what it leads to does, or what it hands on to whoever may call it.
LOGS = Effect("logs", _logs_by, handed=_hands_on)


def logs_itself(task: Task) -> bool:
    """Whether a call in the body of a task logs, or in a function within it."""
    scopes = (task.scope, *functions_within(task.scope))
    return any(is_logging(call) for scope in scopes for part in scope.frame() for call in part.calls)


def leads_to_log(task: Task) -> bool:
    """Whether a task is known to come to log something by what it calls."""
    graph = graph_of(task.module.project)
    scopes = (task.scope, *functions_within(task.scope), *_decorating(task))
    return any(graph.leads(Body(scope), LOGS) for scope in scopes)


def _decorating(task: Task) -> list[Scope]:
    """The functions of the project that decorate a task, and those within them."""
    values = [value_of(without_call(decorator), task.site) for decorator in task.node.decorator_list]
    scopes = [value.module.scopes.by_node[value.node] for value in values if isinstance(value, Function)]
    return [found for scope in scopes for found in (scope, *functions_within(scope))]


def functions_within(scope: Scope) -> list[Scope]:
    """The functions that are defined in a function, by whatever they are called."""
    found: list[Scope] = []
    for child in scope.children:
        found += [child, *functions_within(child)]
    return found


def has_logging_decorator(task: Task) -> bool:
    """Whether a decorator of a task says by its name that it logs."""
    decorators = (without_call(node) for node in task.node.decorator_list)
    return any("log" in (names.dotted_name(node) or "").lower() for node in decorators)


def is_logging(call: CallSite) -> bool:
    function, site = call.node.func, call.site
    if isinstance(function, ast.Attribute):
        if _is_logger(function.value, site):
            return function.attr not in SILENT_METHODS
        if function.attr in LOGGING_METHODS and _is_log(function.value):
            return True
    name = function.attr if isinstance(function, ast.Attribute) else names.dotted_name(function) or ""
    if name.startswith(("log_", "_log_")) or name in ("log", "_log"):
        return True
    return any(_is_logger(value, site) for value in given_to(call.node))


def _is_logger(node: ast.expr, site: Site) -> bool:
    """Whether an expression is a logger: by what it is called, or by what makes it."""
    if isinstance(node, ast.Attribute):
        return node.attr.lower().endswith("logger")
    if isinstance(node, ast.Call):
        chained = isinstance(node.func, ast.Attribute) and _is_logger(node.func.value, site)
        return chained or makes_logger(node, site)
    if not isinstance(node, ast.Name):
        return False
    given = value_of(node, site) if site.frame is not None and node.id in site.frame.arguments else UNKNOWN
    if given is not UNKNOWN:
        return isinstance(given, Origin) and "log" in given.dotted.rpartition(".")[2].lower()
    return node.id.lower().endswith("logger") or any(
        binds_logger(node.id, binding, binding.site.scope)
        for binding in names.reaching(node.id, site)
        if binding.value is not None or binding.kind == "import"
    )


def _is_log(node: ast.expr) -> bool:
    """Whether something is called a log: ``log``, ``self.log``, ``logging``, ``app.LOG``."""
    last = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    last = last.strip("_").lower()
    return last in ("log", "logging", "logs") or last.endswith("_log")


def makes_logger(value: ast.expr, site: Site) -> bool:
    """Whether an expression is a call of something that makes loggers, by its own name or by the imported one."""
    if not isinstance(value, ast.Call):
        return False
    written = value.func.attr if isinstance(value.func, ast.Attribute) else ""
    maker = names.last_part(names.origin(value.func, site) or "") or names.dotted_name(value.func) or written
    return any(name.lower().endswith("logger") or name.lower() in WRAPPERS for name in (maker, written))


def is_logger_name(name: str) -> bool:
    name = name.strip("_").lower()
    return name == "log" or name.endswith("logger")


def binds_logger(name: str, binding: Binding, scope: Scope) -> bool:
    if isinstance(binding.node, (ast.Import, ast.ImportFrom)):
        imported = names.imported_name(name, binding.node)
        return is_logger_name(name) or is_logger_name(imported.member)
    if binding.kind not in ("assign", "context"):
        return False
    if name.lower().endswith("logger") or (is_logger_name(name) and scope.kind == "module"):
        return True
    return binding.value is not None and makes_logger(binding.value, binding.site)
