"""A call of a method becomes one of another: ``t.s(1)`` becomes ``t.si(1)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change, Refused

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import RenameMethod


def rewrite(place: Place, wanted: RenameMethod) -> Change:
    """Call another method with the same arguments."""
    call = place.node(cst.Call)
    if not isinstance(call.func, cst.Attribute):
        raise Refused("it is no method that is called")
    return Change({call.func.attr: cst.Name(wanted.name)})
