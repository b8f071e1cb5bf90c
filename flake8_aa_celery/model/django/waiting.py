"""Tasks that views run themselves, or wait for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.django.views import view_around
from flake8_aa_celery.model.knowledge.celery import RESULT_WAITS
from flake8_aa_celery.model.resolve.occurrences import local_calls_of
from flake8_aa_celery.model.results.uses import result_uses_of

if TYPE_CHECKING:
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


@fact
def tasks_in_views_of(module: Module) -> list[TaskInView]:
    """The tasks that the views of a module run themselves, and those that they wait for."""
    waits = [use for use in result_uses_of(module) if use.name in RESULT_WAITS and use.dispatch is not None]
    asked: list[LocalCall | ResultUse] = [*local_calls_of(module), *waits]
    return [TaskInView(view, by) for by in asked if (view := view_around(by.site)) is not None]
