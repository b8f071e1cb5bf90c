"""An option of a chain, such as its priority, is set on each of its signatures."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import libcst as cst

from flake8_aa_celery.fixes import Change
from flake8_aa_celery.fixes._calls import with_keyword, without_arguments
from flake8_aa_celery.fixes._layout import width_after
from flake8_aa_celery.line_length import line_length

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flake8_aa_celery.fixes import New
    from flake8_aa_celery.fixes._tree import Place, Tree
    from flake8_aa_celery.rewrites import OptionOnEach

_NO_COMMA = cst.MaybeSentinel.DEFAULT


def rewrite(place: Place, wanted: OptionOnEach) -> Change:
    """Give signatures an option, and take it from the call that gave it to the chain."""
    members = [place.at(spot, cst.BaseExpression) for spot in wanted.members]
    nodes: dict[cst.CSTNode, New] = {member: _with_option(place, member, wanted) for member in members}
    call = place.at(wanted.call, cst.Call)
    around = _around_all(place, members)
    gone = 0 if wanted.keep else len("apply_async()") + len(f"{wanted.name}={wanted.code}") - len("delay()")
    if around is not None and not _fits(place, around, nodes, gone):
        nodes = {around: _split(place, around, nodes)}
    if not wanted.keep:
        nodes[call] = partial(_without_option, name=wanted.name)
    return Change(nodes)


def _around_all(place: Place, members: list[cst.BaseExpression]) -> cst.Call | cst.List | None:
    """The call or list in one line of which all these are direct members."""
    tree = place.tree
    for outer in reversed(tree.around(members[0]) if members else []):
        if isinstance(outer, (cst.Call, cst.List)):
            inner = [each.value for each in (outer.args if isinstance(outer, cst.Call) else outer.elements)]
            (first, _), (last, _) = tree.span(outer)
            is_all = all(any(member is each for each in inner) for member in members)
            outer = _only_argument_of(tree, outer) or outer
            return outer if is_all and first == last else None
    return None


def _only_argument_of(tree: Tree, inner: cst.BaseExpression) -> cst.Call | None:
    """The call of which an expression is the only argument."""
    outer = tree.around(inner)[-2:]
    call = outer[0] if len(outer) == 2 and isinstance(outer[1], cst.Arg) else None
    return call if isinstance(call, cst.Call) and len(call.args) == 1 else None


def _fits(place: Place, outer: cst.Call | cst.List, nodes: Mapping[cst.CSTNode, New], gone: int) -> bool:
    """Whether a call or list still fits into its line.

    :param gone: how much shorter the rest of the line becomes.
    """
    tree, room = place.tree, line_length(place.tree.path)
    more = sum(len(tree.code(new)) - len(tree.code(old)) for old, new in nodes.items() if isinstance(new, cst.CSTNode))
    (line, column), (_, end) = tree.span(outer)
    rest = width_after(tree.lines[line - 1][end:], room) - gone
    return column + len(tree.code(outer)) + more + rest <= room


def _split(place: Place, outer: cst.Call | cst.List, nodes: Mapping[cst.CSTNode, New]) -> cst.BaseExpression:
    """A call or list over lines, as black would split it."""
    tree = place.tree
    room = line_length(tree.path) - tree.margin(tree.span(outer)[0][0])
    return tree.instead(outer, "\n".join(_lines(tree, outer, nodes, room)))


def _lines(tree: Tree, outer: cst.BaseExpression, nodes: Mapping[cst.CSTNode, New], room: int) -> list[str]:
    if not isinstance(outer, (cst.Call, cst.List)):
        return [tree.code(outer)]
    parts = outer.args if isinstance(outer, cst.Call) else outer.elements
    opening, closing = (f"{tree.code(outer.func)}(", ")") if isinstance(outer, cst.Call) else ("[", "]")
    indent, texts = tree.module.default_indent, [_text(tree, part, nodes) for part in parts]
    if len(indent + ", ".join(texts)) <= room:
        return [opening, indent + ", ".join(texts), closing]
    if len(parts) == 1 and isinstance(parts[0].value, cst.List):
        inner = _lines(tree, parts[0].value, nodes, 0)
        return [opening, *(indent + line for line in inner), closing]
    return [opening, *(f"{indent}{text}," for text in texts), closing]


def _text(tree: Tree, part: cst.Arg | cst.BaseElement, nodes: Mapping[cst.CSTNode, New]) -> str:
    """An argument or element with what becomes of it and what is in it."""
    if isinstance(part.value, cst.List):
        return f"[{', '.join(_text(tree, each, nodes) for each in part.value.elements)}]"
    return tree.code(part.with_changes(value=nodes.get(part.value, part.value), comma=_NO_COMMA))


def _with_option(place: Place, member: cst.BaseExpression, wanted: OptionOnEach) -> cst.BaseExpression:
    tree = place.tree
    if isinstance(member, cst.Call) and isinstance(member.func, cst.Attribute) and member.func.attr.value == "set":
        return with_keyword(tree, member, wanted.name, wanted.code)
    is_primary = isinstance(member, (cst.Call, cst.Name, cst.Attribute, cst.Subscript)) or member.lpar
    text = tree.code(member.with_changes(lpar=[], rpar=[]) if is_primary else member)
    text = text if is_primary else f"({text})"
    (line, column), (end_line, end) = tree.span(member)
    option = f"{wanted.name}={wanted.code}"
    added = f".set({option})"
    is_alone = not tree.lines[line - 1][:column].strip() and tree.lines[end_line - 1][end:].strip() in ("", ",")
    if is_alone and end + len(added) + 1 > line_length(tree.path):
        margin = " " * (tree.margin(line) - tree.margin_of_statement(member))
        added = f".set(\n{margin}{tree.module.default_indent}{option}\n{margin})"
    return tree.instead(member, text + added)


def _without_option(call: Any, name: str) -> cst.CSTNode:
    """What becomes of the call: ``apply_async`` without any argument is ``delay``, ``.set()`` is nothing."""
    written = [i for i, argument in enumerate(call.args) if argument.keyword and argument.keyword.value == name]
    fewer = without_arguments(call, written)
    if fewer.args or not isinstance(fewer.func, cst.Attribute):
        return fewer
    method = fewer.func.attr.value
    if method == "set":
        return fewer.func.value
    return fewer.with_changes(func=fewer.func.with_changes(attr=cst.Name(method.replace("apply_async", "delay"))))
