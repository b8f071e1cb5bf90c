"""A decorator loses an option: ``@shared_task(bind=True)`` becomes ``@shared_task``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from flake8_aa_celery.fixes import Change, Refused
from flake8_aa_celery.fixes._calls import without_arguments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flake8_aa_celery.fixes._tree import Place


def rewrite(place: Place, arguments: Mapping[str, Any]) -> Change:
    """Take out an option that is written there.

    :param arguments: its ``name``, and the ``spot`` of the decorator.
    """
    call = place.at(arguments["spot"], cst.Call)
    written = [
        i for i, argument in enumerate(call.args) if argument.keyword and argument.keyword.value == arguments["name"]
    ]
    if not written:
        raise Refused(f"`{arguments['name']}` is not written here")
    fewer = without_arguments(call, written)
    if fewer.args:
        return Change({call: fewer})
    return Change({call: call.func.with_changes(lpar=call.lpar, rpar=call.rpar)})
