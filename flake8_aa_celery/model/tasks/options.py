"""Where the options of a task are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.syntax import has_attribute
from flake8_aa_celery.model.knowledge.celery import APPLY_ASYNC_OPTIONS, RETRY_POLICY, TASK_OPTIONS
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.model.resolve.task_classes import run_by_workers_of

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Entry, Task

_DELAY = "delay"


class WrittenOption(NamedTuple):
    """An option of a task as it is written.

    :param node: where to report it: its name in a dict, its value in a call; the decorator of the task where it is
        written in another file.
    """

    name: str
    entry: Entry
    task: Task
    node: ast.expr


def gives_options(call: ast.Call) -> bool:
    """Whether a ``delay`` is given what looks like an option of ``apply_async``."""
    return any(keyword.arg in APPLY_ASYNC_OPTIONS for keyword in call.keywords)


def written_options(module: Module, name: str | None = None) -> Iterator[WrittenOption]:
    """The options of what a module has workers run; those of one name where it is given.

    An option that several tasks share is there once for each of them.
    """
    for task in run_by_workers_of(module):
        yield from (option for option in options_written_for(task) if name in (None, option.name))


def options_written_for(task: Task) -> Iterator[WrittenOption]:
    """The options of one task."""
    for key, entry in task.options.entries.items():
        node = (entry.key or entry.node) if entry.module is task.module else task.decorator
        yield WrittenOption(key, entry, task, node)


def each_once(options: Iterable[WrittenOption]) -> list[WrittenOption]:
    """The first of those that are written in the same place."""
    found: dict[ast.expr, WrittenOption] = {}
    for option in options:
        found.setdefault(option.entry.node, option)
    return list(found.values())


@fact
def meaningless_options_of(module: Module) -> list[WrittenOption]:
    """The options that neither Celery nor the task itself nor its class reads, each place once.

    Of those that say together how publishing is tried again the first of each task.
    """
    found: list[WrittenOption] = []
    for task in run_by_workers_of(module):
        options = list(filter(_means_nothing, options_written_for(task)))
        policy = [option for option in options if option.name in RETRY_POLICY]
        found += [option for option in options if option not in policy[1:]]
    return each_once(found)


def _means_nothing(option: WrittenOption) -> bool:
    if option.name == _DELAY:  # a method, which nobody has any use for as anything else
        return not bases_of(option.task).may_define(_DELAY)
    is_known = option.name in TASK_OPTIONS or bases_of(option.task).may_define(option.name)
    return not is_known and not _is_read(option)


def _is_read(option: WrittenOption) -> bool:
    """Whether the task's own body asks for the option: ``self.timeout``, ``update.timeout``."""
    return any(has_attribute(statement, option.name) for statement in option.task.node.body)
