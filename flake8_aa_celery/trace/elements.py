"""What a trace shows, as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Literal

    from flake8_aa_celery.graph import elements
    from flake8_aa_celery.graph.elements import Priority

    Kind = Literal["call", "loop", "transaction", "waits", "runs", "sends", "member", "logs", "retries"]


class Place(NamedTuple):
    """A line of a file, as it is shown."""

    path: str
    line: int


class Item(NamedTuple):
    """Something that a function does, with what it leads to.

    :param text: what is called, gone over, waited for, sent …
    :param when: what has to be so for it: ``if force_update``, ``on KeyError``; empty where nothing has to.
    :param priority: what a task is sent at; None for all other items, and for workflows, whose members have one.
    :param target: where the function is defined that is called.
    :param per_item: of a loop: whether it waits once per item; of a member: whether a loop adds it.
    :param seen: whether what it leads to is shown above.
    """

    kind: Kind
    text: str
    place: Place
    when: str = ""
    priority: Priority | None = None
    target: Place | None = None
    per_item: bool = False
    seen: bool = False
    below: tuple[Item, ...] = ()


class Trace(NamedTuple):
    """A task, a view or a function, and what it leads to.

    :param name: its dotted name.
    """

    kind: elements.Kind
    name: str
    place: Place
    below: tuple[Item, ...]
