"""What a list or dict has become since it was bound to its name.

A list is followed through ``append``, ``extend``, ``insert`` and ``+=``. Whatever else may have changed it leaves it
incomplete; a dict is unknown then.
"""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING

from flake8_aa_celery.model.facts import (
    DISPATCH_METHODS,
    SIGNATURE_METHODS,
    UNKNOWN,
    Element,
    Items,
    Mapping,
    Origin,
    Value,
)
from flake8_aa_celery.model.names import other_branch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.model.scopes import Binding, Block, CallSite, Growth, Scope, Site

#: Libraries whose functions only look at what they are given.
_READERS = ("builtins.", "celery.", "copy.", "json.", "pprint.")
#: Methods that do, whatever they belong to; among them those of loggers.
_READING_METHODS = DISPATCH_METHODS | SIGNATURE_METHODS | {"append", "extend", "insert", "send_task", "set", "clone"}
_LOGGING = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})

#: Of a list that is added to more often, or handed on more often, not everything is known.
_MOST = 100


def held(value: Value, name: str, binding: Binding, site: Site | None, module: Module) -> Value:
    """What a name holds at a place that was bound to ``value``.

    :param binding: where it was bound.
    :param site: the place; None for the end of the module.
    """
    scope = binding.site.scope.owner_of(name) or binding.site.scope
    if isinstance(value, Items):
        return _grown(value, name, binding, scope, site, module)
    if isinstance(value, Mapping) and (
        _is_changed(name, binding, scope) or _handed_on(name, scope, binding, site, module)
    ):
        return UNKNOWN
    return value


def _is_changed(name: str, binding: Binding, scope: Scope) -> bool:
    """Whether what a name holds is changed in ways that are not followed, by that name or another one."""
    return name in scope.spoilt or any(
        other in scope.spoilt or any(growth.site.order > binding.site.order for growth in scope.growths.get(other, ()))
        for other in scope.aliases.get(name, ())
    )


def _grown(items: Items, name: str, binding: Binding, scope: Scope, site: Site | None, module: Module) -> Items:
    before: tuple[Element, ...] = ()
    behind: tuple[Element, ...] = ()
    growths = scope.growths.get(name, [])
    growths = growths[bisect_right(growths, binding.site.order, key=_order) :]
    complete = items.complete and not _is_changed(name, binding, scope) and "" not in scope.aliases.get(name, ())
    complete = complete and len(growths) <= _MOST
    for growth in growths[:_MOST]:
        if _is_seen(growth.site, binding, site):
            added = _added(growth, binding, module)
            complete = complete and added.complete
            if growth.front:
                before = added.elements + before
            else:
                behind += added.elements
    elements = before + items.elements + behind
    return Items(elements, complete and not _handed_on(name, scope, binding, site, module))


def _is_seen(growth: Site, binding: Binding, use: Site | None) -> bool:
    """Whether what was added at one place may be there at another."""
    if use is None or use.scope.runs_in() is not binding.site.scope.runs_in():
        return True
    loops = (block for block in use.block.around() if block.kind == "loop" and block.encloses(growth.block))
    if any(not loop.encloses(binding.site.block) for loop in loops):
        return True  # a round before
    return growth.order < use.order and not other_branch(growth.block, use.block)


def _added(growth: Growth, binding: Binding, module: Module) -> Items:
    loop = _loop_between(growth.site.block, binding.site.block)
    if not growth.many:
        return Items((Element(growth.value, growth.site, module, loop),))
    more = module.evaluate(growth.value, growth.site)
    if not isinstance(more, Items):
        return Items((), complete=False)
    return Items(tuple(element._replace(loop=element.loop or loop) for element in more.elements), more.complete)


def _handed_on(name: str, scope: Scope, binding: Binding, site: Site | None, module: Module) -> bool:
    """Whether a function that is not known to leave it alone was given what the name holds."""
    start, end = binding.site.order, site.order if site and site.scope.runs_in() is scope.runs_in() else None
    given = _given(scope).get(name, ())
    first = bisect_right(given, start, key=_order)
    last = len(given) if end is None else bisect_left(given, end, key=_order)
    if last - first > _MOST:
        return True  # more than anybody wants to ask about at each use
    return any(not _only_reads(call, module) for call in given[first:last])


def _order(found: CallSite | Growth) -> int:
    return found.site.order


@lru_cache(maxsize=8)
def _given(scope: Scope) -> dict[str, list[CallSite]]:
    """The calls of a scope, in the order of its statements, by the names that they are given."""
    found: dict[str, list[CallSite]] = {}
    for call in sorted(scope.calls, key=_order):
        given = (*call.node.args, *(keyword.value for keyword in call.node.keywords if keyword.arg))
        for name in {argument.id for argument in given if isinstance(argument, ast.Name)}:
            found.setdefault(name, []).append(call)
    return found


def _only_reads(call: CallSite, module: Module) -> bool:
    function = call.node.func
    if isinstance(function, ast.Attribute) and function.attr in _READING_METHODS | _LOGGING:
        return True
    if not (module.origin(function, call.site) or "").startswith(_READERS):
        return False
    called = module.evaluate(function, call.site)
    return isinstance(called, Origin) and called.dotted.startswith(_READERS)


def _loop_between(inner: Block, outer: Block) -> Block | None:
    """The innermost loop or comprehension around ``inner`` that is not around ``outer`` too."""
    for block in _outwards(inner):
        if block.encloses(outer):
            return None
        if block.kind in ("loop", "comprehension"):
            return block
    return None


def _outwards(block: Block | None) -> Iterator[Block]:
    while block is not None:
        yield block
        block = block.parent
