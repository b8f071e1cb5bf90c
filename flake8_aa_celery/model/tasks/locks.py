"""Where ``once={…}`` locks nothing, or over other arguments than it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.syntax import has_attribute
from flake8_aa_celery.model.resolve.applications import has_task_class
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.model.resolve.values import ClassTask, Constant, Mapping
from flake8_aa_celery.model.tasks.options import each_once, written_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Entry, Task
    from flake8_aa_celery.model.tasks.options import WrittenOption

#: What celery-once looks for in ``once``.
ONCE_KEYS = frozenset({"graceful", "keys", "timeout", "unlock_before_run"})


class LostLock(NamedTuple):
    """Something of a task's ``once`` that nobody reads.

    :param key: the key that celery-once does not know; None where the task's class knows of no lock at all.
    :param entry: what this key is bound to.
    :param has_keys: whether ``once`` says over which arguments to lock, or may.
    """

    option: WrittenOption
    key: str | None = None
    entry: Entry | None = None
    has_keys: bool = False


@fact
def lost_locks_of(module: Module) -> list[LostLock]:
    """Each ``once`` of a module's tasks without a class that locks, and each key in one that is not read."""
    written = list(written_options(module, "once"))
    unlocked = each_once(option for option in written if _locks_nothing(option))
    return [*map(LostLock, unlocked), *(lost for option in each_once(written) for lost in _unread_keys(option))]


def _locks_nothing(option: WrittenOption) -> bool:
    task = option.task
    bases = bases_of(task)
    value = option.entry.value
    says_something = not (isinstance(value, Constant) and not value.value) and not _is_empty(value)
    return says_something and not bases.is_once and not _may_be_of_base(task) and not _is_read(task)


def _may_be_of_base(task: Task) -> bool:
    """Whether a class may have a ``once`` beside the one of the task, which in a class of tasks stands there itself."""
    bases = bases_of(task)
    return not bases.complete if isinstance(task, ClassTask) else bases.may_define("once")


def _is_empty(value: object) -> bool:
    return isinstance(value, Mapping) and value.complete and not value.entries


def _is_read(task: Task) -> bool:
    """Whether the task, its class, or the class that the application gives to all tasks may look at ``once``."""
    nodes = [task.node, *(found.node for found in bases_of(task).classes)]
    if any(has_attribute(node, "once") for node in nodes):
        return True
    return task.options.lacks("base") and has_task_class(task.module.project)


def _unread_keys(option: WrittenOption) -> Iterator[LostLock]:
    """The keys of a celery-once task's ``once`` that celery-once does not read, nor a class of the project."""
    once, bases = option.entry.value, bases_of(option.task)
    if not isinstance(once, Mapping) or not bases.is_once or _may_be_of_base(option.task) or _is_read(option.task):
        return
    for key, entry in once.entries.items():
        if key not in ONCE_KEYS:
            yield LostLock(option, key, entry, not once.lacks("keys"))
