"""A task that is called like a function is sent: ``t(x)`` becomes ``t.delay(x)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from flake8_aa_celery.fixes import Change

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flake8_aa_celery.fixes._tree import Place


def rewrite(place: Place, arguments: Mapping[str, Any]) -> Change:
    """Call ``delay`` of what is called. There are no arguments."""
    call = place.node(cst.Call)
    return Change({call.func: cst.Attribute(call.func, cst.Name("delay"))})
