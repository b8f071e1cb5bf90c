"""An option is called what Celery calls it: ``timeout=60`` becomes ``time_limit=60``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change, Refused

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import RenameOption


def rewrite(place: Place, wanted: RenameOption) -> Change:
    """Rename a keyword of a call."""
    argument = place.tree.around(place.at(wanted.spot, cst.BaseExpression))[-1]
    if not isinstance(argument, cst.Arg) or argument.keyword is None or argument.keyword.value != wanted.old:
        raise Refused("the option is not written there")
    return Change({argument.keyword: cst.Name(wanted.new)})
