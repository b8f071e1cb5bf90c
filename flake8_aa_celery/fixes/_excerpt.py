"""The text of a module without the statements that no fix looks into: what libcst need not read costs nothing."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_BREAK = re.compile(r"\r?\n")
_LINE = re.compile(r"[^\r\n]*\r?\n|[^\r\n]+")


class Excerpt:
    """The text of a module in which one statement stands for each run of statements that nobody asks for.

    It has as many lines as they had, so that the others keep their numbers.

    :param text: the module's, whose lines end in ``\\n`` or ``\\r\\n``.
    :param syntax: its syntax tree.
    :param wanted: the lines whose statements stay, in whatever block. What imports stays, too, and so does the first
        statement of a block and the one below what stays: what is a docstring, and where blank lines must be, can
        be told.
    """

    def __init__(self, text: str, syntax: ast.Module, wanted: Iterable[int]) -> None:
        lines = _LINE.findall(text)
        self._cut: list[str] = []
        self._name = "_aa_celery_"
        while self._name in text:
            self._name += "_"
        parts: list[str] = []
        done = 0
        end = syntax.body[-1].end_lineno if syntax.body else 0
        for first, last in _runs(syntax.body, lines, sorted(wanted)):
            if last == end:
                last = len(lines)  # libcst loses indented comments below a statement that is not
            parts += [*lines[done : first - 1], self._stand_in("".join(lines[first - 1 : last]))]
            done = last
        self.text = "".join([*parts, *lines[done:]])

    def _stand_in(self, text: str) -> str:
        code = text.strip()
        margin, _, after = text.partition(code)
        self._cut.append(code)
        breaks = "".join(_BREAK.findall(code))
        return f'{margin}{self._name} = """{len(self._cut) - 1}{breaks}"""{after}'

    def restored(self, text: str) -> str:
        """A text that was made of the excerpt, with the statements in their places again."""
        stand_in = rf'{self._name} = """(\d+)\s*"""'
        return re.sub(stand_in, lambda found: self._cut[int(found[1])], text)


class _Statement(NamedTuple):
    """A statement as libcst has it: several of Python's where they share a line.

    :param first: its first line, that of a decorator where it has one.
    :param column: where it or the decorator's name begins there, in bytes.
    :param sign: what stands before that: ``@`` or nothing.
    :param last: its last line.
    """

    first: int
    column: int
    sign: str
    last: int
    nodes: tuple[ast.stmt, ...]


def _runs(block: Sequence[ast.stmt], lines: Sequence[str], wanted: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and the last line of each run of statements that can go, in a block and in the blocks of what stays."""
    run: tuple[int, int] | None = None
    follows = True
    for statement in _statements(block):
        stays = _is_wanted(statement, wanted) or any(map(imports_something, statement.nodes))
        if stays or follows or not _begins_line(statement, lines):
            if run:
                yield run
            run = None
            for inner in _blocks(statement):
                yield from _runs(inner, lines, wanted)
        else:
            run = (run[0] if run else statement.first, statement.last)
        follows = stays
    if run:
        yield run


def _statements(block: Iterable[ast.stmt]) -> list[_Statement]:
    found: list[_Statement] = []
    for node in block:
        last = node.end_lineno or node.lineno
        if found and node.lineno <= found[-1].last:  # it stands after a semicolon
            found[-1] = found[-1]._replace(last=last, nodes=(*found[-1].nodes, node))
        else:
            begins = [*getattr(node, "decorator_list", ()), node][0]
            sign = "" if begins is node else "@"
            found.append(_Statement(begins.lineno, begins.col_offset, sign, last, (node,)))
    return found


def _is_wanted(statement: _Statement, wanted: Sequence[int]) -> bool:
    return bisect_left(wanted, statement.first) < bisect_right(wanted, statement.last)


def imports_something(node: ast.stmt) -> bool:
    """Whether a statement imports, be it under a condition."""
    if isinstance(node, (ast.If, ast.Try)):
        return any(map(imports_something, node.body))
    return isinstance(node, (ast.Import, ast.ImportFrom))


def _begins_line(statement: _Statement, lines: Sequence[str]) -> bool:
    """Whether a statement has its first line for itself: not ``if x: pass``, nor a ``@`` in a line of its own."""
    return lines[statement.first - 1][: statement.column].strip() == statement.sign


def _blocks(statement: _Statement) -> Iterator[list[ast.stmt]]:
    """The blocks of a statement, in their order."""
    for node in statement.nodes:
        for part in (node, *getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            yield getattr(part, "body", [])
        yield getattr(node, "orelse", [])
        yield getattr(node, "finalbody", [])
