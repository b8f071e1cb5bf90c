"""Which layer each box of a map stands in: the first two steps of its layout."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Pair = tuple[str, str]


def without_circles(ids: Sequence[str], pairs: Iterable[Pair]) -> dict[Pair, Pair]:
    """For each pair the way in which it is laid out: turned round where it would close a circle."""
    pairs = list(pairs)
    place = {id: number for number, id in enumerate(_Row(ids, pairs).ordered())}
    return {(source, target): _forwards(source, target, place) for source, target in pairs}


def _forwards(source: str, target: str, place: dict[str, int]) -> Pair:
    return (source, target) if place[source] < place[target] else (target, source)


class _Row:
    """Puts boxes into a row in which few lines lead back: the greedy way of Eades, Lin and Smyth.

    What nothing leads to goes to the front, what leads to nothing to the end. Where there is neither, the box goes to
    the front that leads to the most and is led to by the least; of equals one that something in the row leads to.
    """

    def __init__(self, ids: Sequence[str], pairs: Iterable[Pair]) -> None:
        self._targets: dict[str, set[str]] = {id: set() for id in ids}
        self._sources: dict[str, set[str]] = {id: set() for id in ids}
        for source, target in pairs:
            self._targets[source].add(target)
            self._sources[target].add(source)
        self._number = {id: number for number, id in enumerate(ids)}
        self._left = set(ids)
        self._led_to: set[str] = set()
        self._waiting: list[tuple[int, int, bool, int, str]] = []
        for id in ids:
            self._wait(id)

    def ordered(self) -> list[str]:
        """The boxes in their order."""
        front: list[str] = []
        end: list[str] = []
        while self._waiting:
            *key, id = heappop(self._waiting)
            if id in self._left and tuple(key) == self._key(id):  # else it waits with another key, too
                (end if self._sources[id] and not self._targets[id] else front).append(id)
                self._take(id)
        return front + end[::-1]

    def _take(self, id: str) -> None:
        """Take a box out of what is left."""
        self._left.remove(id)
        self._led_to |= self._targets[id]
        for target in self._targets[id]:
            self._sources[target].remove(id)
        for source in self._sources[id]:
            self._targets[source].remove(id)
        for other in self._targets[id] | self._sources[id]:
            self._wait(other)

    def _wait(self, id: str) -> None:
        heappush(self._waiting, (*self._key(id), id))

    def _key(self, id: str) -> tuple[int, int, bool, int]:
        """What comes first has the smallest."""
        sources, targets = len(self._sources[id]), len(self._targets[id])
        turn = 0 if not sources else 1 if not targets else 2
        surplus = sources - targets if turn == 2 else 0
        return turn, surplus, id not in self._led_to, self._number[id]


def layers(ids: Sequence[str], pairs: Iterable[Pair]) -> dict[str, int]:
    """The layer of each box: after all that lead to it, and for what nothing leads to just before its first target."""
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
