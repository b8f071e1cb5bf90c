"""Entries of a schedule that are there twice."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.calling.due import occasions_of
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.periodic.schedules import schedule_of
from flake8_aa_celery.model.resolve.values import Constant, Items, Mapping

if TYPE_CHECKING:
    from collections.abc import Hashable
    from typing import Literal

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.periodic.schedules import ScheduleEntry
    from flake8_aa_celery.model.resolve.values import Entry

#: Options by which two entries for one task are told apart.
_WHERE_TO = ("queue", "routing_key", "exchange")


class TwiceScheduled(NamedTuple):
    """An entry that is there already.

    :param entry: the later of the two.
    :param first: the earlier.
    :param same: whether they have the same key, or start the same task alike.
    """

    entry: ScheduleEntry
    first: ScheduleEntry
    same: Literal["key", "task"]

    @property
    def node(self) -> ast.expr:
        """Where the later is named, or described where it has no name."""
        return self.entry.name_node if self.entry.name_node is not None else self.entry.node


@fact
def twice_scheduled_of(module: Module) -> list[TwiceScheduled]:
    """The entries of a module's schedules that repeat an earlier one of the same schedule and block of code."""
    keys: dict[Hashable, ScheduleEntry] = {}
    sent: dict[Hashable, ScheduleEntry] = {}
    found: list[TwiceScheduled] = []
    for entry in schedule_of(module):
        if entry.way != "setting":
            continue
        block = id(entry.site.block), entry.schedule
        by_key = keys.setdefault((block, entry.name), entry) if entry.name is not None else entry
        what = _what_is_sent(entry)
        by_task = sent.setdefault((block, what), entry) if what is not None else entry
        if by_key is not entry:
            found.append(TwiceScheduled(entry, by_key, "key"))
            keys[block, entry.name] = entry
        elif by_task is not entry:
            found.append(TwiceScheduled(entry, by_task, "task"))
    return found


def _what_is_sent(entry: ScheduleEntry) -> Hashable | None:
    """What an entry starts, when and with what, to compare with others; None where not all of it is seen."""
    if not entry.fields.complete or not entry.options.complete or entry.task_name is None:
        return None
    schedule = entry.fields.get("schedule")
    if schedule is None:
        return None
    options = [_written(entry.options.get(name)) for name in _WHERE_TO]
    return (
        entry.task_name,
        occasions_of(entry) or _written(schedule),
        *(_written(entry.fields.get(name)) for name in ("args", "kwargs")),
        *options,
    )


def _written(entry: Entry | None) -> Hashable:
    """An expression as something to compare with: by its value where that is a constant, otherwise as it is written."""
    if entry is None:
        return None
    value = entry.value
    if isinstance(value, Constant):
        return None if value.value is None else (type(value.value), value.value)
    empty = isinstance(value, Items) and value.complete and not value.elements
    if empty or (isinstance(value, Mapping) and value.complete and not value.entries):
        return None
    return ast.dump(entry.node)
