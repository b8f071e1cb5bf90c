"""Tasks of celery-once in workflows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.canvas.workflows import followed_of
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.model.resolve.values import Signature, Task

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Workflow


def once_tasks_followed_of(module: Module) -> list[tuple[Task, Workflow]]:
    """Every chain of this module that holds a task of celery-once before another one, with the first such task."""
    found: dict[int, tuple[Task, Workflow]] = {}
    for followed in followed_of(module):
        signature = followed.member.value
        task = signature.task if isinstance(signature, Signature) else None
        if isinstance(task, Task) and bases_of(task).is_once:
            found.setdefault(id(followed.chain.node), (task, followed.chain))
    return list(found.values())
