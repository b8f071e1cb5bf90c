"""In which order boxes and lanes stand in their columns, so that few lines cross."""

from __future__ import annotations

from bisect import bisect_right, insort
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flake8_aa_celery.graph.columns import Columns

_SWEEPS = 24


def ordered(columns: Columns) -> list[list[int]]:
    """What stands in each column, from top to bottom.

    Each column is sorted by the places of what it is connected with in the next one, from left to right and back; of
    all orders on the way the one with the fewest crossings is taken.
    """
    now = [list(column) for column in columns.members]
    best, fewest = _copy(now), _crossings(now, columns)
    before: list[list[list[int]]] = [[], []]
    for sweep in range(_SWEEPS):
        _sweep(now, columns, to_right=sweep % 2 == 0)
        if now == before[sweep % 2]:
            break  # what follows has been seen
        before[sweep % 2] = _copy(now)
        crossings = _crossings(now, columns)
        if crossings < fewest:
            best, fewest = _copy(now), crossings
    return best


def _copy(order: Sequence[Sequence[int]]) -> list[list[int]]:
    return [list(column) for column in order]


def _sweep(order: list[list[int]], columns: Columns, *, to_right: bool) -> None:
    """Sort all columns but the one that the sweep begins with."""
    sides = columns.left if to_right else columns.right
    place = [0] * len(columns.column)
    for column in order if to_right else reversed(order):
        keys = {}
        for index, item in enumerate(column):
            beside = sides[item]
            keys[item] = sum([place[other] for other in beside]) / len(beside) if beside else index
        if column is not order[0 if to_right else -1]:
            column.sort(key=keys.__getitem__)
        for index, item in enumerate(column):
            place[item] = index


def _crossings(order: Sequence[Sequence[int]], columns: Columns) -> int:
    """How many pairs of lines cross between neighbouring columns."""
    place = [0] * len(columns.column)
    found = 0
    for left, right in pairwise(order):
        for index, item in enumerate(right):
            place[item] = index
        seen: list[int] = []
        for item in left:
            ends = sorted([place[other] for other in columns.right[item]])
            for end in ends:
                found += len(seen) - bisect_right(seen, end)
            for end in ends:
                insort(seen, end)
    return found
