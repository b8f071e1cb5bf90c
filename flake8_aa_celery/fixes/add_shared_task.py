"""A function that is used as a task becomes one: ``@shared_task`` is put above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change, Import
from flake8_aa_celery.fixes._names import use

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import AddSharedTask


def rewrite(place: Place, wanted: AddSharedTask) -> Change:
    """Decorate the function at the violation."""
    function = place.node(cst.FunctionDef)
    written, imports = use(place, Import("celery", "shared_task"))
    decorator = cst.Decorator(place.tree.expression(written))
    return Change({function: function.with_changes(decorators=[decorator, *function.decorators])}, imports)
