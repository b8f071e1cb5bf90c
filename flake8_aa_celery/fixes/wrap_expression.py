"""An expression is put between brackets, or into a call: ``args=(x)`` becomes ``args=[x]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from flake8_aa_celery.fixes import Change

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flake8_aa_celery.fixes._tree import Place


def rewrite(place: Place, arguments: Mapping[str, Any]) -> Change:
    """Put the expression at the violation between two texts; parentheses around it go.

    :param arguments: ``before`` and ``behind``.
    """
    old = place.node(cst.BaseExpression)
    bare = old.with_changes(lpar=[], rpar=[])
    code = f"{arguments['before']}{place.tree.code(bare)}{arguments['behind']}"
    return Change({old: place.tree.expression(code)})
