"""Tasks of celery-once in workflows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.canvas.workflows import followed_in
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.model.resolve.occurrences import workflows_of
from flake8_aa_celery.model.resolve.values import Signature, Task

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Element, Workflow


class FollowedOnceTask(NamedTuple):
    """A task of celery-once that another one follows in a chain.

    :param is_alone: whether it is certain that the chain holds no other such task.
    :param is_awaited: whether the task after it takes its result.
    :param has_priority: whether the chain sets its priority.
    """

    task: Task
    chain: Workflow
    is_alone: bool
    is_awaited: bool
    has_priority: bool


@fact
def followed_once_tasks_of(module: Module) -> list[FollowedOnceTask]:
    """Every chain of this module that holds a task of celery-once before another one, with the first such task."""
    return [found for workflow in workflows_of(module) if (found := _first_in(workflow)) is not None]


def _first_in(workflow: Workflow) -> FollowedOnceTask | None:
    for followed in followed_in(workflow):
        task = _task_of(followed.member)
        if task is not None and bases_of(task).is_once:
            return FollowedOnceTask(
                task,
                workflow,
                _is_alone(followed.member, workflow),
                _takes_result(followed.following),
                _sets_priority(followed.member),
            )
    return None


def _takes_result(member: Element) -> bool:
    return isinstance(member.value, Signature) and member.value.immutable is False


def _sets_priority(member: Element) -> bool:
    return isinstance(member.value, Signature) and member.value.options.get("priority") is not None


def _is_alone(member: Element, chain: Workflow) -> bool:
    """Whether all other members of a chain are known to be no tasks of celery-once."""
    others = (_task_of(other) for other in chain.members.elements if other is not member)
    return chain.members.complete and member.loop is None and all(map(_is_no_once_task, others))


def _task_of(member: Element) -> Task | None:
    signature = member.value
    task = signature.task if isinstance(signature, Signature) else None
    return task if isinstance(task, Task) else None


def _is_no_once_task(task: Task | None) -> bool:
    bases = bases_of(task) if task is not None else None
    return bases is not None and not bases.is_once and not bases.may_define("once")
