"""An expression becomes another one that the rule knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import ReplaceExpression


def rewrite(place: Place, wanted: ReplaceExpression) -> Change:
    """Replace the expression that the violation marks."""
    old = place.node(cst.BaseExpression)
    return Change({old: place.tree.instead(old, wanted.code)})
