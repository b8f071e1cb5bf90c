"""An option of a chain, such as its priority, is set on each of its signatures."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import libcst as cst

from flake8_aa_celery.fixes import Change
from flake8_aa_celery.fixes._calls import with_keyword, without_arguments

if TYPE_CHECKING:
    from flake8_aa_celery.fixes import New
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import OptionOnEach


def rewrite(place: Place, wanted: OptionOnEach) -> Change:
    """Give signatures an option, and take it from the call that gave it to the chain."""
    nodes: dict[cst.CSTNode, New] = {}
    for spot in wanted.members:
        member = place.at(spot, cst.BaseExpression)
        nodes[member] = _with_option(place, member, wanted)
    if not wanted.keep:
        call = place.at(wanted.call, cst.Call)
        nodes[call] = partial(_without_option, name=wanted.name)
    return Change(nodes)


def _with_option(place: Place, member: cst.BaseExpression, wanted: OptionOnEach) -> cst.BaseExpression:
    if isinstance(member, cst.Call) and isinstance(member.func, cst.Attribute) and member.func.attr.value == "set":
        return with_keyword(place.tree, member, wanted.name, wanted.code)
    is_primary = isinstance(member, (cst.Call, cst.Name, cst.Attribute, cst.Subscript)) or member.lpar
    text = place.tree.code(member.with_changes(lpar=[], rpar=[]) if is_primary else member)
    receiver = text if is_primary else f"({text})"
    return place.tree.instead(member, f"{receiver}.set({wanted.name}={wanted.code})")


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
