"""Traces as one object for other programs; docs/trace.md describes it."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from flake8_aa_celery.trace.elements import Item, Trace

#: Raised where a field changes its meaning or goes; more fields may come at any time.
VERSION = 1


def render(traces: Iterable[Trace]) -> str:
    """The object, its traces by path and line."""
    return dumps({"version": VERSION, "traces": list(map(_trace, traces))}, indent=2, ensure_ascii=False) + "\n"


def _trace(trace: Trace) -> dict[str, Any]:
    return {"kind": trace.kind, "name": trace.name, **trace.place._asdict(), "below": list(map(_item, trace.below))}


def _item(item: Item) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "text": item.text,
        **item.place._asdict(),
        "when": item.when,
        "priority": item.priority._asdict() if item.priority else None,
        "target": item.target._asdict() if item.target else None,
        "per_item": item.per_item,
        "seen": item.seen,
        "below": list(map(_item, item.below)),
    }
