"""The scopes of a module: which names are bound where, and which calls stand where.

They are filled by the one :mod:`traversal <flake8_aa_celery.model.code.traversal>` of a tree, and nothing is resolved
here: :mod:`names <flake8_aa_celery.model.code.names>` asks the scopes what a name can be, and
:mod:`values <flake8_aa_celery.model.resolve.evaluation>` what an expression is.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Literal

    from flake8_aa_celery.model.code.frames import Frame
    from flake8_aa_celery.model.code.module import Module

    BlockKind = Literal[
        "module", "class", "function", "lambda", "comprehension",
        "if", "else", "loop", "loop-else", "try", "handler", "try-else", "finally", "with", "case",
    ]  # fmt: skip
    BindingKind = Literal[
        "import", "assign", "augmented", "function", "class", "parameter", "loop", "context", "handler",
        "delete", "other",
    ]  # fmt: skip
    FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
LOOPS = (ast.For, ast.AsyncFor, ast.While)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)


class Block:
    """A list of statements that run together, or the element of a comprehension.

    :param kind: what owns the statements; ``loop`` is the body of a ``for`` or ``while``.
    :param node: the statement or expression that owns them.
    :param parent: the block around it, across functions; None for the module.
    :param scope: where names are bound that the block binds.
    :param site: where the owner stands, seen from outside.
    """

    __slots__ = ("body", "kind", "node", "parent", "scope", "site")

    def __init__(
        self,
        kind: BlockKind,
        node: ast.AST,
        parent: Block | None,
        scope: Scope,
        body: list[ast.stmt],
        site: Site | None,
    ) -> None:
        self.kind = kind
        self.node = node
        self.parent = parent
        self.scope = scope
        self.body = body
        self.site = site

    @property
    def module(self) -> Module:
        """The module that it is part of."""
        return self.scope.module

    @property
    def memo(self) -> dict[object, Any]:
        """What is known of it, see :mod:`flake8_aa_celery.model.code.memo`."""
        known: dict[object, Any] = self.scope.memo.setdefault(self, {})
        return known

    def around(self) -> Iterator[Block]:
        """This block and those around it up to and with the body of the function, class or module."""
        block: Block | None = self
        while block is not None:
            yield block
            if block.kind in ("function", "lambda", "class", "module"):
                return
            block = block.parent

    def outward(self) -> Iterator[Block]:
        """This block and all those around it, across functions."""
        block: Block | None = self
        while block is not None:
            yield block
            block = block.parent

    def encloses(self, other: Block) -> bool:
        """Whether ``other`` is this block or lies in it, across functions."""
        return any(block is self for block in other.outward())


class Site:
    """Where an expression stands: its statement, that one's block, and how many statements came before.

    :param frame: the call in which it is looked at; None for what is said of it whoever calls.
    """

    __slots__ = ("block", "frame", "order", "statement")

    def __init__(self, block: Block, statement: ast.stmt, order: int, frame: Frame | None = None) -> None:
        self.block = block
        self.statement = statement
        self.order = order
        self.frame = frame

    def framed(self, frame: Frame | None) -> Site:
        """The same place, as it is looked at in a call."""
        return self if frame is self.frame else Site(self.block, self.statement, self.order, frame)

    @property
    def scope(self) -> Scope:
        """The scope in which names are looked up here."""
        return self.block.scope

    @property
    def module(self) -> Module:
        """The module that it is part of."""
        return self.block.scope.module


class Binding(NamedTuple):
    """One place that gives a name a meaning.

    :param value: the expression that the name is bound to; for a loop what is gone over, for a ``with`` what is
        entered; None where the name is bound to a part of something or to something that no expression says.
    """

    kind: BindingKind
    node: ast.AST
    value: ast.expr | None
    site: Site


class Growth(NamedTuple):
    """A call or statement that adds to a list held by a name: ``append``, ``extend``, ``insert``, ``+=``.

    :param value: what is added.
    :param many: whether it is an iterable of things instead of one thing.
    :param front: whether it is put before what is there already.
    """

    value: ast.expr
    many: bool
    site: Site
    front: bool = False


class Store(NamedTuple):
    """An assignment to an attribute or an item: ``app.conf.beat_schedule = …``, ``SCHEDULE["x"] = …``."""

    target: ast.Attribute | ast.Subscript
    value: ast.expr
    site: Site


class CallSite(NamedTuple):
    """A call and where it stands.

    :param name: the last name of what is called, as written: ``delay`` of ``task.delay(1)``; empty for others.
    """

    node: ast.Call
    site: Site
    name: str

    @property
    def line(self) -> int:
        """The line in which what is called is named: the last one of a call over several lines."""
        return self.node.func.end_lineno or self.node.func.lineno


class Scope:
    """A module, class, function, lambda or comprehension, with the names that are bound in it."""

    __slots__ = (
        "aliases", "altered", "attribute_reads", "bindings", "block", "calls", "children", "choices", "contained",
        "elsewhere",
        "foreign",
        "growths", "held", "is_rebound", "joins", "kind", "memo", "module", "node", "parent", "returns", "spoilt",
        "star_imports", "stores", "yields",
    )  # fmt: skip

    def __init__(self, kind: BlockKind, node: ast.AST, parent: Scope | None) -> None:
        self.kind = kind
        self.node = node
        self.parent = parent
        self.block: Block
        #: the module that it is part of, set when that is made
        self.module: Module
        #: what is known of it; kept by :mod:`flake8_aa_celery.model.code.memo`
        self.memo: dict[object, Any] = {}
        self.bindings: dict[str, list[Binding]] = {}
        #: ``global`` and ``nonlocal`` names, with the scope that they belong to
        self.elsewhere: dict[str, Scope] = {}
        #: names that functions bind here by ``global`` or ``nonlocal``
        self.foreign: set[str] = set()
        #: other names for what a name holds; empty for an attribute or an item that holds it
        self.aliases: dict[str, list[str]] = {}
        #: what is added to lists, by the name that holds the list
        self.growths: dict[str, list[Growth]] = {}
        #: names whose value is changed in ways that are not followed (``del x[0]``, ``x[1] = …``, ``x.clear()``)
        self.spoilt: set[str] = set()
        #: names whose value something else holds, too: what a walrus binds, a parameter that has it as its default
        self.held: set[str] = set()
        #: names whose value a list, tuple, set or dict holds that is written there
        self.contained: set[str] = set()
        #: whether names of it are bound by what no name tells: ``exec``, ``globals().update(x)``
        self.is_rebound = False
        #: the names of which an attribute or an item is set, or one of something that they hold
        self.altered: set[str] = set()
        self.star_imports: list[tuple[ast.ImportFrom, Site]] = []
        self.stores: list[Store] = []
        self.calls: list[CallSite] = []
        self.children: list[Scope] = []
        #: where each ``if`` of it stands
        self.choices: dict[ast.If, Site] = {}
        self.yields: list[tuple[ast.Yield | ast.YieldFrom, Site]] = []
        #: ``a | b``, outermost first
        self.joins: list[tuple[ast.BinOp, Site]] = []
        self.attribute_reads: list[tuple[ast.Attribute, Site]] = []
        self.returns: list[tuple[ast.Return, Site]] = []

    def owner_of(self, name: str) -> Scope | None:
        """The scope whose binding of a name is seen in this one; None for built-in and star-imported names."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.elsewhere:
                owner = scope.elsewhere[name]
                return owner if name in owner.bindings else None
            # the body of a class is not seen from the functions and comprehensions in it
            if name in scope.bindings and (scope is self or scope.kind != "class"):
                return scope
            scope = scope.parent
        return None

    def runs_in(self) -> Scope:
        """The function, class, lambda or module that this scope is, or that it is a comprehension of."""
        scope = self
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        return scope

    def function(self) -> Scope | None:
        """The nearest function (no lambda, no comprehension) that this scope is or lies in."""
        scope: Scope | None = self
        while scope is not None and scope.kind != "function":
            scope = scope.parent
        return scope

    def frame(self) -> Iterator[Scope]:
        """This scope and the comprehensions in it, which run as part of it."""
        yield self
        for child in self.children:
            if child.kind == "comprehension":
                yield from child.frame()


class Scopes:
    """All scopes of a module, and what was seen on the way through them.

    :param tree: the module.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.module = Scope("module", tree, None)
        self.module.block = Block("module", tree, None, self.module, tree.body, None)
        #: the module's own first, in the order of the source
        self.all = [self.module]
        self.by_node: dict[ast.AST, Scope] = {tree: self.module}
        self.functions: list[tuple[FunctionNode, Site]] = []
        #: every name that is imported, with the dotted name of what it leads to, without leading dots
        self.imports: list[tuple[str, str]] = []
        #: names of this file for what was imported under another name, with that one
        self.renamed: dict[str, str] = {}
        #: every call, and by the name of what is called as written the places in that list
        self.calls: list[CallSite] = []
        self.calls_named: dict[str, list[int]] = {}
        #: names that an assignment binds to anything but a constant, wherever that is
        self.assigned: set[str] = set()
        #: names of attributes that are set on anything but ``self``
        self.stored_attributes: set[str] = set()
        #: names of attributes that hold a list or dict which is changed: ``conf.SCHEDULE["x"] = …``
        self.altered_attributes: set[str] = set()
        #: the names with which that begins of which attributes are set that no text gives; empty for no name
        self.freely_stored: set[str] = set()
        #: whether a list or dict is changed that no name holds: `x["y"]["z"] = 1`
        self.changes_parts = False

    def let_go(self) -> None:
        """Break the circles of references between scopes, blocks and places; nothing can be asked any more."""
        for scope in self.all:
            for name in Scope.__slots__:
                delattr(scope, name)
