"""Where a task holds its worker: loops that block once per item, and naps, in it or in what it leads to."""

from __future__ import annotations

import ast
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.leaving import has_way_out, is_left_after
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.effects.blocking import BLOCKS, is_exceptional, is_nap
from flake8_aa_celery.model.effects.bodies import Body, Step
from flake8_aa_celery.model.effects.graph import Effect, Stage, graph_of
from flake8_aa_celery.model.knowledge.standard_library import NAP
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.loops import fills_a_piece, goes_over_items
from flake8_aa_celery.model.resolve.task_classes import run_by_workers_of
from flake8_aa_celery.model.resolve.task_functions import task_around
from flake8_aa_celery.model.resolve.values import Constant, Task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Block, CallSite, Site


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
    """A ``time.sleep`` and the task that it holds up.

    :param way: the calls from the task on, the last of which sleeps; empty where it stands in the task.
    :param others: how many more tasks of the module lead to it.
    """

    call: ast.Call
    task: Task
    way: list[Stage]
    others: int

    @property
    def node(self) -> ast.expr:
        """Where to report it: the nap, or the call in the task that leads to it."""
        return self.way[0].step.call.node if self.way else self.call


@fact
def blocking_loops_of(module: Module) -> list[BlockingLoop]:
    """The loops that the tasks of a module lead to which block once per item: for each task the first."""
    return [found for task in run_by_workers_of(module) if (found := _loop_of(task)) is not None]


def _loop_of(task: Task) -> BlockingLoop | None:
    graph = graph_of(task.module.project)
    body = Body(task.scope)
    for step in graph.steps(body):
        loop = blocked_loop(step)
        if loop is not None and isinstance(loop.node, (ast.stmt, ast.expr)):
            return BlockingLoop(task, loop.node, loop, graph.way_of(step, BLOCKS))
    for step in graph.steps(body) if graph.way(body, BLOCKS_ONCE_PER_ITEM) else ():
        way = graph.way_of(step, BLOCKS_ONCE_PER_ITEM) if BLOCKS_ONCE_PER_ITEM.through(step) else []
        if way and not _is_of_another(way, task):
            return BlockingLoop(task, step.call.node, None, [*way[:-1], *graph.way_of(way[-1].step, BLOCKS)])
    return None


def _is_of_another(way: list[Stage], task: Task) -> bool:
    """Whether a loop stands in another task, or in what that leads to: it is told there."""
    around = (task_around(stage.step.call.site) for stage in way)
    return any(found is not None and found is not task for found in around)


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
            and not _waits_for_more(call, block)
            and not is_left_after(call, block)
        ):
            return block
    return None


def _waits_for_more(call: CallSite, loop: Block) -> bool:
    """Whether a call in a loop runs only when enough items have come together."""
    inside = takewhile(lambda block: block is not loop, call.site.block.around())
    return any(map(fills_a_piece, inside))


def _blocks_once_per_item(step: Step) -> str:
    return "blocks once per item" if blocked_loop(step) is not None else ""


def _is_followed(step: Step) -> bool:
    return not is_exceptional(step.call)


#: A call leads to a loop over items that blocks for each of them.
BLOCKS_ONCE_PER_ITEM = Effect("blocks once per item", _blocks_once_per_item, _is_followed)


# -- naps -------------------------------------------------------------------------------------------------------

_NAPS = frozenset({"sleep"})
#: A nap of less than this many seconds is none.
_SHORT = 1
#: What makes seconds of milliseconds.
_THOUSAND = frozenset({"1000", "1000.0", "1_000"})


@fact
def naps_of(module: Module) -> list[Nap]:
    """Every nap in the body of a task, and of those that it leads to the first; not what loops that block account for.

    A nap that several tasks lead to is there once.
    """
    found = {id(nap.call): nap for nap in _own_naps(module)}
    for task in run_by_workers_of(module):
        way = _way_to_nap(task)
        if way:
            nap = way[-1].step.call.node
            known = found.get(id(nap))
            found[id(nap)] = known._replace(others=known.others + 1) if known else Nap(nap, task, way, 0)
    return list(found.values())


def _own_naps(module: Module) -> Iterator[Nap]:
    loops = {loop.block for loop in blocking_loops_of(module)}
    for call in module.calls_of(_NAPS | module.scopes.assigned):
        task = task_around(call.site) if is_nap(call) else None
        if task is not None and _holds_worker(call) and loops.isdisjoint(call.site.block.outward()):
            yield Nap(call.node, task, [], 0)


def _way_to_nap(task: Task) -> list[Stage]:
    """The calls by which a task leads to a nap in another function, where no loop that is reported holds it."""
    graph = graph_of(task.module.project)
    body = Body(task.scope)
    loop = next((loop for loop in blocking_loops_of(task.module) if loop.task is task), None)
    for step in graph.steps(body) if graph.leads(body, NAPS) else ():
        is_told = loop is not None and (
            loop.node is step.call.node or (loop.block is not None and loop.block.encloses(step.call.site.block))
        )
        way = [] if is_told else graph.way_of(step, NAPS)
        if len(way) > 1 and task_around(way[-1].step.call.site) is None:
            return way
    return []


def _holds_worker(call: CallSite) -> bool:
    """Whether a nap is no short one, no part of a wait that ends on a condition, and nothing that settings ask for."""
    if call.node.args and _is_short(call.node.args[0], call.site):
        return False
    return not _polls(call) and not any(_is_by_settings(block) for block in call.site.block.around())


def _is_short(node: ast.expr, site: Site) -> bool:
    """Whether a nap takes less than a second, or is given in milliseconds."""
    value = value_of(node, site)
    if isinstance(value, Constant) and isinstance(value.value, (int, float)):
        return value.value < _SHORT
    is_part = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and isinstance(node.right, ast.Constant)
    return is_part and isinstance(node, ast.BinOp) and ast.unparse(node.right) in _THOUSAND


def _polls(call: CallSite) -> bool:
    """Whether a nap stands between two looks at something that is waited for, or the rounds of a loop only tick."""
    for block in call.site.block.around():
        if block.kind == "handler":
            return False  # it failed, and is tried again
        if block.kind == "loop":
            node = block.node
            may_end = not isinstance(node, ast.While) or not isinstance(node.test, ast.Constant)
            return (may_end or has_way_out(block.body)) and not goes_over_items(block, call.site.frame)
    return False


def _is_by_settings(block: Block) -> bool:
    """Whether a block runs by what the settings say: ``if settings.SLOW_DOWN:``."""
    return isinstance(block.node, ast.If) and any(
        isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id.endswith("settings")
        for part in ast.walk(block.node.test)
    )


def _nap_by(step: Step) -> str:
    if not is_nap(step.call) or any(block.kind == "handler" for block in step.call.site.block.around()):
        return ""  # a function that tries again knows of no task which it could retry
    return NAP if _holds_worker(step.call) else ""


#: A call sleeps for a second or more, or something that it leads to does.
NAPS = Effect("sleeps", _nap_by)
