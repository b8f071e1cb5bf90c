"""A function that is used as a task becomes one: ``@shared_task`` is put above it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from flake8_aa_celery.fixes import Change, Import
from flake8_aa_celery.fixes._names import use

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flake8_aa_celery.fixes._tree import Place


def rewrite(place: Place, arguments: Mapping[str, Any]) -> Change:
    """Decorate the function at the violation. There are no arguments."""
    function = place.node(cst.FunctionDef)
    written, imports = use(place.tree.scopes, Import("celery", "shared_task"), place.violation.line)
    decorator = cst.Decorator(place.tree.expression(written))
    return Change({function: function.with_changes(decorators=[decorator, *function.decorators])}, imports)
