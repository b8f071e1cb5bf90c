"""What a function of the project is handed wherever it is called."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.files import modules_with
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import positional_parameters
from flake8_aa_celery.model.resolve.arguments import by_name

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Scope
    from flake8_aa_celery.model.resolve.values import Entry


def handed_over(name: str, function: Scope) -> list[Entry]:
    """What every call in the project gives a parameter; nothing where one does not, or where not all can be seen.

    Whatever is called by the name of the function counts as a call of it. A function that is not only called, but
    stored or handed on as well, may be called with anything.

    :param name: the parameter.
    """
    node = function.node
    if not isinstance(node, FUNCTIONS) or node.decorator_list or function.parent is None:
        return []
    is_method = function.parent.kind == "class"
    parameters = positional_parameters(node)[1:] if is_method else positional_parameters(node)
    by_keyword = [argument.arg for argument in node.args.kwonlyargs]
    if name not in (*parameters, *by_keyword) or (not is_method and function.parent.kind != "module"):
        return []
    found: list[Entry] = []
    for module in modules_with(function.module.project, lambda data: node.name.encode() in data):
        calls = list(module.calls_of(frozenset({node.name})))
        if not _is_only_called(node.name, {id(call.node.func) for call in calls}, module):
            return []
        for call in calls:
            entry = by_name(call.node, call.site, parameters).get(name)
            if entry is None:
                return []
            found.append(entry)
    return found


def _is_only_called(name: str, called: set[int], module: Module) -> bool:
    """Whether a module does nothing with a name but to import and call it."""
    return all(
        id(node) in called
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.Name) and node.id == name)
        or (isinstance(node, ast.Attribute) and node.attr == name)
        or (isinstance(node, ast.Constant) and node.value == name)
    )
