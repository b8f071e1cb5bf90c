"""A method of a task is called instead of the task: ``t(x)`` becomes ``t.delay(x)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import MethodInsteadOfCall


def rewrite(place: Place, wanted: MethodInsteadOfCall) -> Change:
    """Call a method of what is called."""
    call = place.node(cst.Call)
    return Change({call.func: cst.Attribute(call.func, cst.Name(wanted.name))})
