"""django-esi, the client of EVE Online's API: https://django-esi.readthedocs.io"""

from __future__ import annotations

import ast
import re

#: An operation: ``client.Character.get_characters_character_id`` or, newer, ``GetCharactersCharacterId``.
_OPERATION = r"(get|post|put|delete)_[a-z_]+|(Get|Post|Put|Delete)[A-Z]\w*"
#: The methods of an operation that wait for the answer.
RESULTS = frozenset({"result", "results"})
#: Where the classes of clients and operations come from.
CLASSES = ("esi.clients.", "esi.openapi_clients.")
#: Decorators that hand on every argument as it is.
HANDS_ON = frozenset({"esi.decorators.rate_limit_retry_task", "esi.decorators.rate_limited_task"})


def operation(node: ast.expr) -> str:
    """The operation of a call ``….Character.GetCharactersCharacterId(…)``; empty for any other expression."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return ""
    function = node.func
    if not isinstance(function.value, ast.Attribute) or not function.value.attr[:1].isupper():
        return ""
    return function.attr if re.fullmatch(_OPERATION, function.attr) else ""
