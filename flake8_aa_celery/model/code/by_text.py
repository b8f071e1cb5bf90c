"""Names that are bound by a text instead of by a statement: ``globals()["x"] = 1``, ``setattr(cls, "x", 1)``."""

from __future__ import annotations

import ast
from typing import NamedTuple

#: What gives the names of a scope as a dict: whoever writes into that binds them.
_OF_THE_MODULE, _OF_THE_SCOPE = frozenset({"globals"}), frozenset({"locals", "vars"})


class Named(NamedTuple):
    """A name of a module, or of the class or module around, that a text gives.

    :param name: empty where the text is not known.
    :param of_module: whether it is one of the module, wherever that is said.
    """

    name: str
    of_module: bool


def named_by_text(node: ast.expr) -> Named | None:
    """The name that ``globals()["x"]`` or ``sys.modules[__name__].x`` is; None for anything else."""
    if isinstance(node, ast.Attribute) and _is_own_module(node.value):
        return Named(node.attr, of_module=True)
    if not isinstance(node, ast.Subscript):
        return None
    of_module = is_namespace(node.value)
    return None if of_module is None else Named(text_in(node.slice), of_module)


def is_namespace(node: ast.expr) -> bool | None:
    """Whether the names of the module are what a dict holds, or (False) those around; None where it is no such dict."""
    if isinstance(node, ast.Attribute) and node.attr == "__dict__" and _is_own_module(node.value):
        return True
    function = node.func if isinstance(node, ast.Call) and not _is_of_something(node) else None
    if not isinstance(function, ast.Name) or function.id not in _OF_THE_MODULE | _OF_THE_SCOPE:
        return None
    return function.id in _OF_THE_MODULE


def set_by_function(call: ast.Call) -> Named | None:
    """The name of the module that ``setattr(sys.modules[__name__], "x", 1)`` binds; None where a call does not."""
    if len(call.args) > 1 and _is_own_module(call.args[0]):
        return Named(text_in(call.args[1]), of_module=True)
    return None


def text_in(node: ast.expr) -> str:
    """What a text literal says; empty for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _is_of_something(call: ast.Call) -> bool:
    """``vars(x)``: what ``x`` holds, unless that is the module itself."""
    return bool(call.args) and not _is_own_module(call.args[0])


def _is_own_module(node: ast.expr) -> bool:
    """``sys.modules[__name__]``."""
    return isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name) and node.slice.id == "__name__"
