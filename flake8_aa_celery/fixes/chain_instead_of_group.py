"""A group becomes a chain of the same signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change, Import, Refused
from flake8_aa_celery.fixes._names import use

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import ChainInsteadOfGroup


def rewrite(place: Place, wanted: ChainInsteadOfGroup) -> Change:
    """Call ``chain`` instead of ``group``."""
    call = place.node(cst.Call)
    if isinstance(call.func, cst.Attribute) and call.func.attr.value == "group":
        return Change({call.func.attr: cst.Name("chain")})
    if not isinstance(call.func, cst.Name):
        raise Refused("it is no `group` that is called")
    written, imports = use(place, Import("celery", "chain"), by_name=True)
    return Change({call.func: place.tree.instead(call.func, written)}, imports)
