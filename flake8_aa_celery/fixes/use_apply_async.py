"""``t.delay(x)`` becomes ``t.apply_async(args=[x], priority=7)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from flake8_aa_celery.fixes import Change
from flake8_aa_celery.fixes._calls import to_apply_async

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flake8_aa_celery.fixes._tree import Place


def rewrite(place: Place, arguments: Mapping[str, Any]) -> Change:
    """Put the arguments of the task into ``args`` and ``kwargs``.

    :param arguments: ``moved``, the keywords that are options of the dispatch; ``options``, the source of further
        ones by their names. Either may be missing.
    """
    call = place.node(cst.Call)
    new = to_apply_async(place.tree, call, arguments.get("options", {}), arguments.get("moved", ()))
    return Change({call: new})
