"""Tasks of celery-once in workflows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.canvas.workflows import followed_of
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.model.resolve.values import Signature, Task

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Workflow


class FollowedOnceTask(NamedTuple):
    """A task of celery-once that another one follows in a chain."""

    task: Task
    chain: Workflow


@fact
def followed_once_tasks_of(module: Module) -> list[FollowedOnceTask]:
    """Every chain of this module that holds a task of celery-once before another one, with the first such task."""
    found: dict[int, FollowedOnceTask] = {}
    for followed in followed_of(module):
        signature = followed.member.value
        task = signature.task if isinstance(signature, Signature) else None
        if isinstance(task, Task) and bases_of(task).is_once:
            found.setdefault(id(followed.chain.node), FollowedOnceTask(task, followed.chain))
    return list(found.values())
