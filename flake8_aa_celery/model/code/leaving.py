"""Where a loop is left early: right after a statement, or as soon as something in it has succeeded."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from itertools import islice, pairwise, takewhile
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.scopes import FUNCTIONS, LOOPS
from flake8_aa_celery.model.code.syntax import bodies_of, names_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.scopes import Block, CallSite, Site

#: Comparisons that tell of a success; the others tell of a limit or a failure.
_SUCCESS = (ast.Eq, ast.In, ast.IsNot, ast.Lt, ast.LtE)
#: The first of HTTP's status codes that tells of no success, and of a failure.
_NO_SUCCESS, _FAILURE = 300, 400
_BAD_NEWS = r"(?i)abort|cancel|down\b|err|exceed|exhaust|fail|limit|offline|stop|throttle|timeout"
#: The kinds of bindings by which a statement keeps a result.
_BRANCHES = frozenset({"case", "else", "if"})
_KEEPS = frozenset({"assign", "augmented", "context", "loop", "other"})


# -- right after a statement -----------------------------------------------------------------------------------


def way_out(site: Site) -> type[ast.stmt] | None:
    """How the loop or the function is left by the statement of a place or right after it; None where it goes on.

    :return: ``ast.Break`` or ``ast.Return``.
    """
    if isinstance(site.statement, ast.Return):
        # a comprehension in a return statement still runs once per item
        return None if site.block.kind == "comprehension" else ast.Return
    return _ways_out(site.block).get(site.statement)


def _way_out_of_try(block: Block) -> list[ast.stmt]:
    """What runs right after the body of a ``try`` that has raised nothing: its ``else``."""
    return block.node.orelse[:1] if block.kind == "try" and isinstance(block.node, ast.Try) else []


@fact
def _ways_out(block: Block) -> dict[ast.stmt, type[ast.stmt]]:
    """The statements of a block right after which the loop or function is left, with how."""
    return {
        statement: type(following)
        for statement, following in pairwise([*block.body, *_way_out_of_try(block)])
        if isinstance(following, (ast.Break, ast.Return))
    }


def has_way_out(body: list[ast.stmt], inner: bool = False) -> bool:
    """Whether a ``break`` or ``return`` in the body leaves the loop.

    :param inner: whether the body lies in a loop within that one, which a ``break`` would leave.
    """
    waiting = [(statement, inner) for statement in body]
    while waiting:
        statement, is_inner = waiting.pop()
        if isinstance(statement, ast.Return) or (isinstance(statement, ast.Break) and not is_inner):
            return True
        if not isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
            deeper = is_inner or isinstance(statement, LOOPS)
            waiting += [(each, deeper) for part in bodies_of(statement) for each in part]
    return False


# -- one of two paths -------------------------------------------------------------------------------------------


def exclude_each_other(one: Site, other: Site) -> bool:
    """Whether of two places in a function only one runs: in branches of one ``if``, or after one that leaves."""
    first, second = sorted((one, other), key=lambda site: site.order)
    around = set(second.block.around())
    common = next((block for block in first.block.around() if block in around), None)
    if common is None:
        return False
    before, after = _branches(first, common), _branches(second, common)
    if before and after and before[-1].node is after[-1].node:
        return True
    return any(isinstance(block.body[-1], (ast.Return, ast.Raise)) for block in before)


def _branches(site: Site, common: Block) -> list[Block]:
    """The branches that a place lies in within a block, innermost first."""
    within = takewhile(lambda block: block is not common, site.block.around())
    return [block for block in within if block.kind in _BRANCHES]


# -- with a success ---------------------------------------------------------------------------------------------


def is_left_after(call: CallSite, loop: Block) -> bool:
    """Whether a loop is left as soon as a call in it has succeeded: what it goes over is tried in turn."""
    statement, block = call.site.statement, call.site.block
    if isinstance(statement, ast.If) and block.kind != "comprehension" and _leaves(statement, _is_inner(block, loop)):
        return True
    for around, reached in _outwards(call.site, loop):
        left = _left_following(reached, around, loop)
        if left is not None:
            return left
    return False


def _keeps(name: str, loop: Block) -> bool:
    """Whether a statement in the body of a loop binds a name."""
    bindings = loop.scope.bindings.get(name, [])
    start = loop.site.order if loop.site else 0  # what the head binds has this order, too
    following = islice(bindings, bisect_right(bindings, start, key=lambda binding: binding.site.order), None)
    within = takewhile(lambda binding: loop.encloses(binding.site.block), following)
    return any(binding.kind in _KEEPS for binding in within)


def _outwards(site: Site, loop: Block) -> Iterator[tuple[Block, ast.stmt]]:
    """The statement of a place and those around it, each with its block, up to the body of a loop."""
    statement, block = site.statement, site.block
    yield block, statement
    while block is not loop and block.parent is not None and block.site is not None:
        statement, block = block.site.statement, block.parent
        yield block, statement


def _left_following(statement: ast.stmt, block: Block, loop: Block) -> bool | None:
    """Whether what follows a statement leaves the loop; None where it says nothing, so that what is around decides.

    An ``if`` must be about something that the loop binds.
    """
    if block.kind == "comprehension":
        return None
    if isinstance(statement, ast.Return):
        return True
    inner = _is_inner(block, loop)
    for following in _following(block, statement):
        if isinstance(following, (ast.Return, ast.Raise)):
            return True
        if isinstance(following, (ast.Break, ast.Continue)):
            return None if inner else isinstance(following, ast.Break)
        if (
            isinstance(following, ast.If)
            and any(_keeps(name, loop) for name in names_in(following.test))
            and _leaves(following, inner)
        ):
            return True
    return None


def _is_inner(block: Block, loop: Block) -> bool:
    """Whether a ``break`` in a block would leave a loop within the one that is asked about."""
    return next((around for around in block.around() if around.kind in ("loop", "comprehension")), loop) is not loop


def _following(block: Block, statement: ast.stmt) -> list[ast.stmt]:
    """The statements that run after one if nothing fails: in its block, then under the ``else`` of a ``try``."""
    body = block.body
    rest = body[body.index(statement) + 1 :] if statement in body else body
    return rest + block.node.orelse if block.kind == "try" and isinstance(block.node, ast.Try) else rest


def _leaves(choice: ast.If, inner: bool) -> bool:
    """Whether an ``if`` leaves the loop because there is a result."""
    return _tells_success(choice.test) and has_way_out(choice.body, inner)


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
