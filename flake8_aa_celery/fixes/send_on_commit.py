"""A task is sent after the commit: ``on_commit(lambda: t.delay(x))`` becomes ``t.delay_on_commit(x)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change, Import, Refused
from flake8_aa_celery.fixes._names import use

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import SendOnCommit


def rewrite(place: Place, wanted: SendOnCommit) -> Change:
    """Call the method that waits for the commit, or hand over a ``partial``."""
    call, registration = place.at(wanted.call, cst.Call), place.at(wanted.registration, cst.Call)
    if wanted.method:
        if not isinstance(call.func, cst.Attribute):
            raise Refused("no method is called")
        function = call.func.with_changes(attr=cst.Name(wanted.method))
        return Change({registration: call.with_changes(func=function, lpar=registration.lpar, rpar=registration.rpar)})
    partial, imports = partial_of(call, place)
    handed = registration.args[0].with_changes(value=partial)
    return Change({registration: registration.with_changes(args=[handed, *registration.args[1:]])}, imports)


def partial_of(call: cst.Call, place: Place) -> tuple[cst.Call, tuple[Import, ...]]:
    """``partial(t.delay, x)`` of ``t.delay(x)``, and what has to be imported for it.

    :raises Refused: where ``partial`` means something else.
    """
    written, imports = use(place, Import("functools", "partial"))
    bare = call.func.with_changes(lpar=[], rpar=[])
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")) if call.args else cst.MaybeSentinel.DEFAULT
    function = place.tree.expression(written)
    return call.with_changes(func=function, args=[cst.Arg(bare, comma=comma), *call.args], lpar=[], rpar=[]), imports
