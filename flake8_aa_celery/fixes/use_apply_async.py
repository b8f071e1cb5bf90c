"""``t.delay(x)`` becomes ``t.apply_async(args=[x], priority=7)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change
from flake8_aa_celery.fixes._calls import to_apply_async

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import UseApplyAsync


def rewrite(place: Place, wanted: UseApplyAsync) -> Change:
    """Put the arguments of the task into ``args`` and ``kwargs``."""
    call = place.node(cst.Call)
    return Change({call: to_apply_async(place.tree, call, wanted.options, wanted.moved)})
