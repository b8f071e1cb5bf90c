"""Where the boxes of a map stand and how its lines run: in layers from left to right, and nothing overlaps.

Sugiyama's method: break circles, give each box a layer, let long lines pass the layers between on lanes of their own,
order each layer so that few lines cross, and move boxes to the height of their neighbours as far as the others leave
room. The same graph is always laid out in the same way.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.graph.layers import layers, without_circles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flake8_aa_celery.graph.layers import Pair

    Lane = tuple[str, str, int]
    Item = str | Lane

_COLUMN_GAP, _ROW_GAP, _LANE = 84.0, 16.0, 14.0
_COMPONENT_GAP = 56.0
_SWEEPS = 24


class Size(NamedTuple):
    """How large a box has to be."""

    width: float
    height: float


class Box(NamedTuple):
    """Where a box stands."""

    x: float
    y: float
    width: float
    height: float


class Layout(NamedTuple):
    """Where everything is.

    :param lines: for each pair of boxes the corners that its line passes, two for each layer between them. The first
        lies at the source; at its left side where the line runs backwards.
    """

    boxes: dict[str, Box]
    lines: dict[Pair, list[tuple[float, float]]]
    width: float
    height: float


def lay_out(sizes: Mapping[str, Size], pairs: Iterable[Pair], width: float) -> Layout:
    """Lay out a graph: parts that do not hang together one beside and below the other.

    :param sizes: every box, in the order in which boxes stand that could stand anywhere.
    :param width: how wide the whole should be, if no part is wider.
    """
    wanted = [pair for pair in dict.fromkeys(pairs) if pair[0] != pair[1]]
    parts = [_Part(ids, wanted, sizes).layout() for ids in _components(sizes, wanted)]
    return _packed(parts, width)


def _components(sizes: Mapping[str, Size], pairs: Sequence[Pair]) -> list[list[str]]:
    """The boxes that hang together, each component in the order of ``sizes``."""
    leader = {id: id for id in sizes}

    def find(id: str) -> str:
        while leader[id] != id:
            leader[id] = leader[leader[id]]
            id = leader[id]
        return id

    for source, target in pairs:
        leader[find(target)] = find(source)
    found: dict[str, list[str]] = {}
    for id in sizes:
        found.setdefault(find(id), []).append(id)
    return list(found.values())


def _packed(parts: Sequence[Layout], width: float) -> Layout:
    """The parts on shelves, the high ones first."""
    boxes: dict[str, Box] = {}
    lines: dict[Pair, list[tuple[float, float]]] = {}
    limit = max([width, *(part.width for part in parts)])
    x = y = shelf = widest = 0.0
    for part in sorted(parts, key=lambda part: -part.height):
        if x and x + part.width > limit:
            x, y, shelf = 0.0, y + shelf + _COMPONENT_GAP, 0.0
        for id, box in part.boxes.items():
            boxes[id] = box._replace(x=box.x + x, y=box.y + y)
        for pair, corners in part.lines.items():
            lines[pair] = [(across + x, down + y) for across, down in corners]
        x, shelf = x + part.width + _COMPONENT_GAP, max(shelf, part.height)
        widest = max(widest, x - _COMPONENT_GAP)
    return Layout(boxes, lines, widest, y + shelf)


class _Part:
    """The layout of boxes that hang together."""

    def __init__(self, ids: Sequence[str], pairs: Sequence[Pair], sizes: Mapping[str, Size]) -> None:
        members = set(ids)
        self.ids = ids
        self.sizes = sizes
        self.pairs = [pair for pair in pairs if pair[0] in members]
        self.forward = without_circles(ids, self.pairs)
        self.layer = layers(ids, self.forward.values())
        self.columns, self.neighbours = self._columns()

    def layout(self) -> Layout:
        """Where the boxes and lines are."""
        self._order()
        centres = self._heights()
        top = min(centres[item] - self._height(item) / 2 for column in self.columns for item in column)
        boxes: dict[str, Box] = {}
        edges: list[tuple[float, float]] = []
        x = 0.0
        for number, column in enumerate(self.columns):
            width = max((self.sizes[item].width for item in column if isinstance(item, str)), default=0.0)
            for item in column:
                if isinstance(item, str):
                    height = self.sizes[item].height
                    boxes[item] = Box(x, centres[item] - height / 2 - top, width, height)
            edges.append((x, x + width))
            x += width + (self._gap(number) if number + 1 < len(self.columns) else 0.0)
        lines = {pair: self._line(pair, centres, edges, top) for pair in self.pairs}
        bottom = max(centres[item] + self._height(item) / 2 for column in self.columns for item in column)
        return Layout(boxes, lines, x, bottom - top)

    def _gap(self, number: int) -> float:
        """The room between two columns: more where many lines run there."""
        lines = sum(len(self.neighbours[item][1]) for item in self.columns[number])
        return _COLUMN_GAP + min(2.0 * lines, 90.0)

    def _height(self, item: Item) -> float:
        return self.sizes[item].height if isinstance(item, str) else 0.0

    def _columns(self) -> tuple[list[list[Item]], dict[Item, tuple[list[Item], list[Item]]]]:
        """The boxes and lanes of each layer, and for each what it is connected with on its left and on its right."""
        columns: list[list[Item]] = [[] for _ in range(max(self.layer.values()) + 1)]
        for id in self.ids:
            columns[self.layer[id]].append(id)
        neighbours: dict[Item, tuple[list[Item], list[Item]]] = {id: ([], []) for id in self.ids}
        for left, right in dict.fromkeys(self.forward.values()):
            way: list[Item] = [left, *self._lanes(left, right), right]
            for lane in way[1:-1]:
                columns[lane[2] if isinstance(lane, tuple) else 0].append(lane)
                neighbours[lane] = ([], [])
            for before, after in pairwise(way):
                neighbours[before][1].append(after)
                neighbours[after][0].append(before)
        return columns, neighbours

    def _lanes(self, left: str, right: str) -> list[Lane]:
        return [(left, right, layer) for layer in range(self.layer[left] + 1, self.layer[right])]

    def _order(self) -> None:
        """Sort each layer by the places of its neighbours, to and fro, and keep the order with the fewest crossings."""
        best, fewest = [list(column) for column in self.columns], self._crossings()
        for sweep in range(_SWEEPS):
            side = sweep % 2
            numbers = range(1, len(self.columns)) if side == 0 else range(len(self.columns) - 2, -1, -1)
            for number in numbers:
                self._sort(number, side)
            crossings = self._crossings()
            if crossings < fewest:
                best, fewest = [list(column) for column in self.columns], crossings
        self.columns = best

    def _sort(self, number: int, side: int) -> None:
        beside = self.columns[number - 1 if side == 0 else number + 1]
        place = {item: float(index) for index, item in enumerate(beside)}
        column = self.columns[number]
        keys = {
            item: _mean([place[other] for other in self.neighbours[item][side]], float(index))
            for index, item in enumerate(column)
        }
        column.sort(key=lambda item: keys[item])

    def _crossings(self) -> int:
        found = 0
        for left, right in pairwise(self.columns):
            place = {item: index for index, item in enumerate(right)}
            seen: list[int] = []
            for item in left:
                ends = sorted(place[other] for other in self.neighbours[item][1])
                found += sum(len(seen) - bisect_right(seen, end) for end in ends)
                for end in ends:
                    insort(seen, end)
        return found

    def _heights(self) -> dict[Item, float]:
        """The middle of each box and lane: as near to its neighbours as the order and the room allow."""
        centres: dict[Item, float] = {}
        for column in self.columns:
            y = 0.0
            for before, item in zip([None, *column], column, strict=False):
                y += self._distance(before, item) if before is not None else 0.0
                centres[item] = y
        for sweep in range(_SWEEPS):
            numbers = range(len(self.columns))
            for number in numbers if sweep % 2 == 0 else reversed(numbers):
                self._settle(self.columns[number], centres, sweep)
        return centres

    def _settle(self, column: Sequence[Item], centres: dict[Item, float], sweep: int) -> None:
        offsets = [0.0]
        for before, item in pairwise(column):
            offsets.append(offsets[-1] + self._distance(before, item))
        wanted = []
        for item, offset in zip(column, offsets, strict=True):
            left, right = self.neighbours[item]
            beside = [*left, *right] if sweep >= _SWEEPS - 4 else (left or right) if sweep % 2 == 0 else (right or left)
            wanted.append(_mean([centres[other] for other in beside], centres[item]) - offset)
        for item, offset, height in zip(column, offsets, _ascending(wanted), strict=True):
            centres[item] = height + offset

    def _distance(self, before: Item, item: Item) -> float:
        """How far the middles of two neighbours in a column are apart at least."""
        if isinstance(before, tuple) and isinstance(item, tuple):
            return _LANE
        return (self._height(before) + self._height(item)) / 2 + _ROW_GAP

    def _line(
        self, pair: Pair, centres: Mapping[Item, float], edges: Sequence[tuple[float, float]], top: float
    ) -> list[tuple[float, float]]:
        left, right = self.forward[pair]
        corners = [(edges[self.layer[left]][1], centres[left] - top)]
        for lane in self._lanes(left, right):
            corners += [(x, centres[lane] - top) for x in edges[lane[2]]]
        corners.append((edges[self.layer[right]][0], centres[right] - top))
        return corners if pair == (left, right) else corners[::-1]


def _ascending(wanted: Sequence[float]) -> list[float]:
    """The ascending numbers that are nearest to some others, by the sum of squares (pool adjacent violators)."""
    pools: list[tuple[float, int]] = []
    for number in wanted:
        total, count = number, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            before, many = pools.pop()
            total, count = total + before, count + many
        pools.append((total, count))
    return [total / count for total, count in pools for _ in range(count)]


def _mean(numbers: Sequence[float], otherwise: float) -> float:
    return sum(numbers) / len(numbers) if numbers else otherwise
