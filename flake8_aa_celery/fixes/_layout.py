"""Lay out a call over lines as black and ruff would do it, with the comments between its arguments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from flake8_aa_celery.line_length import line_length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flake8_aa_celery.fixes._tree import Tree

_MULTILINE_STRING = re.compile(r"'''|\"\"\"|\\\\\n")
_PRAGMA = re.compile(r"# type:|\s*# (noqa|pylint|pyright|pragma|nosec|fmt)\b")


class Part(NamedTuple):
    """Something between the parentheses of a call, or between the brackets of an argument.

    :param text: its source.
    :param above: the comments in lines of their own above it.
    :param after: the comment after it.
    :param depth: how far its line was indented within the statement.
    """

    text: str
    above: tuple[str, ...] = ()
    after: str = ""
    depth: int = 0

    def lines(self, base: str, indent: str, start: str = "") -> list[str]:
        """Its source with its comments in lines of its own, a comma after it and ``start`` before it.

        :param base: the blanks before the line that the call opens in, within the statement.
        """
        text = f"{base}{indent}{start}{self.text},"
        if "\n" in text and not _MULTILINE_STRING.search(text):
            text = _shifted(text, len(indent) - self.depth)
        above = (f"{base}{indent}{comment}" for comment in self.above)
        return [*above, f"{text}  {self.after}" if self.after else text]


class Argument(NamedTuple):
    """An argument that is a value, ``priority=7``, or a list or mapping of parts: ``args=[…]``.

    :param name: the keyword, empty for a positional argument.
    :param brackets: the two brackets around the parts; empty for a value, which is the only part.
    """

    name: str
    brackets: str
    parts: tuple[Part, ...]

    @property
    def has_comment(self) -> bool:
        """Whether a comment goes with it."""
        return any(part.above or part.after for part in self.parts)

    @property
    def flat(self) -> str:
        """Its source in one line, as far as its parts are."""
        inner = ", ".join(part.text for part in self.parts)
        return self._named(f"{self.brackets[:1]}{inner}{self.brackets[1:]}")

    def lines(self, base: str, indent: str, room: int) -> list[str]:
        """Its source in lines of its own, indented once, with a comma after it."""
        if not self.brackets:
            return self.parts[0].lines(base, indent, self._named(""))
        if not self.has_comment and "\n" not in self.flat and len(indent + self.flat) + 1 <= room:
            return [f"{base}{indent}{self.flat},"]
        inner = [line for part in self.parts for line in part.lines(base, indent * 2)]
        return [base + indent + self._named(self.brackets[0]), *inner, f"{base}{indent}{self.brackets[1]},"]

    def _named(self, text: str) -> str:
        return f"{self.name}={text}" if self.name else text


def _shifted(text: str, width: int) -> str:
    """The text with every line but the first one moved to the right, or to the left where that is negative."""
    first, *rest = text.split("\n")
    if width >= 0:
        return "\n".join([first, *(" " * width + line for line in rest)])
    return "\n".join([first, *(line[min(-width, len(line) - len(line.lstrip())) :] for line in rest)])


def laid_out(tree: Tree, call: cst.Call, function: str, arguments: Sequence[Argument]) -> cst.BaseExpression:
    """A call in the place of another: in one line if that one was and it fits, otherwise as black would split it."""
    return tree.instead(call, _text(tree, call, function, arguments))


def _text(tree: Tree, call: cst.Call, function: str, arguments: Sequence[Argument]) -> str:
    opened = tree.span(call.func)[1][0]
    indent, room = tree.module.default_indent, line_length(tree.path) - tree.margin(opened)
    margin = tree.lines[opened - 1][: tree.margin(opened)]
    base = margin[tree.margin_of_statement(call) :]
    opening = _comments(call.whitespace_before_args)[1]
    if not opening and not any(argument.has_comment for argument in arguments):
        inner = ", ".join(argument.flat for argument in arguments)
        flat, was_one_line = f"{function}({inner})", is_one_line(tree, call)
        if not is_free(tree, call) or (was_one_line and _fits(tree, call, function, flat)):
            return flat
        if (was_one_line or is_hugged(call)) and len(indent + inner) <= room and "\n" not in inner:
            return f"{function}(\n{base}{indent}{inner}\n{base})"
    lines = [line for argument in arguments for line in argument.lines(base, indent, room)]
    first = f"{function}(  {opening}" if opening else f"{function}("
    return "\n".join([first, *lines, f"{base})"])


def _fits(tree: Tree, call: cst.Call, function: str, text: str) -> bool:
    """Whether a text fits into the line in the place of a call."""
    (line, column), (end_line, end_column) = tree.span(call)
    if "\n" in function:  # what stands after the last line break follows the margin
        column = tree.margin(line) - function.rindex("\n") - 1
    room = line_length(tree.path)
    return column + len(text) + width_after(tree.lines[end_line - 1][end_column:], room) <= room


def width_after(text: str, room: int) -> int:
    """What stands after a call in its line counts, but not a comment that must stay in it, for mypy or flake8."""
    pragma = _PRAGMA.search(text)
    if pragma is None:
        return len(text)
    return -room * 10 if pragma[0].startswith("# type:") else pragma.start()


def is_hugged(call: cst.Call) -> bool:
    """Whether all arguments stand in one line of their own between the parentheses, without a comment."""
    if not call.args:
        return False
    before, after = call.whitespace_before_args, call.args[-1].whitespace_after_arg
    between = [argument.comma.whitespace_after for argument in call.args if isinstance(argument.comma, cst.Comma)]
    return (
        isinstance(before, cst.ParenthesizedWhitespace)
        and isinstance(after, cst.ParenthesizedWhitespace)
        and not isinstance(call.args[-1].comma, cst.Comma)
        and not any(isinstance(space, cst.ParenthesizedWhitespace) for space in between)
        and not any((*_comments(before), *_comments(after)))
    )


def is_one_line(tree: Tree, call: cst.Call) -> bool:
    """Whether what stands between the parentheses is in one line."""
    return tree.span(call.func)[1][0] == tree.span(call)[1][0]


def is_free(tree: Tree, call: cst.Call) -> bool:
    """Whether black would split a line at this call: it is a statement, or what one assigns or returns."""
    around = tree.around(call)
    return bool(around) and isinstance(around[-1], (cst.Expr, cst.Assign, cst.AnnAssign, cst.Return, cst.Decorator))


# -- what is there ---------------------------------------------------------------------------------------------


def parts_of(tree: Tree, call: cst.Call) -> list[Part]:
    """The arguments of a call as they are written, each with its comments."""
    found: list[Part] = []
    above, _ = _comments(call.whitespace_before_args)
    for argument in call.args:
        bare = argument.with_changes(comma=cst.MaybeSentinel.DEFAULT, whitespace_after_arg=cst.SimpleWhitespace(""))
        spaces = [argument.whitespace_after_arg]
        if isinstance(argument.comma, cst.Comma):
            spaces += [argument.comma.whitespace_before, argument.comma.whitespace_after]
        after = [_comments(space)[1] for space in spaces]
        depth = max(0, tree.margin(tree.span(argument.value)[0][0]) - tree.margin(tree.span(call.func)[1][0]))
        found.append(Part(tree.code(bare).strip(), above, "  ".join(filter(None, after)), depth))
        above = tuple(comment for space in spaces for comment in _comments(space)[0])
    if above and found:
        found[-1] = found[-1]._replace(above=(*found[-1].above, *above))
    return found


def _comments(space: cst.BaseParenthesizableWhitespace) -> tuple[tuple[str, ...], str]:
    """The comments in white space: those in lines of their own, and the one after what stands before it."""
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return (), ""
    own = tuple(line.comment.value for line in space.empty_lines if line.comment is not None)
    after = space.first_line.comment
    return own, after.value if after is not None else ""
