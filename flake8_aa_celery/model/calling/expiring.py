"""Tasks of celery-once that may expire: one that does never runs, and nobody drops its lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.canvas.workflows import sent_at_once
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.periodic.schedules import schedule_of
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.model.resolve.occurrences import canvas_of
from flake8_aa_celery.model.resolve.values import Constant, Dispatch, Signature, Task, UnreadableTask, Workflow
from flake8_aa_celery.model.tasks.index import task_named
from flake8_aa_celery.model.tasks.once import once_of
from flake8_aa_celery.model.tasks.options import each_once, written_options
from flake8_aa_celery.model.tasks.parameters import task_of

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Entry, Function, NamedTask

    Sent = Task | UnreadableTask | NamedTask | Function | None


class ExpiringOnceTask(NamedTuple):
    """A celery-once task that is given an expiry.

    :param node: where to report it.
    """

    task: Task
    node: ast.expr


@fact
def expiring_once_tasks_of(module: Module) -> list[ExpiringOnceTask]:
    """Every expiry that a module gives a celery-once task, by its decorator, when it is sent, or in a schedule."""
    found: dict[tuple[str, int, int], ExpiringOnceTask] = {}
    for task, entry, node in _given(module):
        place = entry.module.path, entry.node.lineno, entry.node.col_offset
        if task is not None and place not in found and _outlives(task, entry):
            found[place] = ExpiringOnceTask(task, entry.reported_in(module, node))
    return list(found.values())


def _given(module: Module) -> Iterator[tuple[Task | None, Entry, ast.expr]]:
    """Every ``expires``, with what it is for and where to report it if it is written elsewhere."""
    for option in each_once(written_options(module, "expires")):
        yield option.task, option.entry, option.node
    for call, value in canvas_of(module):
        entry = value.options.get("expires")
        if entry is not None and isinstance(value, (Dispatch, Signature)):
            yield from ((task_of(sent, module), entry, call.node) for sent in _sent_with(value))
    for scheduled in schedule_of(module):
        entry = scheduled.options.get("expires")
        if entry is not None:
            target = scheduled.signature.task if scheduled.signature else None
            name = scheduled.task_name
            task = task_of(target, module) or (task_named(name, module) if name else None)
            yield task, entry, scheduled.node


def _sent_with(value: Dispatch | Signature) -> list[Sent]:
    """The tasks that get the options of what is sent: of a chain the first, of a group all, or one of several."""
    receiver = value.receiver if isinstance(value, Dispatch) else value
    if isinstance(receiver, Workflow):
        signatures = [each.value for each in sent_at_once(receiver)]
        return [each.task for each in signatures if isinstance(each, Signature) and each.options.lacks("expires")]
    task = value.task
    if isinstance(task, UnreadableTask) and task.among:
        return [each for each in task.among if isinstance(each, Task)]
    return [task]


def _outlives(task: Task, entry: Entry) -> bool:
    """Whether the lock of a celery-once task is held for longer than until its message expires."""
    value = entry.value
    if not bases_of(task).is_once or (isinstance(value, Constant) and value.value is None):
        return False
    once = once_of(task)
    if once is None or not once.complete or once.constant("unlock_before_run") is True:
        return False
    timeout, expires = once.constant("timeout"), value.value if isinstance(value, Constant) else None
    if once.lacks("timeout"):
        return True
    is_short = isinstance(timeout, (int, float)) and isinstance(expires, (int, float)) and timeout <= expires
    return isinstance(timeout, (int, float)) and not is_short
