"""An option is called what Celery calls it: ``timeout=60`` becomes ``time_limit=60``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from flake8_aa_celery.fixes import Change, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flake8_aa_celery.fixes._tree import Place


def rewrite(place: Place, arguments: Mapping[str, Any]) -> Change:
    """Rename a keyword of a call, or a key of a dict.

    :param arguments: ``old`` and ``new`` name; ``spot``, that of the option's value, or ``key``, that of its key.
    """
    tree, new = place.tree, arguments["new"]
    if "key" in arguments:
        key = place.at(arguments["key"], cst.BaseExpression)
        quote = tree.code(key)[:1]
        if not isinstance(key, cst.SimpleString) or quote not in "\"'":
            raise Refused("the key is no plain text")
        return Change({key: tree.instead(key, f"{quote}{new}{quote}")})
    value = place.at(arguments["spot"], cst.BaseExpression)
    argument = tree.around(value)[-1]
    if not isinstance(argument, cst.Arg) or argument.keyword is None or argument.keyword.value != arguments["old"]:
        raise Refused("the option is not written there")
    return Change({argument.keyword: cst.Name(new)})
