"""A call of a method becomes one of another: ``t.s(1)`` becomes ``t.si(1)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from flake8_aa_celery.fixes import Change, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flake8_aa_celery.fixes._tree import Place


def rewrite(place: Place, arguments: Mapping[str, Any]) -> Change:
    """Call another method with the same arguments.

    :param arguments: ``name``, that of the method.
    """
    call = place.node(cst.Call)
    if not isinstance(call.func, cst.Attribute):
        raise Refused("it is no method that is called")
    return Change({call.func.attr: cst.Name(arguments["name"])})
