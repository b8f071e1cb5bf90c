"""Where the boxes of a map stand and how its lines run: in layers from left to right, and nothing overlaps.

Sugiyama's method: break circles, give each box a layer, let long lines pass the layers between on lanes of their own,
order each layer so that few lines cross, and move boxes to the height of their neighbours as far as the others leave
room. The same graph is always laid out in the same way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.graph.columns import columns_of
from flake8_aa_celery.graph.crossings import ordered
from flake8_aa_celery.graph.heights import middles
from flake8_aa_celery.graph.layers import without_circles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flake8_aa_celery.graph.columns import Columns
    from flake8_aa_celery.graph.layers import Pair

_COLUMN_GAP, _PART_GAP = 84.0, 56.0


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
    """Lay out a graph: parts that no line connects one beside and below the other.

    :param sizes: every box, in the order in which boxes stand that could stand anywhere.
    :param width: how wide the whole should be, if no part is wider.
    """
    drawn = [pair for pair in dict.fromkeys(pairs) if pair[0] != pair[1]]
    return _packed([_part(ids, lines, sizes) for ids, lines in _parts(sizes, drawn)], width)


def _parts(sizes: Iterable[str], pairs: Sequence[Pair]) -> list[tuple[list[str], list[Pair]]]:
    """The boxes that lines connect, in the order in which they are given, with the pairs that connect them."""
    leader = {id: id for id in sizes}

    def find(id: str) -> str:
        while leader[id] != id:
            leader[id] = leader[leader[id]]
            id = leader[id]
        return id

    for source, target in pairs:
        leader[find(target)] = find(source)
    found: dict[str, tuple[list[str], list[Pair]]] = {}
    for id in leader:
        found.setdefault(find(id), ([], []))[0].append(id)
    for pair in pairs:
        found[find(pair[0])][1].append(pair)
    return list(found.values())


def _packed(parts: Sequence[Layout], width: float) -> Layout:
    """The parts on shelves, the high ones first."""
    boxes: dict[str, Box] = {}
    lines: dict[Pair, list[tuple[float, float]]] = {}
    limit = max([width, *(part.width for part in parts)])
    x = y = shelf = widest = 0.0
    for part in sorted(parts, key=lambda part: -part.height):
        if x and x + part.width > limit:
            x, y, shelf = 0.0, y + shelf + _PART_GAP, 0.0
        for id, box in part.boxes.items():
            boxes[id] = box._replace(x=box.x + x, y=box.y + y)
        for pair, corners in part.lines.items():
            lines[pair] = [(across + x, down + y) for across, down in corners]
        x, shelf = x + part.width + _PART_GAP, max(shelf, part.height)
        widest = max(widest, x - _PART_GAP)
    return Layout(boxes, lines, widest, y + shelf)


def _part(ids: Sequence[str], pairs: Iterable[Pair], sizes: Mapping[str, Size]) -> Layout:
    """The layout of boxes that lines connect."""
    forward = without_circles(ids, pairs)
    columns = columns_of(ids, forward.values())
    heights = [sizes[id].height for id in ids]
    middle = middles(columns, ordered(columns), heights)
    spans = _spans(ids, columns, sizes)
    edges = zip(middle, heights + [0.0] * (len(middle) - len(heights)), strict=True)
    upper, lower = zip(*((at - height / 2, at + height / 2) for at, height in edges), strict=True)
    top = min(upper)
    boxes = {}
    for number, id in enumerate(ids):
        left, right = spans[columns.column[number]]
        boxes[id] = Box(left, upper[number] - top, right - left, heights[number])
    below_top = [at - top for at in middle]
    lines = {}
    for pair, laid_out in forward.items():
        corners = _corners(columns.ways[laid_out], columns, spans, below_top)
        lines[pair] = corners if pair == laid_out else corners[::-1]
    return Layout(boxes, lines, spans[-1][1], max(lower) - top)


def _spans(ids: Sequence[str], columns: Columns, sizes: Mapping[str, Size]) -> list[tuple[float, float]]:
    """Where each column begins and ends; between two is more room where many lines run there."""
    found: list[tuple[float, float]] = []
    x = 0.0
    for members in columns.members:
        width = max((sizes[ids[number]].width for number in members if number < len(ids)), default=0.0)
        found.append((x, x + width))
        lines = sum(len(columns.right[number]) for number in members)
        x += width + _COLUMN_GAP + min(2.0 * lines, 90.0)
    return found


def _corners(
    way: Sequence[int], columns: Columns, spans: Sequence[tuple[float, float]], middle: Sequence[float]
) -> list[tuple[float, float]]:
    """The corners of a line, from left to right."""
    first, *lanes, last = way
    corners = [(spans[columns.column[first]][1], middle[first])]
    for lane in lanes:
        corners += [(x, middle[lane]) for x in spans[columns.column[lane]]]
    return [*corners, (spans[columns.column[last]][0], middle[last])]
