"""A statement is followed by a call: ``rows.update(…)`` by ``PeriodicTasks.update_changed()``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change, Import, Refused
from flake8_aa_celery.fixes._names import use

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import CallAfter


def rewrite(place: Place, wanted: CallAfter) -> Change:
    """Put a call after the statement of the violation."""
    tree = place.tree
    around = tree.around(place.node(cst.Call))
    statement = next((node for node in reversed(around) if isinstance(node, cst.SimpleStatementLine)), None)
    if statement is None or len(statement.body) > 1:
        raise Refused("other statements stand in the same line")
    written, imports = use(place, Import(wanted.module, wanted.name), place.violation.line, by_name=True)
    call = tree.statement(f"{written}.{wanted.method}()")
    return Change({statement: cst.FlattenSentinel([statement, call])}, imports)
