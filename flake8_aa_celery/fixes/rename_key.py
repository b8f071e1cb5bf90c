"""A key of a dict is called what Celery calls it: ``{"timeout": 60}`` becomes ``{"time_limit": 60}``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change, Refused

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import RenameKey


def rewrite(place: Place, wanted: RenameKey) -> Change:
    """Rename a key of a dict, in the quotes that it has."""
    key = place.at(wanted.spot, cst.BaseExpression)
    quote = place.tree.code(key)[:1]
    if not isinstance(key, cst.SimpleString) or quote not in "\"'":
        raise Refused("the key is no plain text")
    return Change({key: place.tree.instead(key, f"{quote}{wanted.name}{quote}")})
