"""What a decorator returns is given the name of what it stands on: ``@functools.wraps(function)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change, Import
from flake8_aa_celery.fixes._names import use

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import AddWraps


def rewrite(place: Place, wanted: AddWraps) -> Change:
    """Decorate the function that is returned."""
    function = place.at(wanted.spot, cst.FunctionDef)
    written, imports = use(place, Import("functools", "wraps"), wanted.spot.line)
    decorator = cst.Decorator(place.tree.expression(f"{written}({wanted.function})"))
    return Change({function: function.with_changes(decorators=[decorator, *function.decorators])}, imports)
