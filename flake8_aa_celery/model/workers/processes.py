"""Processes that tasks start."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.configuration.celery_settings import only_constant
from flake8_aa_celery.model.effects.bodies import Body
from flake8_aa_celery.model.effects.graph import Effect, graph_of
from flake8_aa_celery.model.resolve.task_classes import run_by_workers_of

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.effects.bodies import Step
    from flake8_aa_celery.model.effects.graph import Stage
    from flake8_aa_celery.model.resolve.values import Task

#: The pool that a worker has unless it is told.
_PREFORK = "prefork"
_NAMES = frozenset({"Manager", "Pool", "Process", "ProcessPoolExecutor"})
_STARTS = re.compile(
    r"multiprocessing\.(get_context\(\)\.|context\.\w+\.|pool\.|process\.)?(Manager|Pool|Process)"
    r"|concurrent\.futures\.(process\.)?ProcessPoolExecutor"
)


class ProcessInTask(NamedTuple):
    """A task that starts processes.

    :param way: the calls from the task on, the last of which does.
    """

    task: Task
    way: list[Stage]


def _started_by(step: Step) -> str:
    """``multiprocessing.Pool`` for a call that makes processes; otherwise empty."""
    call = step.call
    renamed = call.site.module.scopes.renamed.get(call.name, call.name)
    origin = call.site.module.origin(call.node.func, call.site) or "" if renamed in _NAMES else ""
    return origin.replace("()", "") if _STARTS.fullmatch(origin) else ""


#: A call starts processes, itself or in what it calls.
STARTS_PROCESSES = Effect("starts processes", _started_by)


@fact
def processes_in_tasks_of(module: Module) -> list[ProcessInTask]:
    """The tasks of a module that start processes, in a project that does not set another pool than prefork."""
    graph = graph_of(module.project)
    found = [
        ProcessInTask(task, way)
        for task in run_by_workers_of(module)
        if (way := graph.way(Body(task.scope), STARTS_PROCESSES))
    ]
    return found if found and only_constant(module.project, "worker_pool", _PREFORK) == _PREFORK else []
