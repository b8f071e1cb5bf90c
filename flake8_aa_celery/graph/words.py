"""How a map says things, whoever draws it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flake8_aa_celery.graph.elements import Node, Priority

_IN_PROCESS = "runs it in its own process"
_WORDS = {
    "()": _IN_PROCESS,
    "run": _IN_PROCESS,
    "apply": _IN_PROCESS,
    "beat": "Celery beat",
    "calls": "calls it",
    "s": "signature .s()",
    "si": "signature .si()",
}


def how(method: str) -> str:
    """A method in words, where its name alone does not tell."""
    return _WORDS.get(method, method)


def runs_at(priority: Priority) -> str:
    """A priority in words."""
    if priority.source == "unknown":
        return "priority unknown"
    by_default = " by default" if priority.source == "default" and priority.text.isdigit() else ""
    return f"priority {priority.text}{by_default}"


def how_often(per_item: bool) -> str:
    """What is said of something that a loop does."""
    return "once per item" if per_item else ""


def waits_for(node: Node) -> str:
    """What a task waits for, in few words: the first thing, what is done once per item before the rest."""
    first = max(node.waits, key=lambda wait: wait.per_item)
    more = len({wait.text for wait in node.waits} - {first.text})
    told = f"waits for {first.text}" + (f" and {more} more" if more else "")
    return f"{told}, {how_often(True)}" if first.per_item else told


def numbered(number: str) -> str:
    """What stands before a member of a workflow: ``2. ``, ``then ``, or nothing."""
    return f"{number}. " if number.isdigit() else f"{number} " if number else ""
