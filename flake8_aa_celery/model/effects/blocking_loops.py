"""Where a task holds its worker: loops that block once per item, and naps."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.leaving import is_left_after
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.effects.blocking import NAP, blocking_of
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.loops import goes_over_items
from flake8_aa_celery.model.resolve.task_functions import task_around, tasks_of
from flake8_aa_celery.model.resolve.values import Constant, Task

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Block, CallSite

_NAPS = frozenset({NAP.rpartition(".")[2]})


class BlockingLoop(NamedTuple):
    """A loop over items that blocks for each of them.

    :param block: the body of the outermost such loop of a nest.
    :param node: the loop or comprehension.
    :param call: the first call in it that blocks.
    :param by: what blocks, as a message may name it.
    """

    block: Block
    node: ast.stmt | ast.expr
    call: ast.Call
    by: str


class Nap(NamedTuple):
    """A ``time.sleep`` and the task in which it stands."""

    call: ast.Call
    task: Task


@fact
def naps_of(module: Module) -> list[Nap]:
    """Every nap in the body of a task, except those in a loop that blocks once per item."""
    loops = {loop.block for loop in blocking_loops_of(module)}
    return [
        Nap(call.node, task)
        for call in module.calls_of(_NAPS | module.scopes.assigned)
        if module.origin(call.node.func, call.site) == NAP
        and (task := task_around(call.site))
        and not _is_nothing(call)
        and loops.isdisjoint(call.site.block.outward())
    ]


def _is_nothing(call: CallSite) -> bool:
    """``time.sleep(0)`` only lets other threads run."""
    value = value_of(call.node.args[0], call.site) if call.node.args else None
    return isinstance(value, Constant) and value.value == 0


@fact
def blocking_loops_of(module: Module) -> list[BlockingLoop]:
    """The loops in tasks that block once per item: of a nest the outermost, in the order of the source."""
    found: dict[int, BlockingLoop] = {}
    for call in module.all_calls() if tasks_of(module) else ():
        around = [block for block in call.site.block.around() if block.kind in ("loop", "comprehension")]
        loop = _blocked(call, around) if around and task_around(call.site) else None
        if loop is not None:
            found.setdefault(id(loop.node), loop)
    return sorted(found.values(), key=lambda loop: (loop.node.lineno, loop.node.col_offset))


def _blocked(call: CallSite, around: list[Block]) -> BlockingLoop | None:
    """The outermost of the loops around a call that the call makes block once per item.

    :param around: these loops, the innermost first.
    """
    blocking = blocking_of(call.site.module)
    by = blocking.by(call)
    for block in reversed(around) if by else ():
        node = block.node
        if (
            isinstance(node, (ast.stmt, ast.expr))
            and goes_over_items(block)
            and not blocking.is_exceptional(call, block)
            and not is_left_after(call, block)
        ):
            return BlockingLoop(block, node, call.node, by)
    return None
