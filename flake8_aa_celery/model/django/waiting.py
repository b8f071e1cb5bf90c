"""What keeps the user of a view waiting: a task that the view runs or waits for itself, and whatever else blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.django.views import view_around, views_of
from flake8_aa_celery.model.effects.blocking import blocking_of
from flake8_aa_celery.model.resolve.occurrences import local_calls_of
from flake8_aa_celery.model.results.uses import WAITS, result_uses_of

if TYPE_CHECKING:
    import ast

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.django.views import View
    from flake8_aa_celery.model.resolve.values import LocalCall
    from flake8_aa_celery.model.results.uses import ResultUse


class TaskInView(NamedTuple):
    """A task that a view runs itself, or for whose result it waits.

    :param by: the call that runs the task, or what is asked of its result.
    """

    view: View
    by: LocalCall | ResultUse


class BlockingCall(NamedTuple):
    """A call in a view that blocks.

    :param by: what blocks, as a message may name it.
    """

    view: View
    node: ast.Call
    by: str


@fact
def tasks_in_views_of(module: Module) -> list[TaskInView]:
    """The tasks that the views of a module run themselves, and those that they wait for."""
    waits = [use for use in result_uses_of(module) if use.name in WAITS and use.dispatch is not None]
    asked: list[LocalCall | ResultUse] = [*local_calls_of(module), *waits]
    return [TaskInView(view, by) for by in asked if (view := view_around(by.site)) is not None]


@fact
def blocking_calls_of(module: Module) -> list[BlockingCall]:
    """The calls in the views of a module that block, apart from tasks that are run or waited for."""
    blocking = blocking_of(module)
    of_tasks = {id(call.node) for call in local_calls_of(module)} | {id(use.node) for use in result_uses_of(module)}
    return [
        BlockingCall(view, call.node, by)
        for view in views_of(module)
        for call in module.calls_in(view.scope)
        if id(call.node) not in of_tasks and (by := blocking.by(call))
    ]
