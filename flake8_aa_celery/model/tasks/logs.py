"""Which names of a module are loggers, and which of its functions log."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code import names
from flake8_aa_celery.model.code.imports import packages_imported_from
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.effects.bodies import Body
from flake8_aa_celery.model.effects.graph import graph_of
from flake8_aa_celery.model.effects.logging import (
    LOGS,
    binds_logger,
    has_logging_decorator,
    leads_to_log,
    logs_itself,
    makes_logger,
)
from flake8_aa_celery.model.knowledge.allianceauth import LOGGER_MAKER
from flake8_aa_celery.model.resolve.bindings import imported_module, is_read_whole, modules_starred
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.model.resolve.task_classes import run_by_workers_of
from flake8_aa_celery.model.resolve.values import ClassTask

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.names import ImportedName
    from flake8_aa_celery.model.code.scopes import Binding, Site
    from flake8_aa_celery.model.resolve.values import Task

#: What makes loggers of Python's ``logging``, or wraps them.
_FORMATTING = frozenset({"AppLogger", "LoggerAddTag", "LoggerAdapter", "getLogger", "get_extension_logger"}) | {
    "get_task_logger"
}
#: Through so many files an imported logger is followed.
_MOST_IMPORTS = 5


#: Methods of a task that Celery calls before or after a run.
_AROUND_A_RUN = frozenset({"__call__", "after_return", "before_start", "on_failure", "on_retry", "on_success"})


class MissingLogger(NamedTuple):
    """A module with tasks in which no name is a logger.

    :param task: its first task.
    """

    task: Task


@fact
def missing_loggers_of(module: Module) -> list[MissingLogger]:
    """What a module with tasks lacks that binds no logger: one item, or none."""
    tasks = sorted(filter(is_run, run_by_workers_of(module)), key=lambda task: task.definition.lineno)
    if not tasks or has_logger(module) or all(leads_to_log(task) for task in tasks):
        return []
    return [MissingLogger(tasks[0])]


def is_run(task: Task) -> bool:
    """Whether a task is none that only says what others have in common."""
    return not isinstance(task, ClassTask) or task.options.constant("abstract") is not True


@fact
def has_logger(module: Module) -> bool:
    """Whether any name of a module may be a logger: made here, imported, or brought in by a star import."""
    return not is_read_whole(module) or any(map(_binds_logger, modules_starred(module)))


@fact
def _binds_logger(module: Module) -> bool:
    """Whether any name of a module may be a logger that is made or imported here."""
    return any(
        binds_logger(name, binding, scope)
        for scope in module.scopes.all
        for name, bindings in scope.bindings.items()
        for binding in bindings
    )


class Logger(NamedTuple):
    """A logger that a module can write to.

    :param formats: whether it is one of Python's ``logging``, which puts arguments into a message by ``%s``.
    """

    name: str
    formats: bool


@fact
def logger_of(module: Module) -> Logger | None:
    """The logger of a module: one that it makes before one that it imports."""
    made: list[Logger] = []
    imported: list[Logger] = []
    for name, bindings in module.scopes.module.bindings.items():
        (*_, last) = bindings
        found = _logger_bound(name, last, _MOST_IMPORTS) if last.site.block.kind == "module" else None
        if found is not None:
            (imported if last.kind == "import" else made).append(Logger(name, found.formats))
    return next(iter(made + imported), None)


def _logger_bound(name: str, binding: Binding, steps: int) -> Logger | None:
    """The logger that a name is certain to be; None for a class, a function, or what cannot be told from one."""
    if isinstance(binding.node, (ast.Import, ast.ImportFrom)):
        return _logger_imported(name, names.imported_name(name, binding.node), binding.site.module, steps)
    if binding.value is None or not makes_logger(binding.value, binding.site):
        return None
    return Logger(name, _maker(binding.value, binding.site) in _FORMATTING)


def _logger_imported(name: str, imported: ImportedName, module: Module, steps: int) -> Logger | None:
    """The logger that an import brings: one that its file makes, or that is called so where there is no such file."""
    owner = imported_module(imported._replace(member=""), module)
    loaded = module.project.load(owner.path) if owner.path and owner.path.endswith(".py") else None
    if loaded is not None:
        bindings = loaded.scopes.module.bindings.get(imported.member, [])
        return _logger_bound(imported.member, bindings[-1], steps - 1) if bindings and steps else None
    is_called_so = all(each.strip("_") in ("LOGGER", "logger") for each in (name, imported.member))
    return Logger(name, formats=False) if is_called_so and owner.path is None else None


def _maker(value: ast.expr, site: Site) -> str:
    """The name of the function that makes something, as it is called where it comes from; empty for others."""
    if not isinstance(value, ast.Call):
        return ""
    written = value.func.attr if isinstance(value.func, ast.Attribute) else ""
    return names.last_part(names.origin(value.func, site) or "") or names.dotted_name(value.func) or written


def maker_of_logger(module: Module) -> dict[str, str]:
    """Where the function comes from that a logger of this module would be made with, and what it is called."""
    if "allianceauth" in packages_imported_from(module):
        return dict(LOGGER_MAKER)
    return {"module": "logging", "name": "getLogger"}


# -- loggers ----------------------------------------------------------------------------------------------------


def logs(task: Task) -> bool:
    """Whether a task may log: in its decorators, in anything that it leads to in the project, or around a run."""
    return has_logging_decorator(task) or logs_itself(task) or leads_to_log(task) or _logs_around(task)


def _logs_around(task: Task) -> bool:
    """Whether a method of a task's class logs that Celery calls before or after each run."""
    graph = graph_of(task.module.project)
    return any(
        graph.leads(Body(binding.site.module.scopes.by_node[binding.node]), LOGS)
        for owner in bases_of(task).classes
        for name in _AROUND_A_RUN & owner.scope.bindings.keys()
        for binding in owner.scope.bindings[name]
        if isinstance(binding.node, FUNCTIONS)
    )
