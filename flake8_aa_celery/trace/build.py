"""The tree of what a function leads to, made of the calls that its body runs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.graph import priorities, starters
from flake8_aa_celery.model.code.names import origin
from flake8_aa_celery.model.code.scopes import COMPREHENSIONS, FUNCTIONS
from flake8_aa_celery.model.code.syntax import without_call
from flake8_aa_celery.model.effects.blocking_loops import blocked_loop
from flake8_aa_celery.model.effects.bodies import Body, runs_what_it_is_handed
from flake8_aa_celery.model.effects.graph import graph_of
from flake8_aa_celery.model.knowledge.django import ATOMIC
from flake8_aa_celery.model.resolve.task_functions import function_of
from flake8_aa_celery.model.resolve.values import Task
from flake8_aa_celery.places import below
from flake8_aa_celery.trace.elements import Item, Place, Trace
from flake8_aa_celery.trace.happenings import IS_SHOWN, happening_in
from flake8_aa_celery.trace.sends import sent_in
from flake8_aa_celery.wording import cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Block, CallSite, Scope
    from flake8_aa_celery.model.effects.bodies import Step

#: So many calls after one another are shown; nobody reads more.
_DEEPEST = 50
_LONGEST = 60


def trace_of(function: Scope) -> Trace:
    """What a function of a project leads to."""
    starter = starters.of_function(function)
    items = _Tracer(function.module).below(Body(function))
    return Trace(starter.kind, f"{function.module.dotted}.{starter.name}", _place_of(function), items)


class _Tracer:
    """Makes one tree, in which each function is looked into once."""

    def __init__(self, module: Module) -> None:
        self._graph = graph_of(module.project)
        self._otherwise = priorities.default(module.project.settings)
        self._expanded: set[object] = set()
        #: what each function does as it was called first
        self._known: dict[Scope, tuple[Item, ...]] = {}
        self._depth = 0

    def below(self, body: Body) -> tuple[Item, ...]:
        """What a function does, in the order of its lines."""
        self._expanded.add(body.key)
        outline = _Outline()
        for step in self._graph.steps(body):
            for item in self._items(step):
                outline.add(item, step)
        items = outline.items()
        decorator = atomic_decorator(body.scope)
        if decorator is None:
            return items
        opened = Place(below(body.scope.module.path), decorator.lineno)
        return (Item("transaction", "transaction.atomic", opened, below=items),)

    def _items(self, step: Step) -> list[Item]:
        """What a call does itself, and the functions that it runs where they do something."""
        happening = happening_in(step)
        calls = self._calls(step)
        if happening is None:
            return calls
        kind, what = happening
        if kind == "waits" and any(_is_task(body.scope) for body in step.callees):
            kind = "runs"
        item = Item(kind, what, _place(step.call))
        if kind == "sends":
            return [sent_in(step.call, item, self._otherwise)]
        if len(calls) == 1:  # a task that runs here, or a function that the setting `blocking-calls` names
            item = item._replace(target=calls[0].target, seen=calls[0].seen, below=calls[0].below)
        return [item] if len(calls) < 2 else [item, *calls]

    def _calls(self, step: Step) -> list[Item]:
        found = [self._call(step, body, _name(body.scope)) for body in step.callees if self._is_shown(body)]
        if runs_what_it_is_handed(step):
            handed = [body for body in step.handed if self._is_shown(body)]
            found += [self._call(step, body, f"{step.call.name}({_name(body.scope)})") for body in handed]
        return found

    def _is_shown(self, body: Body) -> bool:
        return self._graph.leads(body, IS_SHOWN) or atomic_decorator(body.scope) is not None

    def _call(self, step: Step, body: Body, name: str) -> Item:
        item = Item("call", name, _place(step.call), target=_place_of(body.scope))
        if body.key in self._expanded:
            return item._replace(seen=True)
        if self._depth >= _DEEPEST:
            return item._replace(text=f"{name} …")
        self._depth += 1
        found = self.below(body)
        self._depth -= 1
        known = self._known.setdefault(body.scope, found)
        if known is not found and _is_same(known, found):  # its arguments are others, and decide nothing
            return item._replace(seen=True)
        return item._replace(below=found)


def _is_same(first: Sequence[Item], second: Sequence[Item]) -> bool:
    """Whether two calls of a function do the same, as far as the second says what the first has not said."""
    return len(first) == len(second) and all(
        before._replace(below=(), seen=False) == after._replace(below=(), seen=False)
        and (after.seen or _is_same(before.below, after.below))
        for before, after in zip(first, second, strict=True)
    )


class _Outline:
    """The items of one function, those of a loop or a transaction below that."""

    def __init__(self) -> None:
        self._root: list[_Entry] = []
        self._around: dict[int, _Entry] = {}

    def add(self, item: Item, step: Step) -> None:
        """Put an item where its call stands."""
        blocks = list(step.call.site.block.around())
        path = item.place.path
        entries, inner = self._root, None
        for block in [block for block in reversed(blocks) if _is_loop(block) or _opens_transaction(block)]:
            entry = self._entry(block.node, path, entries, _when(blocks[blocks.index(block) + 1 :], inner))
            entry.per_item = entry.per_item or blocked_loop(step) is block
            entries, inner = entry.below, block
        when = _when(blocks, inner)
        if _is_opened_by(step.call):
            self._entry(step.call.site.statement, path, entries, when)
        else:
            entries.append(_Entry(item._replace(when=when)))

    def _entry(self, node: ast.AST, path: str, entries: list[_Entry], when: str) -> _Entry:
        """That of a loop or a transaction."""
        if id(node) not in self._around:
            entry = self._around[id(node)] = _Entry(_around(node, path)._replace(when=when))
            entries.append(entry)
        return self._around[id(node)]

    def items(self) -> tuple[Item, ...]:
        """All that was put in."""
        return tuple(entry.item_with_below() for entry in self._root)


class _Entry:
    """An item that is being put together."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.below: list[_Entry] = []
        self.per_item = False

    def item_with_below(self) -> Item:
        """The item, when all is there."""
        if not self.below:
            return self.item
        return self.item._replace(per_item=self.per_item, below=tuple(entry.item_with_below() for entry in self.below))


def _around(node: ast.AST, path: str) -> Item:
    """A loop or a transaction, without what is in it."""
    place = Place(path, getattr(node, "lineno", 1))
    if isinstance(node, (ast.With, ast.AsyncWith)):
        return Item("transaction", "transaction.atomic", place)
    if isinstance(node, ast.While):
        return Item("loop", f"while {_source(node.test)}", place)
    over = node.generators[0] if isinstance(node, COMPREHENSIONS) else node
    assert isinstance(over, (ast.For, ast.AsyncFor, ast.comprehension))
    return Item("loop", f"for {_source(over.target)} in {_source(over.iter)}", place)


def _when(blocks: list[Block], inner: Block | None) -> str:
    """What has to be so for what stands in the first of some blocks, within one of them: the nearest condition."""
    for block in blocks:
        if block is inner:
            return ""
        node = block.node
        if isinstance(node, ast.ExceptHandler):
            return f"on {_source(node.type)}" if node.type else "on any exception"
        if isinstance(node, ast.If):
            return _condition(node.test, holds=block.kind == "if")
    return ""


def _condition(test: ast.expr, *, holds: bool) -> str:
    """``if force``, ``unless force``; for what stands after the ``else`` of ``if not force`` the first."""
    if not holds and isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return f"if {_source(test.operand)}"
    return f"{'if' if holds else 'unless'} {_source(test)}"


def _is_loop(block: Block) -> bool:
    return block.kind in ("loop", "comprehension")


def _opens_transaction(block: Block) -> bool:
    """Whether a block is what stands in a ``with transaction.atomic()``."""
    node, site = block.node, block.site
    if not isinstance(node, (ast.With, ast.AsyncWith)) or site is None:
        return False
    return any(origin(without_call(item.context_expr), site) == ATOMIC for item in node.items)


def _is_opened_by(call: CallSite) -> bool:
    """Whether a call is the ``atomic()`` of the ``with`` that it stands in."""
    statement = call.site.statement
    return isinstance(statement, (ast.With, ast.AsyncWith)) and any(
        item.context_expr is call.node and origin(call.node.func, call.site) == ATOMIC for item in statement.items
    )


def atomic_decorator(function: Scope) -> ast.expr | None:
    """The decorator that puts a function into a transaction; None where there is none."""
    node, site = function.node, function.block.site
    if not isinstance(node, FUNCTIONS) or site is None:
        return None
    return next((found for found in node.decorator_list if origin(without_call(found), site) == ATOMIC), None)


def _is_task(function: Scope) -> bool:
    node, site = function.node, function.block.site
    return isinstance(node, FUNCTIONS) and site is not None and isinstance(function_of(node, site), Task)


def _name(function: Scope) -> str:
    return starters.of_function(function).name if isinstance(function.node, FUNCTIONS) else "lambda"


def _place(call: CallSite) -> Place:
    """The line in which what is called is named."""
    return Place(below(call.site.module.path), call.line)


def _place_of(function: Scope) -> Place:
    return Place(below(function.module.path), getattr(function.node, "lineno", 1))


def _source(node: ast.expr) -> str:
    """An expression on one line; a tuple without its parentheses."""
    text = " ".join(ast.unparse(node).split())
    return cut(text[1:-1] if isinstance(node, ast.Tuple) and text.startswith("(") else text, _LONGEST)
