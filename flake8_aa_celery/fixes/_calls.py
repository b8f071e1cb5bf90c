"""Write calls: ``apply_async`` for ``delay``, one more option, one less."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Refused
from flake8_aa_celery.fixes._layout import (
    Argument,
    Part,
    is_free,
    is_hugged,
    is_one_line,
    laid_out,
    parts_of,
    width_after,
)
from flake8_aa_celery.line_length import line_length

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flake8_aa_celery.fixes._tree import Tree

Space = cst.BaseParenthesizableWhitespace


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
    parts = list(zip(call.args, parts_of(tree, call), strict=True))
    positional = tuple(_as_item(arg, part) for arg, part in parts if arg.keyword is None and arg.star != "**")
    named = [
        (arg, part, arg.keyword.value if arg.keyword else "") for arg, part in parts if arg.keyword or arg.star == "**"
    ]
    quote = quote_within(tree, call)
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


def _as_item(argument: cst.Arg, part: Part) -> Part:
    """A positional argument as an item of a list: a lone generator needs the parentheses that were the call's."""
    is_bare = isinstance(argument.value, cst.GeneratorExp) and not argument.value.lpar
    return part._replace(text=f"({part.text})") if is_bare else part


def quote_of(tree: Tree) -> str:
    """The quotes that the file writes its texts in, for the most part."""
    return "'" if tree.text.count("'") > 2 * tree.text.count('"') else '"'


def quote_within(tree: Tree, node: cst.CSTNode) -> str:
    """The quotes for a text in the place of a node: in an f-string others than its own.

    :raises Refused: where both are taken by f-strings around it.
    """
    around = [outer.quote[:1] for outer in tree.around(node) if isinstance(outer, cst.FormattedString)]
    if not around:
        return quote_of(tree)
    free = [quote for quote in "\"'" if quote not in around]
    if not free:
        raise Refused("the f-string around it leaves no quotes")
    return free[0]


def called_with(tree: Tree, function: cst.BaseExpression, name: str, code: str) -> cst.BaseExpression:
    """A decorator that is no call, called with a keyword argument; over three lines where it does not fit into one."""
    text = tree.code(function.with_changes(lpar=[], rpar=[]))
    flat = f"{text}({name}={code})"
    (_, column), (line, end) = tree.span(function)
    after = width_after(tree.lines[line - 1][end:], line_length(tree.path))
    if column + len(flat) + after > line_length(tree.path) and "\n" not in text:
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
        return _with_only(tree, call, new)
    if not is_one_line(tree, call) and not (is_hugged(call) and is_free(tree, call)):
        return call.with_changes(args=_appended(call, new))
    arguments = [Argument("", "", (part,)) for part in parts_of(tree, call)]
    added = [Argument(name, "", (Part(code),))]
    is_first = first and call.args[0].keyword is not None
    return laid_out(tree, call, tree.code(call.func), added + arguments if is_first else arguments + added)


def _with_only(tree: Tree, call: cst.Call, new: cst.Arg) -> cst.Call:
    """A call with its first argument, in a line of its own where a comment stands between the parentheses."""
    space = call.whitespace_before_args
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return call.with_changes(args=[new])
    inner = cst.SimpleWhitespace(space.last_line.value + tree.module.default_indent)
    closed = new.with_changes(comma=cst.Comma(whitespace_after=without_comment(space)))
    return call.with_changes(args=[closed], whitespace_before_args=space.with_changes(last_line=inner))


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
    """The white space between two arguments: as it is between others, with the comment after the last one."""
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
