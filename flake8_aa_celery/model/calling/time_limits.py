"""Limits of the time that a task may run for, at the task and where it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.calling.send_options import given_in
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.resolve.task_classes import run_by_workers_of
from flake8_aa_celery.model.resolve.values import Constant, Dispatch
from flake8_aa_celery.model.tasks.options import options_written_for

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Entry, Value

_LIMITS = frozenset({"soft_time_limit", "time_limit"})
#: What sends a message past the workers that every task is for.
_ELSEWHERE = ("exchange", "queue", "routing_key")


class TimeLimit(NamedTuple):
    """A limit as it is written.

    :param node: where to report it: its name in a dict, its value in a call; what it is given to where it is written
        in another file.
    :param owner: what has the limit: a task, or what is sent with it; None for an entry of a schedule.
    """

    name: str
    entry: Entry
    node: ast.expr
    owner: Value | None


@fact
def time_limits_of(module: Module) -> list[TimeLimit]:
    """What limits the time of a module's tasks and of what it sends: the first such option of each, each place once."""
    found: dict[int, TimeLimit] = {}
    for limit in (*_of_tasks(module), *_of_messages(module)):
        found.setdefault(id(limit.entry.node), limit)
    return list(found.values())


def _of_tasks(module: Module) -> Iterator[TimeLimit]:
    for task in run_by_workers_of(module):
        limits = (option for option in options_written_for(task) if _limits(option.name, option.entry))
        yield from [TimeLimit(each.name, each.entry, each.node, task) for each in limits][:1]


def _of_messages(module: Module) -> Iterator[TimeLimit]:
    for given in given_in(module):
        if any(name in given.options.entries for name in _ELSEWHERE):
            continue  # the workers of that queue may keep limits
        limits = [(name, entry) for name, entry in given.options.entries.items() if _limits(name, entry)]
        for name, entry in limits[:1]:
            node = (entry.key or entry.node) if entry.module is module else given.node
            yield TimeLimit(name, entry, node, _sent(given.owner))


def _sent(owner: Value | None) -> Value | None:
    return owner.receiver if isinstance(owner, Dispatch) else owner


def _limits(name: str, entry: Entry) -> bool:
    value = entry.value
    return name in _LIMITS and not (isinstance(value, Constant) and value.value is None)
