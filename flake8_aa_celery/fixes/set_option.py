"""A call or decorator gets a keyword argument, or another value for one that it has: ``@shared_task(bind=True)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change
from flake8_aa_celery.fixes._calls import called_with, with_keyword

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import SetOption


def rewrite(place: Place, wanted: SetOption) -> Change:
    """Set an option of a call or decorator."""
    kinds = (cst.Call, cst.Attribute, cst.Name)
    found = place.at(wanted.spot, kinds) if wanted.spot else place.node(kinds)
    name, code = wanted.name, wanted.code
    if not isinstance(found, cst.Call):
        return Change({found: called_with(place.tree, found, name, code)})
    return Change({found: with_keyword(place.tree, found, name, code, first=wanted.first)})
