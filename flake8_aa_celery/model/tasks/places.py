"""Tasks in modules that are none of tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.files import files
from flake8_aa_celery.model.code.imports import imported_files
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.resolve.modules import is_tasks_module
from flake8_aa_celery.model.resolve.occurrences import apps_of
from flake8_aa_celery.model.resolve.task_functions import tasks_of

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Task


class Misplaced(NamedTuple):
    """The tasks of a module that is none of tasks.

    :param is_imported: whether a module of tasks imports it, so that workers know them.
    """

    tasks: list[Task]
    is_imported: bool


@fact
def misplaced_tasks_of(module: Module) -> list[Misplaced]:
    """The tasks of a module that is none of tasks, nor makes the application: one item, or none."""
    tasks = tasks_of(module)
    if not tasks or is_tasks_module(module) or apps_of(module):
        return []
    return [Misplaced(tasks, _is_imported(module))]


def _is_imported(module: Module) -> bool:
    """Whether a module of tasks imports a module, or something of it."""
    project = module.project
    name, real = module.dotted.rpartition(".")[2].encode(), project.places.real
    for path in files(project, lambda data: name in data and b"import" in data):
        importer = project.load(path)
        is_of_tasks = importer is not None and is_tasks_module(importer)
        if importer is not None and is_of_tasks and real(module.path) in map(real, imported_files(importer)):
            return True
    return False
