"""Which tasks are sent somewhere in their project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model import relevant
from flake8_aa_celery.model.code.files import files
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.resolve.occurrences import dispatches_of, signatures_of
from flake8_aa_celery.model.resolve.values import Task

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module


def is_dispatched(task: Task) -> bool:
    """Whether the task is sent somewhere in its project, or put into a signature, by the name of its function."""
    name = task.name.encode()

    def mentions(data: bytes) -> bool:
        return name in data and relevant(data)

    project = task.module.project
    modules = [task.module, *(project.load(path) for path in files(project, mentions))]
    return any(module is not None and (task.module.path, task.node.name) in _sent(module) for module in modules)


@fact
def _sent(module: Module) -> set[tuple[str, str]]:
    """The tasks that a module sends or makes signatures of, by their files and functions."""
    sent = [dispatch.task for dispatch in dispatches_of(module)] + [
        signature.task for signature in signatures_of(module)
    ]
    return {(task.module.path, task.node.name) for task in sent if isinstance(task, Task)}
