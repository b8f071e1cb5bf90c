"""Words that the messages of several rules share."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.facts import (
    Dispatch,
    Function,
    NamedTask,
    Signature,
    Task,
    UnreadableTask,
    Value,
    Workflow,
)

if TYPE_CHECKING:
    from flake8_aa_celery.model.priorities import PrioritySetting


def called(value: Value | None) -> str:
    """What a message calls a task, a signature or a workflow: "`update_all`", "the chain"."""
    if isinstance(value, Signature):
        value = value.task
    if isinstance(value, Workflow):
        return f"the {value.kind}"
    if isinstance(value, NamedTask):
        return f"`{value.name.rpartition('.')[2]}`" if value.name else "the task"
    if isinstance(value, UnreadableTask):
        return f"`{value.name}`" if value.dotted else "the task"
    return f"`{value.name}`" if isinstance(value, Task) else _function(value)


def given_to(setting: PrioritySetting) -> str:
    """What a message calls that which is given a priority."""
    if setting.place == "schedule":
        return "the scheduled task"
    return called(setting.owner.receiver if isinstance(setting.owner, Dispatch) else setting.owner)


def _function(value: Value | None) -> str:
    return f"`{value.node.name}`" if isinstance(value, Function) else "the task"


def is_literal(setting: PrioritySetting) -> bool:
    """Whether a priority is written as a value at the very place where it is reported, not as a name for one."""
    return isinstance(setting.node, ast.Constant) and setting.node is setting.entry.node


def shortened(name: str, most: int = 50) -> str:
    """A name, with or without backticks, that leaves room for the rest of a message: ESI's can be very long."""
    end = "`" if name.endswith("`") else ""
    return name if len(name) <= most else f"{name[: most - 1 - len(end)]}…{end}"
