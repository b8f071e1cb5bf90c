"""What a loop goes over, and what runs once per item of it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.leaving import has_way_out, way_out
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import any_of, reaching
from flake8_aa_celery.model.code.scopes import COMPREHENSIONS, Site
from flake8_aa_celery.model.code.syntax import names_in
from flake8_aa_celery.model.knowledge import retrying
from flake8_aa_celery.model.knowledge.django import SAME_ROWS
from flake8_aa_celery.model.knowledge.standard_library import ENDLESS
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import BoundMethod, Constant, Function, Items, Mapping, Origin

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.frames import Frame
    from flake8_aa_celery.model.code.scopes import Block
    from flake8_aa_celery.model.resolve.values import Element

#: What a loop goes over that tries the same again: no items.
_TRIES = (*ENDLESS, *retrying.PACKAGES)
#: A loop over no more items than this is no bulk.
FEW = 3
#: What happens once in so many items is no matter of each of them.
_MANY = 10

_SAME_LENGTH = frozenset(
    {"builtins.enumerate", "builtins.iter", "builtins.list", "builtins.reversed", "builtins.sorted", "builtins.tuple"}
)
#: How something is called that is cut into pieces of many items.
_PIECES = r"(?i)(^|_)(chunk|batch)"
_PAGE = r"(?i)(^|_)(pages?|cursor|offset)(_|$)"
#: How an item is taken out of what a ``while`` goes over.
_TAKES = frozenset({"pop", "popleft", "popitem", "get_nowait"})


def bulk_loop(site: Site) -> Block | None:
    """The innermost loop or comprehension that runs what stands at ``site`` once per item.

    Not counted: a loop over a few items, one that is left right after the statement, and one that tries again.
    """
    left = way_out(site)
    if left is ast.Return:
        return None
    for block in site.block.around():
        if block.kind == "loop" and left is ast.Break:
            left = None
        elif block.kind in ("loop", "comprehension") and not (goes_over_few(block) or _tries_again(block, site)):
            return block
    return None


def _tries_again(block: Block, site: Site) -> bool:
    """Whether a loop does the same in each round at a place, until it has an end: attempts, or a wait."""
    node = block.node
    if isinstance(node, ast.While):
        may_end = has_way_out(node.body) or not isinstance(node.test, ast.Constant)
        watched = _read_in(node.test)
    elif isinstance(node, (ast.For, ast.AsyncFor)):
        may_end, watched = _tries(node, block), names_in(node.target)
    else:
        return False
    if not may_end or site.statement is node:
        return False
    return _read_in(site.statement).isdisjoint(watched | _bound_in(block))


def _read_in(node: ast.AST) -> set[str]:
    """The names that a piece of code reads; of what is read of ``self``, the attribute."""
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}
    of_self = {
        f"self.{part.attr}"
        for part in ast.walk(node)
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "self"
    }
    return (names - {"self"}) | of_self


@fact
def _bound_in(loop: Block) -> frozenset[str]:
    """The names that the body of a loop binds."""
    return frozenset(
        name
        for name, bindings in loop.scope.bindings.items()
        if any(loop.encloses(binding.site.block) for binding in bindings)
    )


def goes_over_few(block: Block, frame: Frame | None = None) -> bool:
    """Whether a loop or comprehension is known to run for at most three items.

    :param frame: the call in which it is looked at.
    """
    node = block.node
    if block.site is None:
        return False
    place = block.site.framed(frame)
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return is_short(node.iter, place) and not _grows_in(block, node.iter)
    if isinstance(node, COMPREHENSIONS):
        inside = Site(block, place.statement, place.order, frame)
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
    node, site = _bound_once(node, site)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        return _is_short_slice(node.slice, site)
    if isinstance(node, ast.Call):
        return _is_short_call(node, site)
    value = value_of(node, site)
    if isinstance(value, Items):
        return value.complete and len(value.elements) <= FEW and not any(e.loop for e in value.elements)
    return isinstance(value, Mapping) and value.complete and len(value.entries) <= FEW


def _bound_once(node: ast.expr, site: Site) -> tuple[ast.expr, Site]:
    """The slice or call that a name was bound to, where nothing else may have bound it; anything else as it is."""
    bindings = reaching(node.id, site) if isinstance(node, ast.Name) else []
    if len(bindings) != 1 or bindings[0].kind != "assign":
        return node, site
    value = bindings[0].value
    is_slice = isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Slice)
    if value is None or not (is_slice or isinstance(value, ast.Call)):
        return node, site
    return value, bindings[0].site.framed(site.frame)


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
    if isinstance(node.func, ast.Attribute) and node.func.attr in SAME_ROWS and not node.args:
        return is_short(node.func.value, site)
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


def goes_over_items(block: Block, frame: Frame | None = None) -> bool:
    """Whether a loop or comprehension may go over many items: not over a few, over pieces or pages, or to try again.

    :param frame: the call in which it is looked at.
    """
    node = block.node
    if goes_over_few(block, frame):
        return False
    if isinstance(node, ast.While):
        return _takes_items(node, block)
    if isinstance(node, (ast.For, ast.AsyncFor)):
        site = block.site.framed(frame) if block.site else None
        return not (
            _is_page(node.target) or _tries(node, block) or not _uses(node) or (site and _in_pieces(node, site))
        )
    if not isinstance(node, COMPREHENSIONS) or block.site is None:
        return True
    first, site = node.generators[0], block.site.framed(frame)
    return not (any(_is_page(generator.target) for generator in node.generators) or _in_pieces(first, site))


def _uses(node: ast.For | ast.AsyncFor) -> bool:
    """Whether a loop uses the item of each round: one that does not only counts, or waits."""
    targets = names_in(node.target)
    return not targets or any(
        isinstance(part, ast.Name) and part.id in targets and isinstance(part.ctx, ast.Load)
        for statement in node.body
        for part in ast.walk(statement)
    )


def fills_a_piece(block: Block) -> bool:
    """Whether a block runs when enough items came together: ``if len(found) == 1000:``, ``if index % 50 == 0:``."""
    if not isinstance(block.node, ast.If):
        return False
    return any(_is_of_many(part) or _measures_growth(part, block) for part in ast.walk(block.node.test))


def _is_of_many(node: ast.AST) -> bool:
    """Whether an expression is 0 once in many numbers: ``index % 50``."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mod):
        return False
    by = node.right.value if isinstance(node.right, ast.Constant) else _MANY
    return isinstance(by, int) and by >= _MANY


def _measures_growth(node: ast.AST, block: Block) -> bool:
    """Whether an expression is the length of a list that the loop around a block fills."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != "len" or not node.args:
        return False
    name = node.args[0].id if isinstance(node.args[0], ast.Name) else ""
    loop = next((around for around in block.around() if around.kind == "loop"), None)
    owner = block.scope.owner_of(name)
    growths = owner.growths.get(name, ()) if owner is not None else ()
    return loop is not None and any(loop.encloses(growth.site.block) for growth in growths)


def _in_pieces(node: ast.For | ast.AsyncFor | ast.comprehension, site: Site) -> bool:
    """Whether each round of a loop is about many items: a chunk, a batch, a slice."""
    if any(re.search(_PIECES, name) for name in names_in(node.target)):
        return True
    iterated, site = _bound_once(node.iter, site)
    if not isinstance(iterated, ast.Call):
        return False
    if re.search(_PIECES, ast.unparse(iterated.func).rpartition(".")[2]):
        return True
    called = value_of(iterated.func, site)
    if isinstance(called, Origin) and called.dotted == "builtins.range":
        return len(iterated.args) == 3 and not _is_by_one(iterated.args[2])
    function = called.function if isinstance(called, BoundMethod) else called
    return isinstance(function, Function) and _yields_slices(function)


def _is_by_one(step: ast.expr) -> bool:
    return ast.unparse(step) in ("1", "-1")


def _yields_slices(function: Function) -> bool:
    """Whether a generator cuts what it is given into slices."""
    scope = function.module.scopes.by_node[function.node]
    return any(
        isinstance(node.value, ast.Subscript) and isinstance(node.value.slice, ast.Slice) for node, _ in scope.yields
    )


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
