"""Loops of a task that block once per item, and those that only look like it: retries and pages."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model import loops
from flake8_aa_celery.model.blocking import NAP, Blocking
from flake8_aa_celery.model.facts import Constant, Task
from flake8_aa_celery.model.names import any_of
from flake8_aa_celery.model.scopes import FUNCTIONS, LOOPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.model.scopes import Block, CallSite, Scope

#: What a loop goes over that tries the same again: no items.
_TRIES = ("itertools.count", "itertools.cycle", "itertools.repeat", "tenacity", "stamina", "backoff", "retrying")
_PAGE = r"(?i)(^|_)(pages?|cursor|offset)(_|$)"
#: How an item is taken out of what a ``while`` goes over.
_TAKES = frozenset({"pop", "popleft", "popitem", "get_nowait"})
#: Comparisons that tell of a success; the others tell of a limit or a failure.
_SUCCESS = (ast.Eq, ast.In, ast.IsNot, ast.Lt, ast.LtE)
#: The first of HTTP's status codes that tells of no success, and of a failure.
_NO_SUCCESS, _FAILURE = 300, 400
_BAD_NEWS = r"(?i)abort|cancel|down\b|err|exceed|exhaust|fail|limit|offline|stop|throttle|timeout"


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


def naps_in(module: Module) -> list[Nap]:
    """Every nap in the body of a task, except those in a loop that blocks once per item."""
    return [
        Nap(call.node, task)
        for task in module.tasks
        for call in _calls_within(task.scope, module)
        if module.origin(call.node.func, call.site) == NAP
        and not _is_nothing(call, module)
        and not any(loop.block.encloses(call.site.block) for loop in module.blocking_loops)
    ]


def _is_nothing(call: CallSite, module: Module) -> bool:
    """``time.sleep(0)`` only lets other threads run."""
    value = module.evaluate(call.node.args[0], call.site) if call.node.args else None
    return isinstance(value, Constant) and value.value == 0


def loops_in(module: Module) -> list[BlockingLoop]:
    """The loops in tasks that block once per item: of a nest the outermost, in the order of the source."""
    found: dict[int, BlockingLoop] = {}
    blocking: Blocking | None = None
    for task in module.tasks:
        for call in _calls_within(task.scope, module):
            around = [block for block in call.site.block.around() if block.kind in ("loop", "comprehension")]
            if around:
                blocking = blocking or Blocking(module)
                for loop in _blocked(call, around, module, blocking):
                    found.setdefault(id(loop.node), loop)
    return sorted(found.values(), key=lambda loop: (loop.node.lineno, loop.node.col_offset))


def _blocked(call: CallSite, around: list[Block], module: Module, blocking: Blocking) -> Iterator[BlockingLoop]:
    """The outermost of the loops around a call that the call makes block once per item, if there is one."""
    by = blocking.by(call)
    for block in reversed(around) if by else ():
        node = block.node
        if (
            isinstance(node, (ast.stmt, ast.expr))
            and _goes_over_items(block, module)
            and not blocking.is_exceptional(call, block)
            and not _is_left_after(call, block)
        ):
            yield BlockingLoop(block, node, call.node, by)
            return


def _calls_within(scope: Scope, module: Module) -> Iterator[CallSite]:
    """The calls of a task, of comprehensions and of functions within it, but not of tasks within it."""
    yield from scope.calls
    for child in scope.children:
        is_task = isinstance(child.node, FUNCTIONS) and isinstance(module.functions.get(child.node), Task)
        if not is_task:
            yield from _calls_within(child, module)


# -- what a loop goes over --------------------------------------------------------------------------------------


def _goes_over_items(block: Block, module: Module) -> bool:
    node = block.node
    if loops.goes_over_few(block, module):
        return False
    if isinstance(node, ast.While):
        return _takes_items(node, block)
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return not _is_page(node.target) and _is_over_items(node, block, module)
    return not any(_is_page(generator.target) for generator in getattr(node, "generators", ()))


def _is_page(target: ast.expr) -> bool:
    """Whether a loop's variable is a page of something that is fetched in pieces."""
    return any(re.search(_PAGE, name.id) for name in ast.walk(target) if isinstance(name, ast.Name))


def _is_over_items(node: ast.For | ast.AsyncFor, block: Block, module: Module) -> bool:
    if not isinstance(node.iter, ast.Call) or block.site is None:
        return True
    called = module.origin(node.iter.func, block.site) or ""
    if any_of(_TRIES, called.replace("()", "")) or (called == "builtins.iter" and len(node.iter.args) > 1):
        return False
    # attempts are counted, and the loop is left with the first that succeeds
    return called != "builtins.range" or _counts_items(node.iter) or not _has_way_out(node.body)


def _counts_items(call: ast.Call) -> bool:
    """Whether a ``range`` is that of the places in a list: ``range(len(x))``."""
    return any(
        isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == "len"
        for part in ast.walk(call)
    )


def _takes_items(node: ast.While, block: Block) -> bool:
    """Whether a ``while`` takes one item after the other out of what its condition looks at."""
    watched = {part.id for part in ast.walk(node.test) if isinstance(part, ast.Name)}
    return any(_takes(call.node, watched) and block.encloses(call.site.block) for call in block.scope.calls)


def _takes(call: ast.Call, watched: set[str]) -> bool:
    function = call.func
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
        return False
    # a dictionary's ``get`` has arguments, a queue's has none
    taken = function.attr in _TAKES or (function.attr == "get" and not call.args)
    return taken and function.value.id in watched


# -- whether a loop is left -------------------------------------------------------------------------------------


def _is_left_after(call: CallSite, loop: Block) -> bool:
    """Whether the loop is left as soon as the call has succeeded: what it goes over is tried in turn."""
    statement, block = call.site.statement, call.site.block
    made_here = _names_bound(loop)
    inner = _is_within_another(block, loop)
    if isinstance(statement, ast.If) and block.kind != "comprehension" and _leaves_with_success(statement, None, inner):
        return True
    while True:
        way = _way_on(block, statement, loop, made_here)
        if way is not None:
            return way
        if block is loop or block.parent is None or block.site is None:
            return False
        statement, block = block.site.statement, block.parent


def _way_on(block: Block, statement: ast.stmt, loop: Block, made_here: set[str]) -> bool | None:
    """Whether what follows a statement leaves the loop: True; False where it goes on; None where it says nothing."""
    if block.kind == "comprehension":
        return None
    if isinstance(statement, ast.Return):
        return True
    inner = _is_within_another(block, loop)
    for following in _following(block, statement):
        if isinstance(following, (ast.Return, ast.Raise)):
            return True
        if isinstance(following, (ast.Break, ast.Continue)):
            return None if inner else isinstance(following, ast.Break)
        if isinstance(following, ast.If) and _leaves_with_success(following, made_here, inner):
            return True
    return None


def _is_within_another(block: Block, loop: Block) -> bool:
    """Whether a ``break`` in a block would leave a loop within the one that is asked about."""
    return next((around for around in block.around() if around.kind in ("loop", "comprehension")), loop) is not loop


def _following(block: Block, statement: ast.stmt) -> list[ast.stmt]:
    """The statements that run after one if nothing fails: in its block, then under the ``else`` of a ``try``."""
    body = block.body
    rest = body[body.index(statement) + 1 :] if statement in body else body
    return rest + block.node.orelse if block.kind == "try" and isinstance(block.node, ast.Try) else rest


def _names_bound(loop: Block) -> set[str]:
    """The names that the body of a loop binds."""
    return {
        part.id
        for statement in loop.body
        for part in ast.walk(statement)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }


def _leaves_with_success(choice: ast.If, made_here: set[str] | None, inner: bool) -> bool:
    """Whether an ``if`` leaves the loop because there is a result.

    :param inner: whether it stands in a loop within that one.
    :param made_here: what the condition must be about; None where it is the call itself.
    """
    names = {part.id for part in ast.walk(choice.test) if isinstance(part, ast.Name)}
    about_result = made_here is None or not names.isdisjoint(made_here)
    return about_result and _tells_success(choice.test) and _has_way_out(choice.body, inner)


def _tells_success(test: ast.expr) -> bool:
    """Whether a condition says that there is a result: ``x``, ``r.ok``, ``r.status_code == 200``, ``x is not None``."""
    if isinstance(test, ast.BoolOp):
        return all(map(_tells_success, test.values))
    if isinstance(test, ast.Compare):
        return len(test.ops) == 1 and isinstance(test.ops[0], _SUCCESS) and not _is_failure(test)
    if isinstance(test, (ast.Name, ast.Attribute, ast.Call, ast.NamedExpr)):
        return not re.search(_BAD_NEWS, ast.unparse(test))
    return False


def _is_failure(test: ast.Compare) -> bool:
    """Whether something is compared with a status that does not tell of a success: ``== 404``."""
    against = test.comparators[0]
    if not isinstance(against, ast.Constant) or not isinstance(against.value, int):
        return False
    return against.value >= _NO_SUCCESS if isinstance(test.ops[0], ast.Eq) else against.value > _FAILURE


def _has_way_out(body: list[ast.stmt], inner: bool = False) -> bool:
    """Whether a ``break`` or ``return`` in the body leaves the loop.

    :param inner: whether the body lies in a loop within that one, which a ``break`` would leave.
    """
    for statement in body:
        if isinstance(statement, ast.Return) or (isinstance(statement, ast.Break) and not inner):
            return True
        deeper = inner or isinstance(statement, LOOPS)
        if any(_has_way_out(part, deeper) for part in _bodies(statement)):
            return True
    return False


def _bodies(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The lists of statements within one that run with it."""
    if isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
        return
    for name in ("body", "orelse", "finalbody"):
        yield getattr(statement, name, [])
    for name in ("handlers", "cases"):
        yield from (part.body for part in getattr(statement, name, []))
