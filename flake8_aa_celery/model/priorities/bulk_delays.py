"""What is sent once per item and then waits, and for how long it may."""

from __future__ import annotations

import ast
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.calling.bulk import bulk_loop_of
from flake8_aa_celery.model.calling.delays import after_now, behind_names
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import reaching
from flake8_aa_celery.model.priorities.settings import is_from_bulk
from flake8_aa_celery.model.resolve.arguments import by_name
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.occurrences import dispatches_of
from flake8_aa_celery.model.resolve.values import Constant, Signature, Workflow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Binding, Block, Site
    from flake8_aa_celery.model.resolve.values import Dispatch, Entry, Mapping

_INFINITE = float("inf")
#: Through this many names and operators a number is followed.
_DEEPEST = 12
#: Functions that leave a number about as large as it is.
_ROUNDING = frozenset({
    "builtins.abs", "builtins.float", "builtins.int", "builtins.round", "math.ceil", "math.floor", "math.trunc",
})  # fmt: skip
_SECONDS = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1, "weeks": 604_800, "milliseconds": 1e-3}
#: What ``timedelta`` takes by position.
_TIMEDELTA = ("days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks")


class Bounds(NamedTuple):
    """The least and the greatest that a number can be."""

    least: float
    most: float


class BulkDelay(NamedTuple):
    """A ``countdown`` or an ``eta`` that something is sent with once per item.

    :param name: which of the two.
    :param node: where to report it.
    :param seconds: how long it may be from now; None for an ``eta`` of which that is not known.
    """

    name: str
    node: ast.expr
    dispatch: Dispatch
    seconds: Bounds | None


@fact
def bulk_delays_of(module: Module) -> list[BulkDelay]:
    """Every delay of a bulk dispatch of which something is known, one a dispatch."""
    found: list[BulkDelay] = []
    for dispatch in dispatches_of(module):
        if _is_bulk(dispatch) and not dispatch.options.get("queue"):
            delays = (_delay(options, dispatch, module) for options in _options_of(dispatch))
            found += [delay for delay in delays if delay is not None][:1]
    return found


def _is_bulk(dispatch: Dispatch) -> bool:
    receiver = dispatch.receiver
    return (
        bulk_loop_of(dispatch) is not None
        or _loops_in_handler(dispatch)
        or (isinstance(receiver, Workflow) and receiver.kind == "group" and is_from_bulk(receiver))
    )


def _loops_in_handler(dispatch: Dispatch) -> bool:
    """Whether a handler sends something for each item, after the attempt to do it all at once has failed."""
    loop = dispatch.loop
    if loop is None:
        return False
    within = takewhile(lambda block: block is not loop, dispatch.site.block.around())
    return not any(map(_is_handler, within)) and any(map(_is_handler, loop.around()))


def _is_handler(block: Block) -> bool:
    return block.kind == "handler"


def _options_of(dispatch: Dispatch) -> Iterator[Mapping]:
    """What a dispatch is given, and what the signatures hold that it sends."""
    yield dispatch.options
    receiver = dispatch.receiver
    if isinstance(receiver, (Signature, Workflow)):
        yield receiver.options
    if isinstance(receiver, Workflow):
        members = receiver.members.elements
        for member in members[:1] if receiver.kind == "chain" else members:
            value = member.value
            if isinstance(value, Signature):
                yield value.options


def _delay(options: Mapping, dispatch: Dispatch, module: Module) -> BulkDelay | None:
    for name in ("countdown", "eta"):
        entry = options.get(name)
        if entry is not None:
            is_known, seconds = _known(name, entry)
            if is_known:
                return BulkDelay(name, entry.reported_in(module, dispatch.node), dispatch, seconds)
    return None


def _known(name: str, entry: Entry) -> tuple[bool, Bounds | None]:
    """Whether it is known that there is a delay, and how long it is as far as that is known."""
    if name == "countdown":
        seconds = bounds(entry.node, entry.site)
        return seconds is not None, seconds
    until = after_now(entry.node, entry.site)
    if until is not None:
        return True, _period(*until)
    return _is_after_now(entry.node, entry.site), None


def _is_after_now(node: ast.expr, site: Site, depth: int = 0) -> bool:
    """Whether something is added to the present, on however many ways."""
    node, site = behind_names(node, site)
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add) or depth > _DEEPEST:
        return False
    if after_now(node, site) is not None:
        return True
    return _is_after_now(node.left, site, depth + 1) or _is_after_now(node.right, site, depth + 1)


def bounds(node: ast.expr, site: Site, depth: int = 0) -> Bounds | None:
    """Between what a number must lie; None where nothing is known of it."""
    value = value_of(node, site)
    if isinstance(value, Constant):
        number = value.value
        return Bounds(number, number) if isinstance(number, (int, float)) and not isinstance(number, bool) else None
    handler = _HANDLERS.get(type(node)) if depth < _DEEPEST else None
    return handler(node, site, depth + 1) if handler else None


def _call(node: ast.Call, site: Site, depth: int) -> Bounds | None:
    called, given = site.module.origin(node.func, site) or "", node.args
    if isinstance(node.func, ast.Attribute) and node.func.attr == "total_seconds" and not given:
        return _period(node.func.value, site)
    if any(isinstance(argument, ast.Starred) for argument in given):
        return None
    known = [bounds(argument, site, depth) for argument in given]
    if called == "random.random":
        return Bounds(0, 1)
    if called in ("random.randint", "random.uniform") and len(known) == 2 and known[0] and known[1]:
        return Bounds(min(known[0].least, known[1].least), max(known[0].most, known[1].most))
    if called == "random.randrange" and known and known[-1] and len(known) < 3:
        least = known[0].least if len(known) == 2 and known[0] else 0
        return Bounds(least, known[-1].most - 1)
    if called in _ROUNDING and known:
        return known[0]
    if called == "builtins.min" and len(known) > 1 and any(known):
        return Bounds(
            min(each.least if each else -_INFINITE for each in known), min(each.most for each in known if each)
        )
    return None


def _operation(node: ast.BinOp, site: Site, depth: int) -> Bounds | None:
    left, right = bounds(node.left, site, depth), bounds(node.right, site, depth)
    if isinstance(node.op, ast.Mod) and right and right.least > 0:
        return Bounds(0, right.most)
    combine = _COMBINED.get(type(node.op))
    return combine(left, right) if combine and left and right else None


def _product(left: Bounds, right: Bounds) -> Bounds | None:
    if left.least < 0 or right.least < 0:
        return None
    most = 0 if 0 in (left.most, right.most) else left.most * right.most
    return Bounds(left.least * right.least, most)


def _quotient(left: Bounds, right: Bounds) -> Bounds | None:
    if left.least < 0 or right.least <= 0 or right.most == _INFINITE:
        return None
    return Bounds(left.least / right.most, left.most / right.least)


def _choice(node: ast.IfExp, site: Site, depth: int) -> Bounds | None:
    return _either(bounds(node.body, site, depth), bounds(node.orelse, site, depth))


def _either(one: Bounds | None, other: Bounds | None) -> Bounds | None:
    return Bounds(min(one.least, other.least), max(one.most, other.most)) if one and other else None


def _name(node: ast.Name, site: Site, depth: int) -> Bounds | None:
    """What a name can be by all its bindings: a count in a loop has no end."""
    bindings = reaching(node.id, site)
    additions = [binding for binding in bindings if binding.kind == "augmented"]
    known = [_of_binding(node.id, binding, depth) for binding in bindings if binding.kind != "augmented"]
    if not known or not all(
        isinstance(each.node, ast.AugAssign) and isinstance(each.node.op, ast.Add) for each in additions
    ):
        return None
    found = known[0]
    for other in known[1:]:
        found = _either(found, other)
    return Bounds(found.least, _INFINITE) if found and additions else found


def _of_binding(name: str, binding: Binding, depth: int) -> Bounds | None:
    if binding.kind == "assign" and binding.value is not None:
        return bounds(binding.value, binding.site, depth)
    iterated = _iterated(binding.node)
    if not isinstance(iterated, ast.Call):
        return None
    called = binding.site.module.origin(iterated.func, binding.site)
    start: list[ast.expr] = []
    if called == "builtins.range" and binding.kind == "loop":
        start = iterated.args[:1] if len(iterated.args) > 1 else []
    elif called == "itertools.count" and binding.kind == "loop":
        start = iterated.args[:1]
    elif called == "builtins.enumerate" and _is_first(name, binding.node):
        start = [*iterated.args[1:2], *(word.value for word in iterated.keywords if word.arg == "start")]
    else:
        return None
    first = bounds(start[0], binding.site, depth) if start else Bounds(0, 0)
    return Bounds(first.least, _INFINITE) if first else None


def _iterated(node: ast.AST) -> ast.expr | None:
    return node.iter if isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)) else None


def _is_first(name: str, node: ast.AST) -> bool:
    """Whether a name is the first of those that a loop binds at once: the number that ``enumerate`` counts."""
    target = node.target if isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)) else None
    first = target.elts[0] if isinstance(target, ast.Tuple) and target.elts else None
    return isinstance(first, ast.Name) and first.id == name


def _period(node: ast.expr, site: Site) -> Bounds | None:
    """How many seconds a ``timedelta`` may be."""
    if not isinstance(node, ast.Call) or site.module.origin(node.func, site) != "datetime.timedelta":
        return None
    given = by_name(node, site, _TIMEDELTA)
    total: Bounds | None = Bounds(0, 0)
    for unit, entry in given.entries.items():
        part = bounds(entry.node, entry.site)
        seconds = _SECONDS.get(unit)
        if part is None or seconds is None or total is None:
            return None
        total = Bounds(total.least + part.least * seconds, total.most + part.most * seconds)
    return total if given.complete else None


_COMBINED: dict[type[ast.operator], Callable[[Bounds, Bounds], Bounds | None]] = {
    ast.Add: lambda left, right: Bounds(left.least + right.least, left.most + right.most),
    ast.Sub: lambda left, right: Bounds(left.least - right.most, left.most - right.least),
    ast.Mult: _product,
    ast.Div: _quotient,
    ast.FloorDiv: _quotient,
}
_HANDLERS: dict[type[ast.expr], Callable[..., Bounds | None]] = {
    ast.BinOp: _operation,
    ast.Call: _call,
    ast.IfExp: _choice,
    ast.Name: _name,
}
