"""Where boxes stand: nothing overlaps, lines run through no box, and the same is always the same."""

from __future__ import annotations

from itertools import combinations, pairwise
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flake8_aa_celery.graph.layout import Box, Layout, Size, lay_out

IDS = [f"n{number}" for number in range(14)]
SIZES = {id: Size(100.0 + 10 * index, 30.0 + 5 * (index % 4)) for index, id in enumerate(IDS)}
PAIRS = st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)), max_size=40)


def overlap(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


def is_inside(x: float, y: float, box: Box) -> bool:
    return box.x < x < box.x + box.width and box.y < y < box.y + box.height


def corners_inside(layout: Layout) -> list[tuple[str, str]]:
    """Lines that have a corner, or the middle between two, in a box."""
    found = []
    for pair, corners in layout.lines.items():
        middles = [((a + c) / 2, b) for (a, b), (c, d) in combinations(corners, 2) if b == d]
        points = [*corners, *(middles if len(corners) == 2 else [])]
        if any(is_inside(x, y, box) for x, y in points for box in layout.boxes.values()):
            found.append(pair)
    return found


@settings(max_examples=60, deadline=None)
@given(PAIRS)
def test_no_boxes_overlap_whatever_the_graph(pairs: list[tuple[str, str]]) -> None:
    layout = lay_out(SIZES, pairs, 800)
    assert layout.boxes.keys() == SIZES.keys()
    assert not [pair for pair in combinations(layout.boxes.values(), 2) if overlap(*pair)]
    assert not corners_inside(layout)
    assert all(box.x >= 0 and box.y >= 0 and box.x + box.width <= layout.width + 0.01 for box in layout.boxes.values())


@settings(max_examples=60, deadline=None)
@given(PAIRS)
def test_a_line_begins_and_ends_at_its_boxes(pairs: list[tuple[str, str]]) -> None:
    layout = lay_out(SIZES, pairs, 800)
    assert layout.lines.keys() == {pair for pair in pairs if pair[0] != pair[1]}
    for (source, target), corners in layout.lines.items():
        for id, (x, y) in ((source, corners[0]), (target, corners[-1])):
            box = layout.boxes[id]
            assert min(abs(x - box.x), abs(x - box.x - box.width)) < 0.01
            assert abs(y - box.y - box.height / 2) < 0.01


def test_what_starts_stands_left_of_what_it_starts() -> None:
    boxes = lay_out(SIZES, [("n1", "n2"), ("n2", "n3"), ("n0", "n3"), ("n1", "n3")], 800).boxes
    assert boxes["n1"].x < boxes["n2"].x < boxes["n3"].x
    assert boxes["n0"].x == boxes["n2"].x, "right in front of the first that it starts"


def test_a_circle_has_one_line_that_runs_backwards() -> None:
    layout = lay_out(SIZES, [("n1", "n2"), ("n2", "n3"), ("n3", "n1")], 800)
    backwards = [pair for pair, corners in layout.lines.items() if corners[-1][0] < corners[0][0]]
    assert backwards == [("n3", "n1")]


def test_lines_that_need_not_cross_do_not() -> None:
    boxes = lay_out(SIZES, [("n0", "n6"), ("n1", "n5"), ("n2", "n4"), ("n0", "n5"), ("n1", "n4")], 800).boxes
    sources, targets = (sorted(ids, key=lambda id: boxes[id].y) for ids in (["n0", "n1", "n2"], ["n4", "n5", "n6"]))
    assert [sources, targets] in ([["n0", "n1", "n2"], ["n6", "n5", "n4"]], [["n2", "n1", "n0"], ["n4", "n5", "n6"]])


def test_parts_go_to_the_next_shelf_where_the_width_is_used_up() -> None:
    layout = lay_out(SIZES, [], 500)
    assert layout.width <= 500
    assert len({box.y for box in layout.boxes.values()}) > 3


def test_a_circle_begins_at_what_is_started_from_outside() -> None:
    layout = lay_out(SIZES, [("n2", "n3"), ("n3", "n1"), ("n1", "n2"), ("n0", "n2")], 800)
    backwards = [pair for pair, corners in layout.lines.items() if corners[-1][0] < corners[0][0]]
    assert backwards == [("n1", "n2")]


COUNT = 1500
CHANCE = Random(3)
LARGE = {
    "a task that starts all others": [(0, number) for number in range(1, COUNT)],
    "each starts the next": [(number, number + 1) for number in range(COUNT - 1)],
    "each starts the next, and one starts all": [
        *((number, number + 1) for number in range(COUNT - 1)),
        *((0, number) for number in range(2, COUNT)),
    ],
    "anything starts anything": [(CHANCE.randrange(COUNT), CHANCE.randrange(COUNT)) for _ in range(2 * COUNT)],
}


@pytest.mark.parametrize("name", LARGE)
def test_1500_tasks_are_laid_out_in_seconds(name: str) -> None:
    ids = [f"n{number}" for number in range(COUNT)]
    sizes = {id: Size(170.0, 48.0) for id in ids}
    began = process_time()
    layout = lay_out(sizes, [(ids[source], ids[target]) for source, target in LARGE[name]], 1500)
    assert process_time() - began < 20, "two on a machine of 2024"
    assert layout.boxes.keys() == sizes.keys()
    by_column: dict[float, list[Box]] = {}
    for box in layout.boxes.values():
        by_column.setdefault(box.x, []).append(box)
    for boxes in by_column.values():
        boxes.sort(key=lambda box: box.y)
        assert not [pair for pair in pairwise(boxes) if overlap(*pair)]
