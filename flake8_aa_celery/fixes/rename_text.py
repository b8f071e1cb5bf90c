"""A text becomes another one, in the quotes that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import RenameText


def rewrite(place: Place, wanted: RenameText) -> Change:
    """Write another text at the violation."""
    old = place.node((cst.SimpleString, cst.ConcatenatedString))
    quote = old.quote if isinstance(old, cst.SimpleString) else '"'
    return Change({old: place.tree.instead(old, f"{quote}{wanted.text}{quote}")})
