"""How high boxes and lanes stand: as near to what they are connected with as their order and the room allow."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flake8_aa_celery.graph.columns import Columns

_ROW_GAP, _LANE = 16.0, 14.0
_SWEEPS = 24
#: In so many sweeps at the end both sides count, before that the one that the sweep comes from.
_TO_BOTH = 4


def middles(columns: Columns, order: Sequence[Sequence[int]], heights: Sequence[float]) -> list[float]:
    """The middle of each box and lane.

    :param order: what stands in each column, from top to bottom.
    :param heights: of each box; what comes after them is a lane.
    """
    offsets = [_offsets(column, heights) for column in order]
    found = [0.0] * len(columns.column)
    for column, distances in zip(order, offsets, strict=True):
        for item, distance in zip(column, distances, strict=True):
            found[item] = distance
    both = [[*before, *after] for before, after in zip(columns.left, columns.right, strict=True)]
    to_right = [before or after for before, after in zip(columns.left, columns.right, strict=True)]
    to_left = [after or before for before, after in zip(columns.left, columns.right, strict=True)]
    for sweep in range(_SWEEPS):
        is_to_right = sweep % 2 == 0
        beside = both if sweep >= _SWEEPS - _TO_BOTH else to_right if is_to_right else to_left
        numbers = range(len(order))
        for number in numbers if is_to_right else reversed(numbers):
            _settle(order[number], offsets[number], beside, found)
    return found


def _offsets(column: Sequence[int], heights: Sequence[float]) -> list[float]:
    """How far the middle of each box and lane of a column is below that of the first, at least."""
    found = [0.0]
    for before, item in pairwise(column):
        found.append(found[-1] + _distance(before, item, heights))
    return found


def _distance(before: int, item: int, heights: Sequence[float]) -> float:
    boxes = [heights[number] for number in (before, item) if number < len(heights)]
    return sum(boxes) / 2 + _ROW_GAP if boxes else _LANE


def _settle(
    column: Sequence[int], offsets: Sequence[float], beside: Sequence[Sequence[int]], middles: list[float]
) -> None:
    """Move the boxes and lanes of a column to the middle of what they are connected with."""
    wanted = []
    for item, offset in zip(column, offsets, strict=True):
        others = beside[item]
        middle = sum([middles[other] for other in others]) / len(others) if others else middles[item]
        wanted.append(middle - offset)
    for item, offset, height in zip(column, offsets, _ascending(wanted), strict=True):
        middles[item] = height + offset


def _ascending(wanted: Iterable[float]) -> list[float]:
    """The ascending numbers that are nearest to some others, by the sum of squares (pool adjacent violators)."""
    pools: list[tuple[float, int]] = []
    for number in wanted:
        total, count = number, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            before, many = pools.pop()
            total, count = total + before, count + many
        pools.append((total, count))
    return [total / count for total, count in pools for _ in range(count)]
