"""An argument that is given as an option goes into ``kwargs``: ``apply_async(kwargs={"force": True})``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from flake8_aa_celery.fixes import Change, Refused
from flake8_aa_celery.fixes._calls import quote_of, without_arguments
from flake8_aa_celery.fixes.add_key import with_key

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import OptionIntoKwargs


def rewrite(place: Place, wanted: OptionIntoKwargs) -> Change:
    """Put it into the ``kwargs`` that are there, or in their place."""
    tree, call = place.tree, place.at(wanted.call, cst.Call)
    index = _index_of(call, wanted.name)
    code = tree.code(call.args[index].value)
    if wanted.kwargs is None:
        quote = quote_of(tree)
        kwargs = tree.expression(f"{{{quote}{wanted.name}{quote}: {code}}}")
        named = call.args[index].with_changes(keyword=cst.Name("kwargs"), value=kwargs)
        return Change({call: call.with_changes(args=[*call.args[:index], named, *call.args[index + 1 :]])})
    found = place.at(wanted.kwargs, cst.Dict)

    def without_option(changed: Any) -> cst.CSTNode:
        return without_arguments(changed, [_index_of(changed, wanted.name)])

    return Change({found: with_key(tree, found, wanted.name, code), call: without_option})


def _index_of(call: cst.Call, name: str) -> int:
    for index, argument in enumerate(call.args):
        if argument.keyword is not None and argument.keyword.value == name:
            return index
    raise Refused(f"`{name}` is not written here")
