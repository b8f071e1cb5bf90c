"""A text becomes another one, in the quotes that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from flake8_aa_celery.fixes import Change

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flake8_aa_celery.fixes._tree import Place


def rewrite(place: Place, arguments: Mapping[str, Any]) -> Change:
    """Write another text at the violation.

    :param arguments: the ``text``, without anything that would need to be escaped.
    """
    old = place.node((cst.SimpleString, cst.ConcatenatedString))
    quote = old.quote if isinstance(old, cst.SimpleString) else '"'
    return Change({old: place.tree.instead(old, f"{quote}{arguments['text']}{quote}")})
