"""What stands at some places gets another name: ``CELERY_BEAT_SCHEDULE["x"]`` becomes ``CELERYBEAT_SCHEDULE["x"]``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change, Refused

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import Rename

_KINDS = (cst.Attribute, cst.Name, cst.SimpleString)


def rewrite(place: Place, wanted: Rename) -> Change:
    """Write the name at each of the places."""
    found = [place.at(spot, _KINDS) for spot in wanted.places]
    return Change({node: _renamed(node, wanted.name) for node in found})


def _renamed(node: cst.BaseExpression, name: str) -> cst.BaseExpression:
    if isinstance(node, cst.Attribute):
        return node.with_changes(attr=node.attr.with_changes(value=name))
    if isinstance(node, cst.Name):
        return node.with_changes(value=name)
    if not isinstance(node, cst.SimpleString) or node.prefix or len(node.quote) > 1:
        raise Refused("the key is no plain text")
    return node.with_changes(value=f"{node.quote}{name}{node.quote}")
