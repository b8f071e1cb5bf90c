"""Which names of a module are loggers, and which of its functions log."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code import names
from flake8_aa_celery.model.code.imports import packages_imported_from
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.effects.logging import (
    binds_logger,
    has_logging_decorator,
    logs_itself,
    makes_logger,
    way_to_log,
)
from flake8_aa_celery.model.knowledge.allianceauth import LOGGER_MAKER
from flake8_aa_celery.model.resolve.bindings import imported_module
from flake8_aa_celery.model.resolve.task_functions import tasks_of

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Task


class MissingLogger(NamedTuple):
    """A module with tasks in which no name is a logger.

    :param task: its first task.
    """

    task: Task


@fact
def missing_loggers_of(module: Module) -> list[MissingLogger]:
    """What a module with tasks lacks that binds no logger: one item, or none."""
    tasks = tasks_of(module)
    if not tasks or has_logger(module) or all(way_to_log(task) for task in tasks):
        return []
    return [MissingLogger(tasks[0])]


@fact
def has_logger(module: Module) -> bool:
    """Whether any name of a module may be a logger: made here, imported, or brought in by a star import."""
    if any(_may_bring_logger(node, module) for node, _ in module.scopes.module.star_imports):
        return True
    return any(
        binds_logger(name, binding, scope)
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
            (last.value is not None and makes_logger(last.value, last.site))
            or (last.kind == "import" and name.lower().endswith("logger") and not name.lower().startswith("get"))
        ):
            return name
    return None


def maker_of_logger(module: Module) -> dict[str, str]:
    """Where the function comes from that a logger of this module would be made with, and what it is called."""
    if "allianceauth" in packages_imported_from(module):
        return dict(LOGGER_MAKER)
    return {"module": "logging", "name": "getLogger"}


# -- loggers ----------------------------------------------------------------------------------------------------


def _may_bring_logger(node: ast.ImportFrom, module: Module) -> bool:
    """Whether a star import offers a logger, or cannot be looked into."""
    path = imported_module(names.ImportedName(node.level, node.module or "", ""), module).path
    found = module.project.load(path) if path and path.endswith(".py") else None
    return found is None or has_logger(found)


def logs(task: Task) -> bool:
    """Whether a task may log: in its decorators, or in anything that it leads to in the project."""
    return has_logging_decorator(task) or logs_itself(task) or bool(way_to_log(task))
