"""A call gets a keyword argument whose value is imported: ``@shared_task(base=QueueOnce)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change, Import
from flake8_aa_celery.fixes._calls import with_keyword
from flake8_aa_celery.fixes._names import use

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import SetImportedOption


def rewrite(place: Place, wanted: SetImportedOption) -> Change:
    """Set an option of a call, first of all, and import its value."""
    call = place.at(wanted.spot, cst.Call)
    written, imports = use(place, Import(wanted.module, wanted.imported))
    return Change({call: with_keyword(place.tree, call, wanted.name, written, first=True)}, imports)
