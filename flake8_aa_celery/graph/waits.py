"""What a task or a view waits for, itself or in what it leads to."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from flake8_aa_celery.graph.elements import Wait
from flake8_aa_celery.model.effects.blocking import BLOCKS, blocking_by, task_run_by
from flake8_aa_celery.model.effects.blocking_loops import blocked_loop
from flake8_aa_celery.model.effects.bodies import Body
from flake8_aa_celery.model.effects.graph import graph_of
from flake8_aa_celery.places import below

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.scopes import CallSite, Scope
    from flake8_aa_celery.model.effects.bodies import Step
    from flake8_aa_celery.model.effects.graph import Graph


def waits_of(function: Scope) -> tuple[Wait, ...]:
    """What a function waits for, each place once, the nearest first.

    What happens only now and then, in a handler, is not among it, as :data:`BLOCKS` says. Of a task that runs in the
    same process it is what that one waits for.
    """
    found: dict[int, Wait] = {}
    for step, what, per_item in _steps_that_wait(graph_of(function.module.project), Body(function)):
        known = found.get(id(step.call.node))
        found[id(step.call.node)] = _wait(step.call, what, per_item or (known is not None and known.per_item))
    return tuple(found.values())


def _steps_that_wait(graph: Graph, start: Body) -> Iterator[tuple[Step, str, bool]]:
    """The calls that wait, what for, and whether once per item of a loop around them or around the way there."""
    waiting = deque([(start, False)])
    seen = {(start.key, False)}
    while waiting:
        body, per_item = waiting.popleft()
        for step in graph.steps(body) if graph.leads(body, BLOCKS) else ():
            is_repeated = per_item or blocked_loop(step) is not None
            what = blocking_by(step)
            if what and task_run_by(step.call) is None:
                yield step, what, is_repeated
            elif BLOCKS.through(step):
                called = [*step.callees, *(step.handed if BLOCKS.handed(step) else ())]
                new = [(callee, is_repeated) for callee in called if (callee.key, is_repeated) not in seen]
                seen.update((callee.key, repeated) for callee, repeated in new)
                waiting += new


def _wait(call: CallSite, what: str, per_item: bool) -> Wait:
    return Wait(what, per_item, below(call.site.module.path), call.line)
