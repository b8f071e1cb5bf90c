"""Tasks that a function runs itself on one path and sends on another, as where ``settings.DEBUG`` decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.leaving import exclude_each_other
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.resolve.occurrences import dispatches_of
from flake8_aa_celery.model.resolve.values import Task

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Scope, Site


def is_sent_otherwise(task: Task, site: Site) -> bool:
    """Whether the function around a place, where it runs a task itself, sends that task on another path."""
    function = site.scope.function()
    sent = _sent_by(site.module).get(function, []) if function is not None else []
    return any(other.node is task.node and exclude_each_other(site, place) for other, place in sent)


@fact
def _sent_by(module: Module) -> dict[Scope | None, list[tuple[Task, Site]]]:
    """The tasks that each function of a module sends, and where."""
    found: dict[Scope | None, list[tuple[Task, Site]]] = {}
    for dispatch in dispatches_of(module):
        if isinstance(dispatch.task, Task):
            found.setdefault(dispatch.site.scope.function(), []).append((dispatch.task, dispatch.site))
    return found
