"""What a loop goes over, and what runs once per item of it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.leaving import has_way_out, way_out
from flake8_aa_celery.model.code.names import any_of
from flake8_aa_celery.model.code.scopes import COMPREHENSIONS, Site
from flake8_aa_celery.model.code.syntax import names_in
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import Constant, Items, Mapping

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.scopes import Block
    from flake8_aa_celery.model.resolve.values import Element

#: A loop over no more items than this is no bulk.
FEW = 3

_SAME_LENGTH = frozenset(
    {"builtins.enumerate", "builtins.iter", "builtins.list", "builtins.reversed", "builtins.sorted", "builtins.tuple"}
)
#: What a loop goes over that tries the same again: no items.
_TRIES = ("itertools.count", "itertools.cycle", "itertools.repeat", "tenacity", "stamina", "backoff", "retrying")
_PAGE = r"(?i)(^|_)(pages?|cursor|offset)(_|$)"
#: How an item is taken out of what a ``while`` goes over.
_TAKES = frozenset({"pop", "popleft", "popitem", "get_nowait"})


def bulk_loop(site: Site) -> Block | None:
    """The innermost loop or comprehension that runs what stands at ``site`` once per item.

    Not counted: a loop over a few items, and one that is left right behind the statement.
    """
    left = way_out(site)
    if left is ast.Return:
        return None
    for block in site.block.around():
        if block.kind == "loop" and left is ast.Break:
            left = None
        elif block.kind in ("loop", "comprehension") and not goes_over_few(block):
            return block
    return None


def goes_over_few(block: Block) -> bool:
    """Whether a loop or comprehension is known to run for at most three items."""
    node, place = block.node, block.site
    if place is None:
        return False
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return is_short(node.iter, place) and not _grows_in(block, node.iter)
    if isinstance(node, COMPREHENSIONS):
        inside = Site(block, place.statement, place.order)
        return all(
            is_short(generator.iter, inside if index else place) for index, generator in enumerate(node.generators)
        )
    return False


def _grows_in(loop: Block, iterated: ast.expr) -> bool:
    """Whether a loop adds to the very list that it goes over."""
    owner = loop.scope.owner_of(iterated.id) if isinstance(iterated, ast.Name) else None
    growths = owner.growths.get(iterated.id, ()) if owner and isinstance(iterated, ast.Name) else ()
    return any(loop.encloses(growth.site.block) for growth in growths)


def is_certain(element: Element, site: Site) -> bool:
    """Whether a member of a list is in it once and always: not added in a loop or under a condition.

    :param site: where the list is used.
    """
    if element.loop is not None:
        return False
    block = element.site.block
    return block.kind in ("module", "class", "function") or block.encloses(site.block)


def is_short(node: ast.expr, site: Site) -> bool:
    """Whether an iterable is known to have at most three items: a literal, a slice, a ``range``."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        return _is_short_slice(node.slice, site)
    if isinstance(node, ast.Call):
        return _is_short_call(node, site)
    value = value_of(node, site)
    if isinstance(value, Items):
        return value.complete and len(value.elements) <= FEW and not any(e.loop for e in value.elements)
    return isinstance(value, Mapping) and value.complete and len(value.entries) <= FEW


def _is_short_call(node: ast.Call, site: Site) -> bool:
    called = site.module.origin(node.func, site)
    if called == "builtins.range" and len(node.args) in (1, 2):
        return _is_short_range([None, *node.args][-2], node.args[-1], site)
    if called == "itertools.islice" and len(node.args) == 2:
        return _is_short_range(None, node.args[1], site)
    if called == "builtins.zip":
        return any(is_short(argument, site) for argument in node.args)
    if called in _SAME_LENGTH and node.args:
        return is_short(node.args[0], site)
    if isinstance(node.func, ast.Attribute) and node.func.attr in ("items", "keys", "values") and not node.args:
        return isinstance(value_of(node.func.value, site), Mapping) and is_short(node.func.value, site)
    return False


def _is_short_slice(part: ast.Slice, site: Site) -> bool:
    if part.upper is None:
        lower = _number(part.lower, site)
        return lower is not None and -FEW <= lower < 0
    return _is_short_range(part.lower, part.upper, site)


def _is_short_range(lower: ast.expr | None, upper: ast.expr, site: Site) -> bool:
    start, end = _number(lower, site) if lower else 0, _number(upper, site)
    return start is not None and end is not None and start >= 0 and 0 <= end <= start + FEW


def _number(node: ast.expr | None, site: Site) -> int | None:
    value = value_of(node, site) if node is not None else None
    return value.value if isinstance(value, Constant) and isinstance(value.value, int) else None


# -- items, pages and tries -------------------------------------------------------------------------------------


def goes_over_items(block: Block) -> bool:
    """Whether a loop or comprehension may go over many items: not over a few, over pages, or to try again."""
    node = block.node
    if goes_over_few(block):
        return False
    if isinstance(node, ast.While):
        return _takes_items(node, block)
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return not _is_page(node.target) and not _tries(node, block)
    return not (isinstance(node, COMPREHENSIONS) and any(_is_page(generator.target) for generator in node.generators))


def _is_page(target: ast.expr) -> bool:
    """Whether a loop's variable is a page of something that is fetched in pieces."""
    return any(re.search(_PAGE, name) for name in names_in(target))


def _tries(node: ast.For | ast.AsyncFor, block: Block) -> bool:
    """Whether a loop tries the same again, by what it goes over or because it counts attempts."""
    if not isinstance(node.iter, ast.Call) or block.site is None:
        return False
    called = block.module.origin(node.iter.func, block.site) or ""
    if any_of(_TRIES, called.replace("()", "")) or (called == "builtins.iter" and len(node.iter.args) > 1):
        return True
    # attempts are counted, and the loop is left with the first that succeeds
    return called == "builtins.range" and not _counts_items(node.iter) and has_way_out(node.body)


def _counts_items(call: ast.Call) -> bool:
    """Whether a ``range`` is that of the places in a list: ``range(len(x))``."""
    return any(
        isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == "len"
        for part in ast.walk(call)
    )


def _takes_items(node: ast.While, block: Block) -> bool:
    """Whether a ``while`` takes one item after the other out of what its condition looks at."""
    watched = names_in(node.test)
    return any(_takes(call.node, watched) and block.encloses(call.site.block) for call in block.scope.calls)


def _takes(call: ast.Call, watched: set[str]) -> bool:
    function = call.func
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
        return False
    # a dictionary's ``get`` has arguments, a queue's has none
    taken = function.attr in _TAKES or (function.attr == "get" and not call.args)
    return taken and function.value.id in watched
