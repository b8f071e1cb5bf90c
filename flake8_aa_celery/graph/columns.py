"""The columns of a map: the boxes of each layer, and lanes for the lines that pass it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.graph.layers import layers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flake8_aa_celery.graph.layers import Pair

#: So many lanes can be put in order within seconds. Where there would be more, the longest lines get none.
_MOST_LANES = 20_000


class Columns(NamedTuple):
    """Boxes that lines connect and the lanes of their lines, known by numbers: first all boxes, then all lanes.

    :param members: what stands in each column, from left to right; each from top to bottom.
    :param column: the number of the column that each box or lane stands in.
    :param left: for each box or lane what it is connected with in the column before.
    :param right: the same in the column after.
    :param ways: for each pair of boxes what its line passes: the left box, lanes, and the right box.
    """

    members: list[list[int]]
    column: list[int]
    left: list[list[int]]
    right: list[list[int]]
    ways: dict[Pair, list[int]]


def columns_of(ids: Sequence[str], pairs: Iterable[Pair]) -> Columns:
    """The columns of boxes that lines connect, before anything is put in order.

    :param pairs: none of which closes a circle.
    """
    pairs = list(dict.fromkeys(pairs))
    layer = layers(ids, pairs)
    found = Columns([[] for _ in range(max(layer.values()) + 1)], [], [], [], {})
    number = {id: _add(layer[id], found) for id in ids}
    direct = _without_lanes(pairs, layer)
    for pair in pairs:
        start, end = pair
        lanes = [] if pair in direct else [_add(passed, found) for passed in range(layer[start] + 1, layer[end])]
        found.ways[pair] = [number[start], *lanes, number[end]]
        if pair not in direct:
            _connect(found.ways[pair], found)
    return found


def _without_lanes(pairs: Iterable[Pair], layer: Mapping[str, int]) -> set[Pair]:
    """The pairs whose lines pass so many columns that they cross them without a lane."""
    passed = {(start, end): layer[end] - layer[start] - 1 for start, end in pairs}
    direct: set[Pair] = set()
    lanes = sum(passed.values())
    for pair in sorted(passed, key=lambda pair: -passed[pair]):
        if lanes <= _MOST_LANES:
            break
        direct.add(pair)
        lanes -= passed[pair]
    return direct


def _add(column: int, columns: Columns) -> int:
    """Put a box or lane at the lower end of a column; its number."""
    number = len(columns.column)
    columns.column.append(column)
    columns.members[column].append(number)
    columns.left.append([])
    columns.right.append([])
    return number


def _connect(way: Sequence[int], columns: Columns) -> None:
    for before, after in pairwise(way):
        columns.right[before].append(after)
        columns.left[after].append(before)
