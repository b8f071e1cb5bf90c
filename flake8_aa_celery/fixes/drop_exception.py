"""A retry is no longer given an exception: ``self.retry(exc=error)`` becomes ``self.retry()``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst
from libcst import matchers as m

from flake8_aa_celery.fixes import Change, Refused
from flake8_aa_celery.fixes._calls import without_arguments

if TYPE_CHECKING:
    from flake8_aa_celery.fixes import New
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import DropException


def rewrite(place: Place, wanted: DropException) -> Change:
    """Take out ``exc``, and the name of the exception in its handler where nothing else uses that."""
    call = place.at(wanted.spot, cst.Call)
    written = [i for i, argument in enumerate(call.args) if argument.keyword and argument.keyword.value == "exc"]
    if not written:
        raise Refused("`exc` is not written here")
    nodes: dict[cst.CSTNode, New] = {call: without_arguments(call, written)}
    value = call.args[written[0]].value
    if isinstance(value, cst.Name):
        for around in reversed(place.tree.around(call)):
            if isinstance(around, cst.ExceptHandler) and around.name and _binds(around.name, value.value):
                if len(m.findall(around.body, m.Name(value.value))) == 1:
                    nodes[around.name] = cst.RemoveFromParent()
                break
    return Change(nodes)


def _binds(name: cst.AsName, wanted: str) -> bool:
    return isinstance(name.name, cst.Name) and name.name.value == wanted
