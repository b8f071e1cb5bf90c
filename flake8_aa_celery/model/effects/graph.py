"""What functions lead to, however far away: the calls of a project, and by which of them something is reached.

Functions are looked into when a task, a view or a receiver leads there. What is reached is worked out backwards, from
the calls that do it: each function and each call is looked at once, however often functions call each other.
"""

from __future__ import annotations

from collections import deque
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
#: So many functions are looked into for the sake of one question; what is beyond them is unknown.
_MOST_BODIES = 20_000


class Effect(NamedTuple):
    """Something that a call may do.

    :param name: what it is called: ``blocks``.
    :param of: what does it in a call, as a message may name it; empty where the call itself does not.
    :param through: whether what the callees of a call do counts as done by it.
    :param handed: whether what the functions do that a call hands on counts, too.
    """

    name: str
    of: Callable[[Step], str]
    through: Callable[[Step], bool] = lambda step: True
    handed: Callable[[Step], bool] = lambda step: False


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
        """The line in which what is called is named: the last one of a call over several lines."""
        function = self.step.call.node.func
        return function.end_lineno or function.lineno


class _Node:
    """A function that was looked into, with what is known of where it leads."""

    __slots__ = ("_steps", "body", "reached")

    def __init__(self, body: Body) -> None:
        self.body = body
        self._steps: list[Step] | None = None
        #: the names of the effects that it is known to lead to
        self.reached: set[str] = set()

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
        self._ways: dict[tuple[Key, str], list[Stage]] = {}

    def leads(self, body: Body, effect: Effect) -> bool:
        """Whether a function is known to lead to an effect."""
        node = self._node(body)
        self._work_out(node, effect)
        return effect.name in node.reached

    def way(self, body: Body, effect: Effect) -> list[Stage]:
        """The calls by which a function leads to an effect; empty where none is known to.

        The shortest way, and of several as short ones the first in the source, whatever else was asked before.
        """
        if not self.leads(body, effect):
            return []
        start = self._node(body)
        key = (start.body.key, effect.name)
        if key not in self._ways:
            self._ways[key] = self._shortest(start, effect)
        return self._ways[key]

    def _shortest(self, start: _Node, effect: Effect) -> list[Stage]:
        known = self._known[effect.name]
        before: dict[_Node, tuple[_Node, Stage] | None] = {start: None}
        waiting = deque([start])
        while waiting:
            node = waiting.popleft()
            for step in node.steps:
                what = effect.of(step)
                if what:
                    return [*_stages(before, node), Stage(step, what)]
            for step in node.steps:
                for callee in _through(step, effect):
                    called = self._node(callee)
                    may_lead = effect.name in called.reached or called not in known
                    if may_lead and called not in before:
                        before[called] = node, Stage(step, callee.name)
                        waiting.append(called)
        return []

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

    def reached(self, body: Body, within: Module | None = None) -> Iterator[Body]:
        """A function and all that it leads to, each once, the nearest first.

        :param within: the module that is not left; None for the whole project.
        """
        start = self._node(body)
        seen, waiting = {start}, deque([start])
        while waiting:
            node = waiting.popleft()
            yield node.body
            for step in node.steps if len(seen) < _MOST_BODIES else ():
                found = {self._node(callee): None for callee in (*step.callees, *step.handed)}
                waiting += [called for called in found if called not in seen and called.is_in(within)]
                seen.update(found)

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
            body.scope.module.project.keep(body.scope.module)
        return known

    # -- what is reached ----------------------------------------------------------------------------------------

    def _work_out(self, start: _Node, effect: Effect) -> None:
        """Say of a function, and of those that it leads to, whether they lead to an effect.

        What is known already is not worked out again, and where a function has the effect itself, nobody asks what
        it calls.
        """
        known = self._known.setdefault(effect.name, set())
        if start in known:
            return
        known.add(start)
        waiting, found = deque([start]), deque[_Node]()
        callers: dict[_Node, list[_Node]] = {}
        budget = _MOST_BODIES
        while waiting and budget:
            budget -= 1
            node = waiting.popleft()
            for called in self._reaches_at_once(node, effect, callers):
                if called not in known:
                    known.add(called)
                    waiting.append(called)
            if effect.name in node.reached:
                found.append(node)
        while found:
            reached = found.popleft()
            for node in callers.get(reached, ()):
                if effect.name not in node.reached:
                    node.reached.add(effect.name)
                    found.append(node)

    def _reaches_at_once(self, node: _Node, effect: Effect, callers: dict[_Node, list[_Node]]) -> list[_Node]:
        """Find out whether a function does it itself, or by one that is known to; otherwise the functions it calls."""
        if any(effect.of(step) for step in node.steps):
            node.reached.add(effect.name)
            return []
        found: list[_Node] = []
        for step in node.steps:
            for callee in _through(step, effect):
                called = self._node(callee)
                if effect.name in called.reached:
                    node.reached.add(effect.name)
                    return []
                callers.setdefault(called, []).append(node)
                found.append(called)
        return found


def _stages(before: dict[_Node, tuple[_Node, Stage] | None], end: _Node) -> list[Stage]:
    """The calls by which a search came to a function, the first one first."""
    found: list[Stage] = []
    last = before[end]
    while last is not None:
        node, stage = last
        found.append(stage)
        last = before[node]
    return found[::-1]


def _through(step: Step, effect: Effect) -> tuple[Body, ...]:
    """The functions that a call runs whose doing counts as its own."""
    if not effect.through(step):
        return ()
    return (*step.callees, *step.handed) if effect.handed(step) else step.callees


@fact
def graph_of(project: Project) -> Graph:
    """What the functions of a project lead to, as far as somebody asked."""
    return Graph()
