"""What runs once per item."""

from __future__ import annotations

import ast
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from flake8_aa_celery.model.facts import Constant, Items, Mapping
from flake8_aa_celery.model.names import origin
from flake8_aa_celery.model.scopes import Site

if TYPE_CHECKING:
    from flake8_aa_celery.model.facts import Element
    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.model.scopes import Block

#: A loop over no more items than this is no bulk.
FEW = 3

_SAME_LENGTH = frozenset(
    {
        "builtins.enumerate",
        "builtins.list",
        "builtins.tuple",
        "builtins.sorted",
        "builtins.reversed",
        "builtins.iter",
    }
)


def bulk_loop(site: Site, module: Module) -> Block | None:
    """The innermost loop or comprehension that runs what stands at ``site`` once per item.

    Not counted: a loop over a few items, and one that is left right behind the statement.
    """
    left = _way_out(site)
    if left is ast.Return:
        return None
    for block in site.block.around():
        if block.kind == "loop" and left is ast.Break:
            left = None
        elif block.kind in ("loop", "comprehension") and not goes_over_few(block, module):
            return block
    return None


def _way_out(site: Site) -> type[ast.stmt] | None:
    """Whether the loop or the function is left by this statement or right after it."""
    if isinstance(site.statement, ast.Return):
        # a comprehension in a return statement still runs once per item
        return None if site.block.kind == "comprehension" else ast.Return
    return _ways_out(site.block).get(site.statement)


@lru_cache(maxsize=8)
def _ways_out(block: Block) -> dict[ast.stmt, type[ast.stmt]]:
    """The statements of a block right behind which the loop or function is left, with how."""
    return {
        statement: type(following)
        for statement, following in pairwise(block.body)
        if isinstance(following, (ast.Break, ast.Return))
    }


def goes_over_few(block: Block, module: Module) -> bool:
    """Whether a loop or comprehension is known to run for at most three items."""
    node, place = block.node, block.site
    if place is None:
        return False
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return is_short(node.iter, place, module) and not _grows_in(block, node.iter)
    if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
        inside = Site(block, place.statement, place.order)
        return all(
            is_short(generator.iter, inside if index else place, module)
            for index, generator in enumerate(node.generators)
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


def is_short(node: ast.expr, site: Site, module: Module) -> bool:
    """Whether an iterable is known to have at most three items: a literal, a slice, a ``range``."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        return _is_short_slice(node.slice, site, module)
    if isinstance(node, ast.Call):
        return _is_short_call(node, site, module)
    value = module.evaluate(node, site)
    if isinstance(value, Items):
        return value.complete and len(value.elements) <= FEW and not any(e.loop for e in value.elements)
    return isinstance(value, Mapping) and value.complete and len(value.entries) <= FEW


def _is_short_call(node: ast.Call, site: Site, module: Module) -> bool:
    called = origin(node.func, site)
    if called == "builtins.range" and len(node.args) in (1, 2):
        return _is_short_range([None, *node.args][-2], node.args[-1], site, module)
    if called == "itertools.islice" and len(node.args) == 2:
        return _is_short_range(None, node.args[1], site, module)
    if called == "builtins.zip":
        return any(is_short(argument, site, module) for argument in node.args)
    if called in _SAME_LENGTH and node.args:
        return is_short(node.args[0], site, module)
    if isinstance(node.func, ast.Attribute) and node.func.attr in ("items", "keys", "values") and not node.args:
        return isinstance(module.evaluate(node.func.value, site), Mapping) and is_short(node.func.value, site, module)
    return False


def _is_short_slice(part: ast.Slice, site: Site, module: Module) -> bool:
    if part.upper is None:
        lower = _number(part.lower, site, module)
        return lower is not None and -FEW <= lower < 0
    return _is_short_range(part.lower, part.upper, site, module)


def _is_short_range(lower: ast.expr | None, upper: ast.expr, site: Site, module: Module) -> bool:
    start, end = _number(lower, site, module) if lower else 0, _number(upper, site, module)
    return start is not None and end is not None and start >= 0 and 0 <= end <= start + FEW


def _number(node: ast.expr | None, site: Site, module: Module) -> int | None:
    value = module.evaluate(node, site) if node is not None else None
    return value.value if isinstance(value, Constant) and isinstance(value.value, int) else None
