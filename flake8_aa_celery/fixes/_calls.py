"""Write calls: ``apply_async`` for ``delay``, one more option; laid out over lines as black and ruff would do it."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from flake8_aa_celery.pyproject import find_pyproject

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flake8_aa_celery.fixes._tree import Tree

Space = cst.BaseParenthesizableWhitespace
#: black's and ruff's own.
_LINE_LENGTH = 88
_MULTILINE_STRING = re.compile(r"'''|\"\"\"|\\\\\n")
_PRAGMA = re.compile(r"# type:|\s*# (noqa|pylint|pyright|pragma|nosec|fmt)\b")
_LENGTH_SETTING = re.compile(r"^\s*line[-_]length\s*=\s*(\d+)", re.MULTILINE)


class Part(NamedTuple):
    """Something between the parentheses of a call, or between the brackets of an argument.

    :param text: its source.
    :param above: the comments in lines of their own above it.
    :param behind: the comment behind it.
    :param depth: how far its line was indented within the statement.
    """

    text: str
    above: tuple[str, ...] = ()
    behind: str = ""
    depth: int = 0

    def lines(self, indent: str, start: str = "") -> list[str]:
        """Its source with its comments in lines of its own, a comma behind it and ``start`` before it."""
        text = f"{indent}{start}{self.text},"
        if "\n" in text and not _MULTILINE_STRING.search(text):
            text = _shifted(text, len(indent) - self.depth)
        return [*(indent + comment for comment in self.above), f"{text}  {self.behind}" if self.behind else text]


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
        return any(part.above or part.behind for part in self.parts)

    @property
    def flat(self) -> str:
        """Its source in one line, as far as its parts are."""
        inner = ", ".join(part.text for part in self.parts)
        return self._named(f"{self.brackets[:1]}{inner}{self.brackets[1:]}")

    def lines(self, indent: str, room: int) -> list[str]:
        """Its source in lines of its own, indented once, with a comma behind it."""
        if not self.brackets:
            return self.parts[0].lines(indent, self._named(""))
        if not self.has_comment and "\n" not in self.flat and len(indent + self.flat) + 1 <= room:
            return [f"{indent}{self.flat},"]
        inner = [line for part in self.parts for line in part.lines(indent * 2)]
        return [indent + self._named(self.brackets[0]), *inner, f"{indent}{self.brackets[1]},"]

    def _named(self, text: str) -> str:
        return f"{self.name}={text}" if self.name else text


def _shifted(text: str, width: int) -> str:
    """The text with every line but the first one moved to the right, or to the left where that is negative."""
    first, *rest = text.split("\n")
    if width >= 0:
        return "\n".join([first, *(" " * width + line for line in rest)])
    return "\n".join([first, *(line[min(-width, len(line) - len(line.lstrip())) :] for line in rest)])


def to_apply_async(
    tree: Tree, call: cst.Call, options: Mapping[str, str], moved: Iterable[str] = ()
) -> cst.BaseExpression:
    """``t.delay(a, k=b)`` as ``t.apply_async(args=[a], kwargs={"k": b}, …)``.

    :param options: further options, by their names.
    :param moved: the keywords that are options and no arguments of the task.
    """
    assert isinstance(call.func, cst.Attribute)
    method = call.func.attr.value.replace("delay", "apply_async")
    function = call.func.with_changes(attr=cst.Name(method))
    moved = frozenset(moved)
    parts = list(zip(call.args, _parts(tree, call), strict=True))
    positional = tuple(part for arg, part in parts if arg.keyword is None and arg.star != "**")
    named = [
        (arg, part, arg.keyword.value if arg.keyword else "") for arg, part in parts if arg.keyword or arg.star == "**"
    ]
    quote = quote_of(tree)
    keywords = tuple(
        part._replace(text=f"{quote}{name}{quote}: {tree.code(arg.value)}") if name else part
        for arg, part, name in named
        if name not in moved
    )
    own = [
        Argument(name, "", (part._replace(text=tree.code(arg.value)),)) for arg, part, name in named if name in moved
    ]
    arguments = [Argument("args", "[]", positional)] if positional else []
    arguments += [Argument("kwargs", "{}", keywords)] if keywords else []
    arguments += own + [Argument(name, "", (Part(code),)) for name, code in options.items()]
    return laid_out(tree, call, tree.code(function), arguments)


def quote_of(tree: Tree) -> str:
    """The quotes that the file writes its texts in, for the most part."""
    return "'" if tree.text.count("'") > 2 * tree.text.count('"') else '"'


def called_with(tree: Tree, function: cst.BaseExpression, name: str, code: str) -> cst.BaseExpression:
    """A decorator that is no call, called with a keyword argument; over three lines where it does not fit into one."""
    text = tree.code(function.with_changes(lpar=[], rpar=[]))
    flat = f"{text}({name}={code})"
    (_, column), (line, end) = tree.span(function)
    behind = _width_behind(tree.lines[line - 1][end:], line_length(tree.path))
    if column + len(flat) + behind > line_length(tree.path) and "\n" not in text:
        flat = f"{text}(\n{tree.module.default_indent}{name}={code}\n)"
    return tree.instead(function, flat)


def with_keyword(tree: Tree, call: cst.Call, name: str, code: str, *, first: bool = False) -> cst.BaseExpression:
    """A call with one more keyword argument, or with another value for one that is there.

    :param first: whether to put it before the others, where these are keyword arguments in one line.
    """
    for index, argument in enumerate(call.args):
        if argument.keyword is not None and argument.keyword.value == name:
            changed = argument.with_changes(value=tree.expression(code))
            return call.with_changes(args=[*call.args[:index], changed, *call.args[index + 1 :]])
    new = cst.Arg(tree.expression(code), keyword=cst.Name(name), equal=_EQUAL)
    if not call.args:
        return call.with_changes(args=[new])
    if not _is_one_line(tree, call) and not (_is_hugged(call) and _is_free(tree, call)):
        return call.with_changes(args=_appended(call, new))
    arguments = [Argument("", "", (part,)) for part in _parts(tree, call)]
    added = [Argument(name, "", (Part(code),))]
    is_first = first and call.args[0].keyword is not None
    return laid_out(tree, call, tree.code(call.func), added + arguments if is_first else arguments + added)


_EQUAL = cst.AssignEqual(whitespace_before=cst.SimpleWhitespace(""), whitespace_after=cst.SimpleWhitespace(""))


def without_arguments(call: cst.Call, indices: Iterable[int]) -> cst.Call:
    """A call without some of its arguments; the layout of the others stays."""
    gone = set(indices)
    kept = [argument for index, argument in enumerate(call.args) if index not in gone]
    if kept and call.args and kept[-1] is not call.args[-1]:
        last = call.args[-1]
        kept[-1] = kept[-1].with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
    if not kept:
        return call.with_changes(args=[], whitespace_before_args=cst.SimpleWhitespace(""))
    return call.with_changes(args=kept)


def _appended(call: cst.Call, new: cst.Arg) -> list[cst.Arg]:
    """The arguments with one more, which stands as they do."""
    last = call.args[-1]
    if isinstance(last.comma, cst.Comma):
        closing = last.comma.whitespace_after
        separating = cst.Comma(whitespace_after=_between(call, closing))
        trailing = cst.Comma(whitespace_after=without_comment(closing))
        return [*call.args[:-1], last.with_changes(comma=separating), new.with_changes(comma=trailing)]
    commas = [argument.comma for argument in call.args[:-1]]
    known = next((comma for comma in commas if isinstance(comma, cst.Comma)), None)
    plain = cst.Comma(whitespace_after=without_comment(known.whitespace_after) if known else cst.SimpleWhitespace(" "))
    moved = last.with_changes(comma=plain, whitespace_after_arg=cst.SimpleWhitespace(""))
    return [*call.args[:-1], moved, new.with_changes(whitespace_after_arg=last.whitespace_after_arg)]


def _between(call: cst.Call, closing: Space) -> Space:
    """The white space between two arguments: as it is between others, with the comment behind the last one."""
    commas = [argument.comma for argument in call.args[:-1]]
    known = next((comma.whitespace_after for comma in commas if isinstance(comma, cst.Comma)), None)
    space = known or call.whitespace_before_args
    if not isinstance(space, cst.ParenthesizedWhitespace) or not isinstance(closing, cst.ParenthesizedWhitespace):
        return cst.SimpleWhitespace(" ")
    return closing.with_changes(last_line=space.last_line, indent=space.indent)


def without_comment(space: Space) -> Space:
    if isinstance(space, cst.ParenthesizedWhitespace):
        plain = space.first_line.with_changes(comment=None, whitespace=cst.SimpleWhitespace(""))
        return space.with_changes(first_line=plain, empty_lines=[])
    return space


def _parts(tree: Tree, call: cst.Call) -> list[Part]:
    """The arguments of a call as they are written, each with its comments."""
    found: list[Part] = []
    above, _ = _comments(call.whitespace_before_args)
    for argument in call.args:
        bare = argument.with_changes(comma=cst.MaybeSentinel.DEFAULT, whitespace_after_arg=cst.SimpleWhitespace(""))
        spaces = [argument.whitespace_after_arg]
        if isinstance(argument.comma, cst.Comma):
            spaces += [argument.comma.whitespace_before, argument.comma.whitespace_after]
        behind = [_comments(space)[1] for space in spaces]
        depth = max(0, tree.margin(tree.span(argument.value)[0][0]) - tree.margin(tree.span(call)[0][0]))
        found.append(Part(tree.code(bare).strip(), above, "  ".join(filter(None, behind)), depth))
        above = tuple(comment for space in spaces for comment in _comments(space)[0])
    if above and found:
        found[-1] = found[-1]._replace(above=(*found[-1].above, *above))
    return found


def _comments(space: cst.BaseParenthesizableWhitespace) -> tuple[tuple[str, ...], str]:
    """The comments in white space: those in lines of their own, and the one behind what stands before it."""
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return (), ""
    own = tuple(line.comment.value for line in space.empty_lines if line.comment is not None)
    behind = space.first_line.comment
    return own, behind.value if behind is not None else ""


# -- layout -----------------------------------------------------------------------------------------------------


def laid_out(tree: Tree, call: cst.Call, function: str, arguments: Sequence[Argument]) -> cst.BaseExpression:
    """A call in the place of another: in one line if that one was and it fits, otherwise as black would split it."""
    flat = f"{function}({', '.join(argument.flat for argument in arguments)})"
    return tree.instead(call, _text(tree, call, function, arguments, flat))


def _text(tree: Tree, call: cst.Call, function: str, arguments: Sequence[Argument], flat: str) -> str:
    opening = _comments(call.whitespace_before_args)[1]
    has_comment = bool(opening) or any(argument.has_comment for argument in arguments)
    was_one_line, is_free = _is_one_line(tree, call), _is_free(tree, call)
    was_hugged = bool(call.args) and _is_hugged(call)
    line, column = tree.span(call)[0]
    margin = tree.margin(line)
    if "\n" in function:  # what stands behind the last line break follows the margin
        column = margin - function.rindex("\n") - 1
    room = line_length(tree.path)
    end_line, end_column = tree.span(call)[1]
    behind = _width_behind(tree.lines[end_line - 1][end_column:], room)
    if not has_comment and (not is_free or (was_one_line and column + len(flat) + behind <= room)):
        return flat
    room -= margin
    indent = tree.module.default_indent
    hugged = indent + ", ".join(argument.flat for argument in arguments)
    if not has_comment and (was_one_line or was_hugged) and len(hugged) <= room and "\n" not in hugged:
        return f"{function}(\n{hugged}\n)"
    lines = [line for argument in arguments for line in argument.lines(indent, room)]
    first = f"{function}(  {opening}" if opening else f"{function}("
    return "\n".join([first, *lines, ")"])


def _width_behind(text: str, room: int) -> int:
    """What stands behind a call in its line counts, but not a comment that must stay in it, for mypy or flake8."""
    pragma = _PRAGMA.search(text)
    if pragma is None:
        return len(text)
    return -room * 10 if pragma[0].startswith("# type:") else pragma.start()


def _is_hugged(call: cst.Call) -> bool:
    """Whether all arguments stand in one line of their own between the parentheses, without a comment."""
    last = call.args[-1]
    spaces = [argument.comma.whitespace_after for argument in call.args if isinstance(argument.comma, cst.Comma)]
    return (
        isinstance(call.whitespace_before_args, cst.ParenthesizedWhitespace)
        and isinstance(last.whitespace_after_arg, cst.ParenthesizedWhitespace)
        and not isinstance(last.comma, cst.Comma)
        and not any(isinstance(space, cst.ParenthesizedWhitespace) for space in spaces)
        and not any("#" in line for line in _comments(call.whitespace_before_args)[0])
        and not _comments(call.whitespace_before_args)[1]
        and not any(_comments(last.whitespace_after_arg))
    )


def _is_one_line(tree: Tree, call: cst.Call) -> bool:
    """Whether what stands between the parentheses is in one line."""
    return tree.span(call.func)[1][0] == tree.span(call)[1][0]


def _is_free(tree: Tree, call: cst.Call) -> bool:
    """Whether black would split a line at this call: it is a statement, or what one assigns or returns."""
    around = tree.around(call)
    return bool(around) and isinstance(around[-1], (cst.Expr, cst.Assign, cst.AnnAssign, cst.Return, cst.Decorator))


@lru_cache(maxsize=32)
def _length_below(folder: str) -> int:
    path = find_pyproject(folder)
    if path is None:
        return _LINE_LENGTH
    with open(path, encoding="utf-8", errors="replace") as file:
        found = _LENGTH_SETTING.search(file.read())
    return int(found[1]) if found else _LINE_LENGTH


def line_length(path: str) -> int:
    """How long a line may be, by the nearest ``pyproject.toml``: what black or ruff is told there, or their own."""
    return _length_below(os.path.dirname(os.path.abspath(path)))
