"""A file as libcst sees it: which node is at a place, and what is around it."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from flake8_aa_celery.fixes import Refused
from flake8_aa_celery.fixes._excerpt import Excerpt
from flake8_aa_celery.source import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from libcst.metadata import CodeRange

    from flake8_aa_celery.fixes._version import Version
    from flake8_aa_celery.rewrites import Spot
    from flake8_aa_celery.violation import Violation

    Point = tuple[int, int]

Node = TypeVar("Node", bound=cst.CSTNode)

#: Of these a violation marks the first word alone.
_WITH_BODY = (cst.FunctionDef, cst.ClassDef, cst.For)
#: To `ast` the parentheses of these are their own, to libcst they are around them.
_WITHOUT_PARENTHESES = (cst.Tuple, cst.GeneratorExp)
_LONE_RETURN = re.compile(r"\r(?!\n)")
_NEWLINE = re.compile(r"\r?\n")


class Tree:
    """The concrete tree of a file, as far as it is needed.

    libcst is slow: what nobody asks for is not parsed by it, see :class:`~flake8_aa_celery.fixes._excerpt.Excerpt`.
    In its place :attr:`module` has statements that stand for it, see :meth:`whole`.

    :param version: what the file holds.
    :param wanted: the lines whose statements are looked into.
    :raises Refused: where libcst does not know its syntax, or would not give it back as it is.
    """

    def __init__(self, version: Version, wanted: Iterable[int]) -> None:
        self.path = version.path
        #: without a byte-order mark, with the ends of lines that it has
        self.text = decode(version.data)
        #: what the model knows of it
        self.facts = version.facts
        self.syntax = version.facts.tree
        #: which names are bound where
        self.scopes = version.facts.scopes
        if _LONE_RETURN.search(self.text):
            raise Refused("its lines end in a way that libcst does not keep")
        self._excerpt = Excerpt(self.text, self.syntax, wanted)
        try:
            self.module = cst.parse_module(self._excerpt.text)
            self._positions = _positions(self.module)
        except (cst.ParserSyntaxError, RecursionError) as error:
            raise Refused("libcst cannot parse the file") from error

    def whole(self, module: cst.Module) -> str:
        """The text of the file where :attr:`module` has become another one."""
        return self._excerpt.restored(module.code)

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends."""
        return _NEWLINE.split(self.text)

    def margin(self, line: int) -> int:
        """How many blanks begin a line."""
        return len(self.lines[line - 1]) - len(self.lines[line - 1].lstrip())

    # -- places -------------------------------------------------------------------------------------------------

    def start(self, node: cst.CSTNode) -> Point:
        """Line from 1 and column from 0 in characters where a node starts for libcst."""
        start = self._positions[node].start
        return start.line, start.column

    def span(self, node: cst.CSTNode) -> tuple[Point, Point]:
        """Line from 1 and column from 0 in characters where a node starts and ends, as ``ast`` has it."""
        first = last = self._positions[node]
        if isinstance(node, _WITHOUT_PARENTHESES) and node.lpar:
            first, last = self._positions[node.lpar[-1]], self._positions[node.rpar[0]]
        # the only argument of a call: to `ast` the parentheses of the call are its own
        more = int(isinstance(node, cst.GeneratorExp) and not node.lpar)
        return (first.start.line, first.start.column - more), (last.end.line, last.end.column + more)

    def whole_span(self, node: cst.CSTNode) -> tuple[Point, Point]:
        """As :meth:`span`, the decorators of a function or class included."""
        start, end = self.span(node)
        first = node.body[0] if isinstance(node, cst.IndentedBlock) else node
        if isinstance(first, (cst.FunctionDef, cst.ClassDef)) and first.decorators:
            start = self.span(first.decorators[0])[0]
        return start, end

    def find(self, kind: type[Node] | tuple[type[Node], ...], start: Point, end: Point | None) -> Node:
        """The node of a kind at a place.

        :param end: where it ends; None where the start tells enough, as of a ``def``.
        :raises Refused: where there is none.
        """
        for node in self._by_line.get(start[0], ()):
            if isinstance(node, kind):
                span = self.span(node)
                if span[0] == start and end in (None, span[1]):
                    return node
        raise Refused("the place was not found")

    @cached_property
    def _by_line(self) -> dict[int, list[cst.CSTNode]]:
        """The nodes that begin in a line, outer ones after those in them."""
        found: dict[int, list[cst.CSTNode]] = {}
        for node, place in self._positions.items():
            line = self.span(node)[0][0] if isinstance(node, _WITHOUT_PARENTHESES) else place.start.line
            found.setdefault(line, []).append(node)
        return found

    def nodes_in(self, line: int, kind: type[Node]) -> list[Node]:
        """The nodes of a kind that begin in a line."""
        return [node for node in self._by_line.get(line, ()) if isinstance(node, kind)]

    def index_at(self, line: int) -> int:
        """Which statement of the module a line belongs to."""
        return max(bisect_right(self._starts, line) - 1, 0)

    @cached_property
    def _starts(self) -> list[int]:
        """The lines in which the statements of the module begin."""
        return [self.whole_span(statement)[0][0] for statement in self.module.body]

    def is_within_function(self, line: int) -> bool:
        """Whether a line lies in the body of a function, where other files do not look."""
        index = bisect_right(self._bodies, line, key=itemgetter(0)) - 1
        return index >= 0 and line <= self._bodies[index][1]

    @cached_property
    def _bodies(self) -> list[tuple[int, int]]:
        """The first and the last line of the body of each function that lies in no other; none of those in one line."""
        found: list[tuple[int, int]] = []
        for node, _ in self.scopes.functions:
            first, last = node.body[0].lineno, node.end_lineno or node.lineno
            if first > node.lineno and not (found and first <= found[-1][1]):
                found.append((first, last))
        return found

    def around(self, node: cst.CSTNode) -> list[cst.CSTNode]:
        """The nodes that a node lies in, the module first."""
        span = self.span(node)
        statement = self.module.body[self.index_at(span[0][0])]
        return [self.module, *(self._path(statement, node, span) or ())]

    def _path(self, outer: cst.CSTNode, node: cst.CSTNode, span: tuple[Point, Point]) -> list[cst.CSTNode] | None:
        for child in outer.children:
            if child is node:
                return [outer]
            start, end = self.whole_span(child)
            if start <= span[0] and span[1] <= end:
                found = self._path(child, node, span)
                if found is not None:
                    return [outer, *found]
        return None

    def margin_of_statement(self, node: cst.CSTNode) -> int:
        """How many blanks begin the line in which the innermost statement around a node starts."""
        kinds = (cst.SimpleStatementLine, cst.BaseCompoundStatement, cst.SimpleStatementSuite)
        around = [outer for outer in self.around(node) if isinstance(outer, kinds)]
        return self.margin(self.span(around[-1])[0][0]) if around else 0

    # -- code ---------------------------------------------------------------------------------------------------

    def code(self, node: cst.CSTNode) -> str:
        """The source of a node as it would be at the left margin."""
        return self.module.code_for_node(node)

    def expression(self, code: str) -> cst.BaseExpression:
        """The node of an expression."""
        return cst.parse_expression(code, config=self.module.config_for_parsing)

    def instead(self, old: cst.BaseExpression, code: str) -> cst.BaseExpression:
        """The node of an expression in the parentheses of another, or within others, so that it may go over lines."""
        return self.expression(f"({code})").with_changes(lpar=old.lpar, rpar=old.rpar)

    def statement(self, code: str) -> cst.SimpleStatementLine | cst.BaseCompoundStatement:
        """The node of a statement."""
        return cst.parse_statement(code, config=self.module.config_for_parsing)


def _positions(module: cst.Module) -> Mapping[cst.CSTNode, CodeRange]:
    """Where each node of a module is, which must be as libcst has parsed it."""
    return MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)


class Place(NamedTuple):
    """Where a violation is, for the rewrite that cures it."""

    tree: Tree
    violation: Violation

    def node(self, kind: type[Node] | tuple[type[Node], ...]) -> Node:
        """The node of a kind that the violation marks.

        :raises Refused: where there is none.
        """
        found = self.violation
        end = None if kind in _WITH_BODY else (found.end_line, found.end_column)
        return self.tree.find(kind, (found.line, found.column), end)

    def at(self, spot: Spot, kind: type[Node] | tuple[type[Node], ...]) -> Node:
        """The node of a kind at a spot that the rule names.

        :raises Refused: where there is none.
        """
        end = None if kind in _WITH_BODY else (spot.end_line, self._characters(spot.end_line, spot.end_column))
        return self.tree.find(kind, (spot.line, self._characters(spot.line, spot.column)), end)

    def _characters(self, line: int, column: int) -> int:
        """A column that ``ast`` counts in UTF-8 bytes, in characters."""
        return len(self.tree.lines[line - 1].encode()[:column].decode(errors="ignore"))
