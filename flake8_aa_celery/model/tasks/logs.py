"""Which names of a module are loggers, and which of its functions log."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code import names
from flake8_aa_celery.model.code.callees import called_functions, functions_named, within
from flake8_aa_celery.model.code.imports import packages_imported_from
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.syntax import given_to, without_call
from flake8_aa_celery.model.resolve.bindings import imported_module
from flake8_aa_celery.model.resolve.task_functions import tasks_of

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Binding, CallSite, Scope, Site
    from flake8_aa_celery.model.resolve.values import Task

#: Methods that log on anything that is called a log, by Python's ``logging``, structlog and loguru.
_LOGGING_METHODS = frozenset(
    {"critical", "debug", "error", "exception", "fatal", "info", "log", "msg", "notice", "success", "trace"}
    | {"warn", "warning"}
)
#: Methods of a logger that write nothing.
_SILENT_METHODS = frozenset(
    {"addFilter", "addHandler", "getChild", "getEffectiveLevel", "hasHandlers", "isEnabledFor"}
    | {"removeFilter", "removeHandler", "setLevel"}
)
#: Classes that wrap a logger and do not end in its name.
_WRAPPERS = frozenset({"loggeraddtag", "loggeradapter"})


class MissingLogger(NamedTuple):
    """A module with tasks in which no name is a logger.

    :param task: its first task.
    """

    task: Task


@fact
def missing_loggers_of(module: Module) -> list[MissingLogger]:
    """What a module with tasks lacks that binds no logger: one item, or none."""
    tasks = tasks_of(module)
    return [MissingLogger(tasks[0])] if tasks and not binds_logger(module) else []


@fact
def binds_logger(module: Module) -> bool:
    """Whether any name of a module may be a logger: made here, imported, or brought in by a star import."""
    if any(_may_bring_logger(node, module) for node, _ in module.scopes.module.star_imports):
        return True
    return any(
        _binds_logger(name, binding, scope)
        for scope in module.scopes.all
        for name, bindings in scope.bindings.items()
        for binding in bindings
    )


@fact
def name_of_logger(module: Module) -> str | None:
    """The name of the module's logger: made here, or imported as something that is called so."""
    for name, bindings in module.scopes.module.bindings.items():
        (*_, last) = bindings
        if last.site.block.kind == "module" and (
            (last.value is not None and _makes_logger(last.value, last.site))
            or (last.kind == "import" and name.lower().endswith("logger") and not name.lower().startswith("get"))
        ):
            return name
    return None


def logs(task: Task) -> bool:
    """Whether a task may log: in its body on any path, in its decorators, or in functions of its module it calls."""
    module = task.module
    decorators = [without_call(node) for node in task.node.decorator_list]
    if any("log" in (names.dotted_name(node) or "").lower() for node in decorators):
        return True
    return _leads_to_log([task.scope, *functions_named(decorators, task.site)], module)


def _leads_to_log(starts: list[Scope], module: Module) -> bool:
    """Whether one of some functions logs, or one that they call."""
    known = _known(module)
    callers: dict[Scope, Scope | None] = dict.fromkeys(starts)
    waiting = list(callers)
    while waiting:
        scope = waiting.pop()
        if known.get(scope) or (scope not in known and _writes_log(scope)):
            caller: Scope | None = scope
            while caller is not None:
                known[caller] = True
                caller = callers[caller]
            return True
        for called in () if scope in known else called_functions(scope):
            if called not in callers:
                callers[called] = scope
                waiting.append(called)
    known.update(dict.fromkeys(callers, False))
    return False


@fact
def _known(module: Module) -> dict[Scope, bool]:
    """What is known so far of the functions of a module: whether they lead to a log. Many tasks lead to the same."""
    return {}


def _writes_log(scope: Scope) -> bool:
    """Whether a function logs by itself or in a function within it, or hands a logger to somebody."""
    return any(_is_logging(call) for part in within(scope) for call in part.calls)


def maker_of_logger(module: Module) -> dict[str, str]:
    """Where the function comes from that a logger of this module would be made with, and what it is called."""
    if "allianceauth" in packages_imported_from(module):
        return {"module": "allianceauth.services.hooks", "name": "get_extension_logger"}
    return {"module": "logging", "name": "getLogger"}


# -- loggers ----------------------------------------------------------------------------------------------------


def _binds_logger(name: str, binding: Binding, scope: Scope) -> bool:
    if isinstance(binding.node, (ast.Import, ast.ImportFrom)):
        imported = names.imported_name(name, binding.node)
        return _is_logger_name(name) or _is_logger_name(imported.member)
    if binding.kind not in ("assign", "context"):
        return False
    if name.lower().endswith("logger") or (_is_logger_name(name) and scope.kind == "module"):
        return True
    return binding.value is not None and _makes_logger(binding.value, binding.site)


def _may_bring_logger(node: ast.ImportFrom, module: Module) -> bool:
    """Whether a star import offers a logger, or cannot be looked into."""
    path = imported_module(names.ImportedName(node.level, node.module or "", ""), module).path
    found = module.project.load(path) if path and path.endswith(".py") else None
    return found is None or binds_logger(found)


def _is_logger_name(name: str) -> bool:
    name = name.strip("_").lower()
    return name == "log" or name.endswith("logger")


def _makes_logger(value: ast.expr, site: Site) -> bool:
    """Whether an expression is a call of something that makes loggers, by its own name or by the imported one."""
    if not isinstance(value, ast.Call):
        return False
    written = value.func.attr if isinstance(value.func, ast.Attribute) else ""
    maker = names.last_part(names.origin(value.func, site) or "") or names.dotted_name(value.func) or written
    return any(name.lower().endswith("logger") or name.lower() in _WRAPPERS for name in (maker, written))


def _is_logging(call: CallSite) -> bool:
    function, site = call.node.func, call.site
    if isinstance(function, ast.Attribute):
        if _is_logger(function.value, site):
            return function.attr not in _SILENT_METHODS
        if function.attr in _LOGGING_METHODS and _is_log(function.value):
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
        return chained or _makes_logger(node, site)
    if not isinstance(node, ast.Name):
        return False
    return node.id.lower().endswith("logger") or any(
        _binds_logger(node.id, binding, binding.site.scope)
        for binding in names.reaching(node.id, site)
        if binding.value is not None or binding.kind == "import"
    )


def _is_log(node: ast.expr) -> bool:
    """Whether something is called a log: ``log``, ``self.log``, ``logging``, ``app.LOG``."""
    last = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    last = last.strip("_").lower()
    return last in ("log", "logging", "logs") or last.endswith("_log")
