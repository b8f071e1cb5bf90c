"""What functions lead to, however far away: the calls of a project, and by which of them something is reached.

Functions are looked into when a task, a view or a receiver leads there. What is reached is worked out backwards, from
the calls that do it: each function and each call is looked at once, however often functions call each other.
"""

from __future__ import annotations

from collections import deque
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.effects.bodies import Body, Step, steps_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project

    Key = tuple[int, Hashable]

#: So many ways to call a function are looked into, each by itself.
_MOST_CALLS = 60
#: Ways over more calls than these are not told: nobody would follow them.
_FARTHEST = 20
#: So many functions are looked into for the sake of one question; what is beyond them is unknown.
_MOST_BODIES = 20_000


class Effect(NamedTuple):
    """Something that a call may do.

    :param name: what it is called: ``blocks``.
    :param of: what does it in a call, as a message may name it; empty where the call itself does not.
    :param through: whether what the callees of a call do counts as done by it.
    :param handed: whether what the functions do that a call hands on counts, too.
    :param in_body: whether a function has it by something else than a call. The way to that is not told.
    """

    name: str
    of: Callable[[Step], str]
    through: Callable[[Step], bool] = lambda step: True
    handed: Callable[[Step], bool] = lambda step: False
    in_body: Callable[[Body], bool] = lambda body: False


class Stage(NamedTuple):
    """A call on the way to an effect.

    :param what: of the last one what does it: ``requests.get``; of the others the name of the function called.
    """

    step: Step
    what: str

    @property
    def module(self) -> Module:
        """The module that the call stands in."""
        return self.step.call.site.module

    @property
    def line(self) -> int:
        """The line in which what is called is named."""
        return self.step.call.line


class _Node:
    """A function that was looked into, with what is known of where it leads."""

    __slots__ = ("_steps", "body", "ends", "led_to", "reached")

    def __init__(self, body: Body) -> None:
        self.body = body
        self._steps: list[Step] | None = None
        #: the functions that it calls or hands on, each once; None as long as nobody asked
        self.led_to: list[_Node] | None = None
        #: by the name of an effect: over how many calls the function leads to it, none for one of its own
        self.reached: dict[str, int] = {}
        #: by the name of an effect: the call of its own that has it, and what that does
        self.ends: dict[str, tuple[Step, str]] = {}

    def is_in(self, module: Module | None) -> bool:
        """Whether the function stands in a module; None for any."""
        return module is None or self.body.scope.module is module

    @property
    def steps(self) -> list[Step]:
        """The calls of the function."""
        if self._steps is None:
            self._steps = steps_of(self.body)
        return self._steps


class Graph:
    """The functions of a project that tasks, views and receivers lead to."""

    def __init__(self) -> None:
        self._nodes: dict[Key, _Node] = {}
        #: how many ways to call it were looked into, by the function
        self._calls: dict[int, int] = {}
        #: by the name of an effect: the functions of which it is known whether they reach it
        self._known: dict[str, set[_Node]] = {}

    def leads(self, body: Body, effect: Effect) -> bool:
        """Whether a function is known to lead to an effect."""
        node = self._node(body)
        self._work_out(node, effect)
        return effect.name in node.reached

    def way(self, body: Body, effect: Effect) -> list[Stage]:
        """The calls by which a function leads to an effect; empty where none is known to, or only very many do.

        The shortest way, and of several as short ones the first in the source, whatever else was asked before.
        """
        node = self._node(body)
        if not self.leads(body, effect) or node.reached[effect.name] > _FARTHEST:
            return []
        found: list[Stage] = []
        while node.reached[effect.name]:
            step, node = self._nearest(node, effect)
            found.append(Stage(step, node.body.name))
        return [*found, Stage(*node.ends[effect.name])]

    def _nearest(self, node: _Node, effect: Effect) -> tuple[Step, _Node]:
        """The first call by which a function leads to an effect over as few others as it can, and whom it calls."""
        left = node.reached[effect.name] - 1
        return next(
            (step, called)
            for step in node.steps
            for callee in _through(step, effect)
            if (called := self._node(callee)).reached.get(effect.name) == left
        )

    def way_of(self, step: Step, effect: Effect) -> list[Stage]:
        """The calls by which one call leads to an effect, that call first; empty where none is known to."""
        direct = effect.of(step)
        if direct:
            return [Stage(step, direct)]
        ways = [(body, self.way(body, effect)) for body in _through(step, effect)]
        known = [(body, way) for body, way in ways if way]
        if not known:
            return []
        body, way = min(known, key=lambda found: len(found[1]))
        return [Stage(step, body.name), *way]

    def steps(self, body: Body) -> list[Step]:
        """The calls of a function."""
        return self._node(body).steps

    def reached(self, body: Body, within: Module | None = None, seen: set[object] | None = None) -> Iterator[Body]:
        """A function and all that it leads to, each once, the nearest first.

        :param within: the module that is not left; None for the whole project.
        :param seen: what was reached from another function, with all behind it, and is left out; it grows.
        """
        start = self._node(body)
        seen = set() if seen is None else seen
        waiting = deque([] if start in seen else [start])
        seen.add(start)
        while waiting:
            node = waiting.popleft()
            yield node.body
            if len(seen) < _MOST_BODIES:
                new = [called for called in self._led_to(node) if called not in seen]
                waiting += [called for called in new if called.is_in(within)]
                seen.update(new)

    def _led_to(self, node: _Node) -> list[_Node]:
        """The functions that a function calls or hands on, each once, in the order of its calls."""
        if node.led_to is None:
            bodies = (callee for step in node.steps for callee in (*step.callees, *step.handed))
            node.led_to = list(dict.fromkeys(self._node(callee) for callee in bodies))
        return node.led_to

    def _node(self, body: Body) -> _Node:
        """The node that stands for a function.

        A function that is called in many different ways, such as one that counts its own calls, is looked into as
        whoever calls it.
        """
        known = self._nodes.get(body.key)
        if known is None:
            count = self._calls[id(body.scope)] = self._calls.get(id(body.scope), 0) + 1
            is_one_of_many = count > _MOST_CALLS and body.frame is not None
            known = self._node(Body(body.scope)) if is_one_of_many else _Node(body)
            self._nodes[body.key] = known
            for module in (body.scope.module, *(body.frame.callers if body.frame is not None else ())):
                module.project.keep(module)
        return known

    # -- what is reached ----------------------------------------------------------------------------------------

    def _work_out(self, start: _Node, effect: Effect) -> None:
        """Say of a function, and of those that it leads to, over how many calls they lead to an effect.

        What is known already is not worked out again, and where a function has the effect itself, nobody asks what
        it calls.
        """
        known = self._known.setdefault(effect.name, set())
        waiting, budget = deque([start] if start not in known else []), _MOST_BODIES
        known.update(waiting)
        callers: dict[_Node, list[_Node]] = {}
        near: list[tuple[int, int, _Node]] = []
        while waiting and budget:
            node = waiting.popleft()
            budget -= 1
            if self._has(node, effect):
                near.append((0, len(near), node))
                continue
            for called in self._called(node, effect):
                callers.setdefault(called, []).append(node)
                if called not in known:
                    known.add(called)
                    waiting.append(called)
                elif effect.name in called.reached:
                    near.append((called.reached[effect.name] + 1, len(near), node))
        _hand_back(near, callers, effect)

    def _has(self, node: _Node, effect: Effect) -> bool:
        """Whether a function has an effect itself; the first call that has it is noted."""
        if effect.in_body(node.body):
            return True
        for step in node.steps:
            what = effect.of(step)
            if what:
                node.ends[effect.name] = (step, what)
                return True
        return False

    def _called(self, node: _Node, effect: Effect) -> list[_Node]:
        """The functions whose doing counts as that of a function that calls them."""
        return [self._node(callee) for step in node.steps for callee in _through(step, effect)]


def _hand_back(near: list[tuple[int, int, _Node]], callers: dict[_Node, list[_Node]], effect: Effect) -> None:
    """Say of functions, and of those that call them, over how many calls they lead to an effect, the nearest first.

    :param near: over how many calls each leads there, a number that tells it from others, and the function.
    """
    heapify(near)
    number = len(near)
    while near:
        distance, _, node = heappop(near)
        if effect.name in node.reached:
            continue
        node.reached[effect.name] = distance
        for caller in callers.get(node, ()):
            number += 1
            heappush(near, (distance + 1, number, caller))


def _through(step: Step, effect: Effect) -> tuple[Body, ...]:
    """The functions that a call runs whose doing counts as its own."""
    if not effect.through(step):
        return ()
    return (*step.callees, *step.handed) if effect.handed(step) else step.callees


@fact
def graph_of(project: Project) -> Graph:
    """What the functions of a project lead to, as far as somebody asked."""
    return Graph()
