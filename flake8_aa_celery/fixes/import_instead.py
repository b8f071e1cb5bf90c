"""A name is imported from another module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change, Import, Refused
from flake8_aa_celery.fixes._names import use

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import ImportInstead


def rewrite(place: Place, wanted: ImportInstead) -> Change:
    """Take a name out of one import and import it from elsewhere, or write it instead of an attribute."""
    name, imported = wanted.name, Import(wanted.module, wanted.name)
    found = place.node((cst.ImportFrom, cst.Attribute))
    if isinstance(found, cst.Attribute):
        written, imports = use(place, imported)
        return Change({found: place.tree.instead(found, written)}, imports)
    if not isinstance(found, cst.ImportFrom) or isinstance(found.names, cst.ImportStar):
        raise Refused("the import names nothing")
    statement = place.tree.around(found)[-1]
    if any(alias.evaluated_name == name and alias.asname for alias in found.names):
        raise Refused("it is imported under another name")
    if not isinstance(statement, cst.SimpleStatementLine) or place.tree.around(statement) != [place.tree.module]:
        raise Refused("it is imported in a block")
    kept = [alias for alias in found.names if alias.evaluated_name != name]
    if not kept and statement.trailing_whitespace.comment is None:
        return Change({statement: cst.RemoveFromParent()}, (imported,))
    if not kept:
        return Change({found: found.with_changes(module=place.tree.expression(wanted.module))})
    if kept[-1] is not found.names[-1]:
        kept[-1] = kept[-1].with_changes(comma=found.names[-1].comma)
    return Change({found: found.with_changes(names=kept)}, (imported,))
