"""An expression is put between brackets, or into a call: ``args=(x)`` becomes ``args=[x]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from flake8_aa_celery.fixes import Change

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flake8_aa_celery.fixes._tree import Place


def rewrite(place: Place, arguments: Mapping[str, Any]) -> Change:
    """Put the expression at the violation between two texts; parentheses around it go where they are not needed.

    :param arguments: ``before`` and ``behind``; ``keep`` where its parentheses stay around the whole.
    """
    tree, old = place.tree, place.node(cst.BaseExpression)
    before, behind = arguments["before"], arguments["behind"]
    bare = tree.code(old.with_changes(lpar=[], rpar=[]))
    if behind.startswith(".") and not isinstance(old, (cst.Name, cst.Attribute, cst.Call, cst.Subscript)):
        bare = f"({bare})"
    code = f"{before}{bare}{behind}"
    return Change({old: tree.instead(old, code) if arguments.get("keep") else tree.expression(code)})
