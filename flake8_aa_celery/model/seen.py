"""How much of Celery was recognised in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.resolve.task_functions import registered_in

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module


class Seen(NamedTuple):
    """How many tasks, sends, entries of schedules and views there are in some files."""

    tasks: int = 0
    sends: int = 0
    schedules: int = 0
    views: int = 0

    def plus(self, other: Seen) -> Seen:
        """Those of both."""
        return Seen(*(mine + its for mine, its in zip(self, other, strict=True)))

    def __str__(self) -> str:
        return f"{self.tasks} tasks, {self.sends} sends, {self.schedules} schedule entries, {self.views} views"


def tasks_seen_in(module: Module) -> Seen:
    """The tasks of a module, without the rest."""
    return Seen(len(registered_in(module)))


def seen_in(module: Module) -> Seen:
    """Everything that is counted, of a module."""
    from flake8_aa_celery.model.django.views import views_of
    from flake8_aa_celery.model.periodic.schedules import schedule_of
    from flake8_aa_celery.model.resolve.occurrences import dispatches_of

    return Seen(len(registered_in(module)), len(dispatches_of(module)), len(schedule_of(module)), len(views_of(module)))
