"""Priorities as Alliance Auth groups them, and the colours in which maps show them.

https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#how-can-i-use-priorities-for-tasks
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from flake8_aa_celery.graph.elements import Priority


class Band(NamedTuple):
    """Priorities that mean the same.

    :param key: a word for class names.
    :param fill: the colour under its text, light; ``stroke`` and ``text`` stand out from it.
    """

    key: str
    title: str
    numbers: tuple[int, ...]
    fill: str
    stroke: str
    text: str


BANDS = (
    Band("reserved", "0: reserved for Alliance Auth", (0,), "#fae8ff", "#a21caf", "#701a75"),
    Band("highest", "1, 2: needs to run right now", (1, 2), "#fee2e2", "#dc2626", "#7f1d1d"),
    Band("high", "3, 4: needs to run soon", (3, 4), "#ffedd5", "#ea580c", "#7c2d12"),
    Band("normal", "5: normal", (5,), "#dcfce7", "#16a34a", "#14532d"),
    Band("low", "6, 7: low, for work in bulk", (6, 7), "#dbeafe", "#2563eb", "#1e3a8a"),
    Band("lowest", "8, 9: whenever there is time", (8, 9), "#e0e7ff", "#6366f1", "#312e81"),
    Band("unknown", "not known from the code", (), "#f1f5f9", "#64748b", "#334155"),
)
_BY_NUMBER = {number: band for band in BANDS for number in band.numbers}


def band(priority: Priority | None) -> Band:
    """The band of a priority; the last one where there is none or it is not known."""
    return _BY_NUMBER.get(-1 if priority is None or priority.value is None else priority.value, BANDS[-1])
