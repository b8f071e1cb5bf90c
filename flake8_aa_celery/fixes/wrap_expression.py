"""An expression is put between brackets, or into a call: ``args=(x)`` becomes ``args=[x]``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import WrapExpression


def rewrite(place: Place, wanted: WrapExpression) -> Change:
    """Put the expression at the violation between two texts; parentheses around it go where they are not needed."""
    tree, old = place.tree, place.node(cst.BaseExpression)
    bare = tree.code(old.with_changes(lpar=[], rpar=[]))
    if wanted.after.startswith(".") and not isinstance(old, (cst.Name, cst.Attribute, cst.Call, cst.Subscript)):
        bare = f"({bare})"
    code = f"{wanted.before}{bare}{wanted.after}"
    return Change({old: tree.instead(old, code) if wanted.keep else tree.expression(code)})
