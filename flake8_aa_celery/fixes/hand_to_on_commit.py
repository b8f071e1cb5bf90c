"""A task is sent after the commit: ``t.delay(x)`` becomes ``transaction.on_commit(partial(t.delay, x))``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change, Import
from flake8_aa_celery.fixes._names import use
from flake8_aa_celery.fixes.send_on_commit import partial_of

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import HandToOnCommit


def rewrite(place: Place, _wanted: HandToOnCommit) -> Change:
    """Hand the call to ``on_commit``."""
    call = place.node(cst.Call)
    written, imports = use(place, Import("django.db", "transaction"))
    partial, more = partial_of(call, place)
    function = place.tree.expression(f"{written}.on_commit")
    handed = cst.Call(function, [cst.Arg(partial)], lpar=call.lpar, rpar=call.rpar)
    return Change({call: handed}, (*imports, *more))
