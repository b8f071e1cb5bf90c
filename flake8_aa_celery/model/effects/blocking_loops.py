"""Where a task holds its worker: loops that block once per item, and naps, in it or in what it leads to."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.leaving import is_left_after
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.effects.blocking import BLOCKS, is_exceptional, is_nap
from flake8_aa_celery.model.effects.bodies import Body, Step
from flake8_aa_celery.model.effects.graph import Effect, Stage, graph_of
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.loops import goes_over_items
from flake8_aa_celery.model.resolve.task_functions import task_around, tasks_of
from flake8_aa_celery.model.resolve.values import Constant, Task

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Block, CallSite


class BlockingLoop(NamedTuple):
    """A loop over items that blocks for each of them.

    :param task: the task that leads to it.
    :param node: where to report it: the loop where it stands in the task, otherwise the call that leads there.
    :param block: the body of the loop where it stands in the task; None elsewhere.
    :param way: the calls from the task on, the last of which blocks.
    """

    task: Task
    node: ast.stmt | ast.expr
    block: Block | None
    way: list[Stage]

    @property
    def by(self) -> str:
        """What blocks: ``requests.get``."""
        return self.way[-1].what


class Nap(NamedTuple):
    """A ``time.sleep`` and the task in which it stands."""

    call: ast.Call
    task: Task


@fact
def blocking_loops_of(module: Module) -> list[BlockingLoop]:
    """The loops that the tasks of a module lead to which block once per item: for each task the first."""
    return [found for task in tasks_of(module) if (found := _loop_of(task)) is not None]


def _loop_of(task: Task) -> BlockingLoop | None:
    graph = graph_of(task.module.project)
    body = Body(task.scope)
    for step in graph.steps(body):
        loop = blocked_loop(step)
        if loop is not None and isinstance(loop.node, (ast.stmt, ast.expr)):
            return BlockingLoop(task, loop.node, loop, graph.way_of(step, BLOCKS))
    way = graph.way(body, BLOCKS_ONCE_PER_ITEM)
    if not way:
        return None
    last = way[-1].step
    return BlockingLoop(task, way[0].step.call.node, None, [*way[:-1], *graph.way_of(last, BLOCKS)])


def blocked_loop(step: Step) -> Block | None:
    """The outermost loop around a call, in its own function, that the call makes block once per item."""
    call = step.call
    around = [block for block in call.site.block.around() if block.kind in ("loop", "comprehension")]
    if not around or not graph_of(call.site.module.project).way_of(step, BLOCKS):
        return None
    for block in reversed(around):
        if (
            goes_over_items(block, call.site.frame)
            and not is_exceptional(call, block)
            and not is_left_after(call, block)
        ):
            return block
    return None


def _blocks_once_per_item(step: Step) -> str:
    return "blocks once per item" if blocked_loop(step) is not None else ""


def _is_followed(step: Step) -> bool:
    return not is_exceptional(step.call)


#: A call leads to a loop over items that blocks for each of them.
BLOCKS_ONCE_PER_ITEM = Effect("blocks once per item", _blocks_once_per_item, _is_followed)


# -- naps -------------------------------------------------------------------------------------------------------

_NAPS = frozenset({"sleep"})


@fact
def naps_of(module: Module) -> list[Nap]:
    """Every nap in the body of a task, except those in a loop that blocks once per item."""
    loops = {loop.block for loop in blocking_loops_of(module)}
    return [
        Nap(call.node, task)
        for call in module.calls_of(_NAPS | module.scopes.assigned)
        if is_nap(call)
        and (task := task_around(call.site))
        and not _is_nothing(call)
        and loops.isdisjoint(call.site.block.outward())
    ]


def _is_nothing(call: CallSite) -> bool:
    """``time.sleep(0)`` only lets other threads run."""
    value = value_of(call.node.args[0], call.site) if call.node.args else None
    return isinstance(value, Constant) and value.value == 0
