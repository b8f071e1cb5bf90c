"""A decorator loses an option: ``@shared_task(bind=True)`` becomes ``@shared_task``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change, Refused
from flake8_aa_celery.fixes._calls import without_arguments

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import DropOption


def rewrite(place: Place, wanted: DropOption) -> Change:
    """Take out an option that is written there."""
    call = place.at(wanted.spot, cst.Call)
    written = [i for i, argument in enumerate(call.args) if argument.keyword and argument.keyword.value == wanted.name]
    if not written:
        raise Refused(f"`{wanted.name}` is not written here")
    fewer = without_arguments(call, written)
    if fewer.args:
        return Change({call: fewer})
    return Change({call: call.func.with_changes(lpar=call.lpar, rpar=call.rpar)})
