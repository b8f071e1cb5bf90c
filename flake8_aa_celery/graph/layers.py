"""Which layer each box of a map stands in: the first two steps of its layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Pair = tuple[str, str]


def without_circles(ids: Sequence[str], pairs: Sequence[Pair]) -> dict[Pair, Pair]:
    """For each pair the way in which it is laid out: turned round where it would close a circle."""
    following: dict[str, list[str]] = {id: [] for id in ids}
    entered = {target for _, target in pairs}
    for source, target in pairs:
        following[source].append(target)
    done: set[str] = set()
    turned: set[Pair] = set()
    for start in sorted(ids, key=lambda id: id in entered):
        if start not in done:
            turned |= _closing(start, following, done)
    return {pair: pair[::-1] if pair in turned else pair for pair in pairs}


def _closing(start: str, following: Mapping[str, Sequence[str]], done: set[str]) -> set[Pair]:
    """The pairs that lead back to a box on the way to them, as one meets them going on from a box as far as one can.

    :param done: the boxes from which nothing is left to be found; grows.
    """
    found: set[Pair] = set()
    way = {start: iter(following[start])}
    while way:
        id, rest = next(reversed(way.items()))
        child = next(rest, None)
        if child is None:
            del way[id]
            done.add(id)
        elif child in way:
            found.add((id, child))
        elif child not in done:
            way[child] = iter(following[child])
    return found


def layers(ids: Sequence[str], pairs: Iterable[Pair]) -> dict[str, int]:
    """Each box behind all that lead to it; what nothing leads to right in front of the first that it leads to."""
    following: dict[str, list[str]] = {id: [] for id in ids}
    missing = dict.fromkeys(ids, 0)
    for source, target in dict.fromkeys(pairs):
        following[source].append(target)
        missing[target] += 1
    layer = dict.fromkeys(ids, 0)
    starts = [id for id in ids if not missing[id]]
    ready = list(starts)
    while ready:
        id = ready.pop()
        for target in following[id]:
            layer[target] = max(layer[target], layer[id] + 1)
            missing[target] -= 1
            if not missing[target]:
                ready.append(target)
    for id in starts:
        layer[id] = min((layer[target] for target in following[id]), default=1) - 1
    return layer
