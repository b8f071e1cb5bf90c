"""Which tasks are sent somewhere in their project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model import relevant
from flake8_aa_celery.model.expressions.facts import Task
from flake8_aa_celery.model.lookup.files import files

if TYPE_CHECKING:
    from flake8_aa_celery.model.module import Module


def is_dispatched(task: Task) -> bool:
    """Whether the task is sent somewhere in its project, or put into a signature, by the name of its function."""
    name = task.name.encode()

    def mentions(data: bytes) -> bool:
        return name in data and relevant(data)

    project = task.module.project
    modules = [task.module, *(project.load(path) for path in files(project, mentions))]
    return any(module is not None and _sends(module, task) for module in modules)


def _sends(module: Module, task: Task) -> bool:
    sent = [dispatch.task for dispatch in module.dispatches] + [signature.task for signature in module.signatures]
    return any(_is_same(found, task) for found in sent)


def _is_same(found: object, task: Task) -> bool:
    return isinstance(found, Task) and found.node.name == task.node.name and found.module.path == task.module.path
