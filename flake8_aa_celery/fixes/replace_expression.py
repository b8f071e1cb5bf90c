"""An expression becomes another one that the rule knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from flake8_aa_celery.fixes import Change

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flake8_aa_celery.fixes._tree import Place


def rewrite(place: Place, arguments: Mapping[str, Any]) -> Change:
    """Replace the expression that the violation marks, or the one at the ``spot`` of the arguments.

    :param arguments: ``code``, the new one; ``spot`` where that is elsewhere.
    """
    spot = arguments.get("spot")
    old = place.at(spot, cst.BaseExpression) if spot else place.node(cst.BaseExpression)
    return Change({old: place.tree.instead(old, arguments["code"])})
