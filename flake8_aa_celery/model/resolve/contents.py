"""What a list or dict has become since it was bound to its name.

A list is followed through ``append``, ``extend``, ``insert`` and ``+=``. Whatever else may have changed it leaves it
incomplete; a dict is unknown then.
"""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import other_branch
from flake8_aa_celery.model.knowledge.celery import DISPATCH_METHODS, SIGNATURE_METHODS
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.holders import is_held_elsewhere, same_as
from flake8_aa_celery.model.resolve.values import (
    UNKNOWN,
    Element,
    Items,
    Mapping,
    Origin,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.scopes import Binding, Block, CallSite, Growth, Scope, Site

#: Libraries whose functions only look at what they are given.
_READERS = ("builtins.", "celery.", "copy.", "json.", "pprint.")
#: Methods that keep what they are given as it is, whatever they belong to; the last ones are those of loggers.
_READING_METHODS = (
    DISPATCH_METHODS
    | SIGNATURE_METHODS
    | {"append", "extend", "insert", "send_task", "set", "clone"}
    | {"debug", "info", "warning", "error", "exception", "critical", "log"}
)
#: Functions of Python's own that may return what they are given, or a way to change it.
_HANDING_BACK = frozenset({"getattr", "max", "min", "setattr", "next"})
#: Of a list that is added to more often, or handed on more often, not everything is known.
_MOST = 100


def contents(value: Value, name: str, binding: Binding, site: Site | None) -> Value:
    """What a name holds at a place that was bound to ``value``.

    :param binding: where it was bound.
    :param site: the place; None for the end of the module.
    """
    if isinstance(value, Items):
        return _Name.of(name, binding, site).grown(value)
    if isinstance(value, Mapping):
        holder = _Name.of(name, binding, site)
        return UNKNOWN if holder.is_changed() or holder.is_handed_on() else value
    return value


class _Name(NamedTuple):
    """A name as it is seen from a place, with the binding that gave it its list or dict.

    :param scope: what the name belongs to.
    :param site: the place; None for the end of the module.
    """

    name: str
    binding: Binding
    scope: Scope
    site: Site | None

    @classmethod
    def of(cls, name: str, binding: Binding, site: Site | None) -> _Name:
        """The name that a binding binds."""
        return cls(name, binding, binding.site.scope.owner_of(name) or binding.site.scope, site)

    # -- changes by the name, or by another one ---------------------------------------------------------------------

    def is_changed(self) -> bool:
        """Whether what it holds is changed in ways that are not followed, by this name or another one."""
        if self.scope.is_rebound or is_held_elsewhere(self.name, self.scope):
            return True
        _, *others = same_as(self.name, self.scope)
        return self.name in self.scope.spoilt or any(
            other in owner.spoilt or self._growths(other, owner) for owner, other in others
        )

    def _growths(self, name: str, scope: Scope) -> list[Growth]:
        """What is added by a name of a scope in statements after the binding."""
        growths = scope.growths.get(name, [])
        return growths[bisect_right(growths, self.binding.site.order, key=_order) :]

    def grown(self, items: Items) -> Items:
        """The list with what was added to it."""
        growths = self._growths(self.name, self.scope)
        before: tuple[Element, ...] = ()
        after: tuple[Element, ...] = ()
        complete = items.complete and len(growths) <= _MOST and not self.is_changed()
        for growth in filter(self._sees, growths[:_MOST]):
            added = self._added(growth)
            complete = complete and added.complete
            if growth.front:
                before = added.elements + before
            else:
                after += added.elements
        return Items(before + items.elements + after, complete and not self.is_handed_on())

    def _sees(self, growth: Growth) -> bool:
        """Whether what is added at one place may be there at the place where the name is asked for."""
        use, bound = self.site, self.binding.site
        if use is None or use.scope.runs_in() is not bound.scope.runs_in():
            return True
        loops = (block for block in use.block.around() if block.kind == "loop" and block.encloses(growth.site.block))
        if any(not loop.encloses(bound.block) for loop in loops):
            return True  # a round before
        return growth.site.order < use.order and not other_branch(growth.site.block, use.block)

    def _added(self, growth: Growth) -> Items:
        """What a statement adds, once per item of the loop that it stands in."""
        loop = _loop_between(growth.site.block, self.binding.site.block)
        maybe = not growth.site.block.encloses(self.site.block if self.site else self.binding.site.block)
        if not growth.many:
            return Items((Element(growth.value, growth.site, loop, maybe=maybe),))
        more = value_of(growth.value, growth.site)
        if not isinstance(more, Items):
            return Items((), complete=False)
        return Items(tuple(element.within(loop, maybe=maybe) for element in more.elements), more.complete)

    # -- changes by whom it is handed to ----------------------------------------------------------------------------

    def is_handed_on(self) -> bool:
        """Whether a function that is not known to leave it alone was given what the name holds."""
        return any(self._is_handed_on_as(name, scope) for scope, name in same_as(self.name, self.scope))

    def _is_handed_on_as(self, name: str, scope: Scope) -> bool:
        given = _given(scope).get(name, ())
        start = bisect_right(given, self.binding.site.order, key=_order)
        is_here = self.site is not None and self.site.scope.runs_in() is scope.runs_in()
        end = bisect_left(given, self.site.order, key=_order) if self.site and is_here else len(given)
        if end - start > _MOST:
            return True  # more than anybody wants to ask about at each use
        return any(not _only_reads(call) for call in given[start:end])


def _order(found: CallSite | Growth) -> int:
    return found.site.order


@fact
def _given(scope: Scope) -> dict[str, list[CallSite]]:
    """The calls of a scope, in the order of its statements, by the names that they are given."""
    found: dict[str, list[CallSite]] = {}
    for call in sorted(scope.calls, key=_order):
        # of `**x` the callee gets a copy
        given = (*call.node.args, *(keyword.value for keyword in call.node.keywords if keyword.arg))
        for name in {name for argument in given for name in _names_given(argument)}:
            found.setdefault(name, []).append(call)
    return found


def _names_given(argument: ast.expr) -> Iterator[str]:
    """The names whose values are given: the argument itself, or what a list, tuple or dict holds that is written."""
    waiting = [argument]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            waiting += node.elts
        elif isinstance(node, ast.Dict):
            waiting += node.values


def _only_reads(call: CallSite) -> bool:
    module = call.site.module
    function = call.node.func
    if call.name in _HANDING_BACK:
        return False
    if isinstance(function, ast.Attribute) and function.attr in _READING_METHODS:
        return True
    if not (module.origin(function, call.site) or "").startswith(_READERS):
        return False
    called = value_of(function, call.site)
    return isinstance(called, Origin) and called.dotted.startswith(_READERS)


def _loop_between(inner: Block, outer: Block) -> Block | None:
    """The innermost loop or comprehension around ``inner`` that is not around ``outer`` too."""
    block: Block | None = inner
    while block is not None and not block.encloses(outer):
        if block.kind in ("loop", "comprehension"):
            return block
        block = block.parent
    return None
