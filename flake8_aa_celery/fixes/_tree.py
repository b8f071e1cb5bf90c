"""A file as libcst sees it: which node is at a place, what is around it, what its names mean."""

from __future__ import annotations

import ast
import re
import sys
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

import libcst as cst
from libcst.metadata import PositionProvider
from libcst.metadata.position_provider import PositionProvidingCodegenState

from flake8_aa_celery.fixes import Import, Refused
from flake8_aa_celery.model.scopes import Scopes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from libcst.metadata import CodeRange

    from flake8_aa_celery.model.scopes import Binding
    from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    Positions = Mapping[cst.CSTNode, CodeRange]

Node = TypeVar("Node", bound=cst.CSTNode)

#: Of these a violation marks the first word alone.
_WITH_BODY = (cst.FunctionDef, cst.ClassDef, cst.For)
_LAST = sys.maxsize
_LONE_RETURN = re.compile(r"\r(?!\n)")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n)|[^\r\n]+")
_STAND_IN = re.compile(r"^_aa_celery_(\d+)_(?=\r?$)", re.MULTILINE)
_NEWLINE = re.compile(r"\r\n|\r|\n")


class Statement(NamedTuple):
    """A statement of a module.

    :param first: the line in which it begins, with its first decorator.
    :param own: the line of its first word.
    :param end: its last line.
    :param imports: whether it imports something.
    """

    first: int
    own: int
    end: int
    imports: bool


class Shortened:
    """The text of a module in which names stand for the statements that nobody asks for.

    :param kept: which statements stay, beside those that import, the first one and the last one.
    """

    def __init__(self, text: str, statements: Sequence[Statement], kept: Collection[int]) -> None:
        lines = _LINE.findall(text)
        self._cut: list[str] = []
        #: for each statement that there is now the line in which it began, and that of its first word
        self.firsts: list[tuple[int, int]] = []
        parts: list[str] = []
        done, last = 0, len(statements) - 1
        for index, statement in enumerate(statements):
            begins, ends = statement.first - 1, statement.end
            parts += lines[done:begins]
            if statement.imports or index in kept or index in (0, last):
                parts += lines[begins:ends]
            else:
                parts.append(self._stand_in("".join(lines[begins:ends])))
            self.firsts.append((statement.first, statement.own))
            done = ends
        self.text = "".join([*parts, *lines[done:]])

    def _stand_in(self, text: str) -> str:
        code = text.rstrip("\r\n")
        self._cut.append(code)
        return f"_aa_celery_{len(self._cut) - 1}_" + text[len(code) :]

    def restored(self, text: str) -> str:
        """A text that was made of the shortened one, with the statements in their places again."""
        return _STAND_IN.sub(lambda found: self._cut[int(found[1])], text)


class Tree:
    """The concrete tree of a file, as far as it is needed.

    libcst is slow: only the statements of the module that are asked for, and those that import something, are
    parsed by it. In the place of the others :attr:`module` has statements that stand for them, see
    :meth:`whole`. Where nodes are is worked out for a statement when somebody looks into it.

    :param path: where the file lies.
    :param text: its text without a byte-order mark, with the ends of lines that it has.
    :param wanted: the lines whose statements are looked into.
    :raises Refused: where libcst does not know its syntax, or would not give it back as it is.
    """

    def __init__(self, path: str, text: str, wanted: Iterable[int]) -> None:
        self.path = path
        self.text = text
        if _LONE_RETURN.search(text):
            raise Refused("its lines end in a way that libcst does not keep")
        self._syntax = ast.parse(text)
        statements = _statements(self._syntax)
        kept = {bisect_right(statements, (line, _LAST)) - 1 for line in wanted}
        self._shortened = Shortened(text, statements, kept)
        try:
            self.module = cst.parse_module(self._shortened.text)
        except (cst.ParserSyntaxError, RecursionError) as error:
            raise Refused("libcst cannot parse the file") from error
        self._firsts = self._shortened.firsts
        if len(self._firsts) != len(self.module.body):
            raise Refused("libcst sees other statements than Python does")
        self._located: dict[int, Positions] = {}

    def whole(self, module: cst.Module) -> str:
        """The text of the file where :attr:`module` has become another one."""
        return self._shortened.restored(module.code)

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends."""
        return _NEWLINE.split(self.text)

    @cached_property
    def scopes(self) -> Scopes:
        """Which names are bound where."""
        return Scopes(self._syntax)

    # -- places -------------------------------------------------------------------------------------------------

    def index_at(self, line: int) -> int:
        """Which statement of the module a line belongs to."""
        return max(bisect_right(self._firsts, (line, _LAST)) - 1, 0)

    def first_line(self, index: int) -> int:
        """The line in which a statement of the module begins, with its first decorator."""
        return self._firsts[index][0]

    def _positions_at(self, line: int) -> Positions:
        """Where the nodes are of the statement that a line belongs to."""
        index = self.index_at(line)
        if index not in self._located:
            statement, (first, own) = self.module.body[index], self._firsts[index]
            guess = first - len(statement.leading_lines)
            found = _positions(self.module, statement, guess)
            begins = found[statement].start.line
            # where a decorator begins in another line than its expression the guess is wrong by as much
            self._located[index] = found if begins == own else _positions(self.module, statement, guess + own - begins)
            self._known.update(self._located[index])
        return self._located[index]

    @cached_property
    def _known(self) -> dict[cst.CSTNode, CodeRange]:
        return {}

    # -- names --------------------------------------------------------------------------------------------------

    @cached_property
    def words(self) -> frozenset[str]:
        """Every name that the file binds somewhere."""
        return frozenset(name for scope in self.scopes.all for name in scope.bindings)

    @cached_property
    def imported(self) -> frozenset[str]:
        """The names that imports bind, wherever they stand."""
        return frozenset(
            name
            for scope in self.scopes.all
            for name, bindings in scope.bindings.items()
            if any(binding.kind == "import" for binding in bindings)
        )

    def span(self, node: cst.CSTNode) -> tuple[tuple[int, int], tuple[int, int]]:
        """Line from 1 and column from 0 in characters where a node starts and ends, as ``ast`` has it."""
        if node not in self._known:  # a statement of the module in which nothing was looked for yet
            self._positions_at(self._firsts[self.module.body.index(node)][1])
        first = last = self._known[node]
        if isinstance(node, (cst.Tuple, cst.GeneratorExp)) and node.lpar:
            first, last = self._known[node.lpar[-1]], self._known[node.rpar[0]]
        # the only argument of a call: to `ast` the parentheses of the call are its own
        more = int(isinstance(node, cst.GeneratorExp) and not node.lpar)
        return (first.start.line, first.start.column - more), (last.end.line, last.end.column + more)

    def whole_span(self, node: cst.CSTNode) -> tuple[tuple[int, int], tuple[int, int]]:
        """As :meth:`span`, the decorators of a function or class included."""
        start, end = self.span(node)
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)) and node.decorators:
            start = self.span(node.decorators[0])[0]
        return start, end

    def find(
        self, kind: type[Node] | tuple[type[Node], ...], start: tuple[int, int], end: tuple[int, int] | None
    ) -> Node:
        """The node of a kind at a place.

        :param end: where it ends; None where the start tells enough, as of a ``def``.
        :raises Refused: where there is none.
        """
        for node, place in self._positions_at(start[0]).items():
            if isinstance(node, kind) and place.start.line <= start[0] <= place.end.line:
                span = self.span(node)
                if span[0] == start and end in (None, span[1]):
                    return node
        raise Refused("the place was not found")

    def margin(self, line: int) -> int:
        """How many blanks begin a line."""
        return len(self.lines[line - 1]) - len(self.lines[line - 1].lstrip())

    def around(self, node: cst.CSTNode) -> list[cst.CSTNode]:
        """The nodes that a node lies in, the module first."""
        span = self.span(node)
        statement = self.module.body[self.index_at(span[0][0])]
        return [self.module, *(self._path(statement, node, span) or ())]

    def _path(
        self, outer: cst.CSTNode, node: cst.CSTNode, span: tuple[tuple[int, int], tuple[int, int]]
    ) -> list[cst.CSTNode] | None:
        for child in outer.children:
            if child is node:
                return [outer]
            start, end = self.whole_span(child)
            if start <= span[0] and span[1] <= end:
                found = self._path(child, node, span)
                if found is not None:
                    return [outer, *found]
        return None

    def code(self, node: cst.CSTNode) -> str:
        """The source of a node as it would be at the left margin."""
        return self.module.code_for_node(node)

    def expression(self, code: str) -> cst.BaseExpression:
        """The node of an expression."""
        return cst.parse_expression(code, config=self.module.config_for_parsing)

    def instead(self, old: cst.BaseExpression, code: str) -> cst.BaseExpression:
        """The node of an expression in the parentheses of another."""
        return self.expression(code).with_changes(lpar=old.lpar, rpar=old.rpar)

    def statement(self, code: str) -> cst.SimpleStatementLine | cst.BaseCompoundStatement:
        """The node of a statement."""
        return cst.parse_statement(code, config=self.module.config_for_parsing)

    # -- names --------------------------------------------------------------------------------------------------

    def use(self, wanted: Import, line: int, *, by_name: bool = False) -> tuple[str, tuple[Import, ...]]:
        """How to write something that must be imported, and what has to be added to the imports for it.

        :param line: where it is used.
        :param by_name: not as an attribute of its module.
        :raises Refused: where its name means something else in this file.
        """
        known = self._imported_as(wanted, line)
        if known and not (by_name and "." in known):
            return known, ()
        name = wanted.name or wanted.module
        if any(name in scope.bindings for scope in self.scopes.all) and not self._only_for_typing(wanted):
            raise Refused(f"`{name}` means something else here")
        return name, (wanted,)

    def _imported_as(self, wanted: Import, line: int) -> str | None:
        """How the module has imported it, by whatever way, above a line."""
        through: str | None = None
        for name, bindings in self.scopes.module.bindings.items():
            if not all(_is_import(binding, line) for binding in bindings):
                continue
            if all(_imports(binding, name, wanted) for binding in bindings):
                return name
            if wanted.name and all(_imports(binding, name, Import(wanted.module)) for binding in bindings):
                through = f"{name}.{wanted.name}"
        starred = any(node.module == wanted.module and not node.level for node, _ in self.scopes.module.star_imports)
        return wanted.name if starred and wanted.name else through

    def _only_for_typing(self, wanted: Import) -> bool:
        name = wanted.name or wanted.module
        bindings = [binding for scope in self.scopes.all for binding in scope.bindings.get(name, ())]
        return all(_imports(binding, name, wanted) and is_for_typing(binding) for binding in bindings)


def _positions(module: cst.Module, statement: cst.CSTNode, line: int) -> Positions:
    """Where each node of a statement is whose first line, of a comment above it or its own, is ``line``.

    As libcst's own provider does it for a whole module.
    """
    provider = PositionProvider()
    state = PositionProvidingCodegenState(module.default_indent, module.default_newline, provider=provider)
    state.line = line
    statement._codegen(state)
    return cast("Positions", provider._computed)


def _statements(tree: ast.Module) -> list[Statement]:
    """The statements of a module, those in one line as one."""
    found: list[Statement] = []
    for node in tree.body:
        end = node.end_lineno or node.lineno
        if found and node.lineno <= found[-1].end:  # it stands behind a semicolon
            found[-1] = found[-1]._replace(end=end)
        else:
            decorators = getattr(node, "decorator_list", ())
            first = min([node.lineno, *(each.lineno for each in decorators)])
            found.append(Statement(first, node.lineno, end, _imports_something(node)))
    return found


def _imports_something(node: ast.stmt) -> bool:
    if isinstance(node, (ast.If, ast.Try)):
        return any(map(_imports_something, node.body))
    return isinstance(node, (ast.Import, ast.ImportFrom))


def _is_import(binding: Binding, line: int) -> bool:
    """Whether a binding is an import that has been executed when a line above which it stands is."""
    is_import = isinstance(binding.node, (ast.Import, ast.ImportFrom))
    return is_import and binding.site.statement.lineno < line and not is_for_typing(binding)


def _imports(binding: Binding, name: str, wanted: Import) -> bool:
    node = binding.node
    if isinstance(node, ast.ImportFrom):
        return node.module == wanted.module and not node.level and _has_alias(node, name, wanted.name)
    if isinstance(node, ast.Import) and not wanted.name:
        return _has_alias(node, name, wanted.module)
    return False


def _has_alias(node: ast.Import | ast.ImportFrom, name: str, original: str) -> bool:
    return any(alias.name == original and (alias.asname or alias.name) == name for alias in node.names)


def is_for_typing(binding: Binding) -> bool:
    """Whether a binding stands in a block that only type checkers read."""
    for block in binding.site.block.around():
        test = block.node.test if block.kind == "if" and isinstance(block.node, ast.If) else None
        if getattr(test, "id", getattr(test, "attr", "")) == "TYPE_CHECKING":
            return True
    return False


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

    def at(self, spot: Sequence[int], kind: type[Node] | tuple[type[Node], ...]) -> Node:
        """The node of a kind at a spot that the rule names, see :func:`flake8_aa_celery.violation.spot`.

        :raises Refused: where there is none.
        """
        line, column, end_line, end_column = spot
        end = None if kind in _WITH_BODY else (end_line, self._characters(end_line, end_column))
        return self.tree.find(kind, (line, self._characters(line, column)), end)

    def _characters(self, line: int, column: int) -> int:
        """A column that ``ast`` counts in UTF-8 bytes, in characters."""
        return len(self.tree.lines[line - 1].encode()[:column].decode(errors="ignore"))
