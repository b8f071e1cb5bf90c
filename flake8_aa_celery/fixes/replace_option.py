"""An option becomes another one: ``eta=datetime.now() + timedelta(minutes=1)`` becomes ``countdown=60``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change, Refused

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import ReplaceOption


def rewrite(place: Place, wanted: ReplaceOption) -> Change:
    """Write another keyword with another value."""
    value = place.at(wanted.spot, cst.BaseExpression)
    argument = place.tree.around(value)[-1]
    if not isinstance(argument, cst.Arg) or argument.keyword is None or argument.keyword.value != wanted.old:
        raise Refused("the option is not written there")
    return Change({argument.keyword: cst.Name(wanted.new), value: place.tree.expression(wanted.code)})
