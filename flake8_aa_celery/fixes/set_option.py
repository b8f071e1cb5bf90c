"""A call or decorator gets a keyword argument, or another value for one that it has: ``@shared_task(bind=True)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from flake8_aa_celery.fixes import Change
from flake8_aa_celery.fixes._calls import called_with, with_keyword

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flake8_aa_celery.fixes._tree import Place


def rewrite(place: Place, arguments: Mapping[str, Any]) -> Change:
    """Set an option of the call or decorator at the violation, or of the one at the ``spot`` of the arguments.

    :param arguments: ``name`` and ``code`` of the option; ``spot`` where the call is elsewhere; ``first`` where the
        option is best put before the others.
    """
    spot = arguments.get("spot")
    kinds = (cst.Call, cst.Attribute, cst.Name)
    found = place.at(spot, kinds) if spot else place.node(kinds)
    name, code = arguments["name"], arguments["code"]
    if not isinstance(found, cst.Call):
        return Change({found: called_with(place.tree, found, name, code)})
    return Change({found: with_keyword(place.tree, found, name, code, first=arguments.get("first", False))})
