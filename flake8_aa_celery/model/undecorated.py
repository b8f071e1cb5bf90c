"""Functions that are called in a way that only tasks can be."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.facts import Function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.facts import Dispatch, Signature
    from flake8_aa_celery.model.module import Module


class UsedAsTask(NamedTuple):
    """A function that no decorator makes a task of, and where it is first used like one.

    :param spelled: how it is used: ``update.delay``.
    """

    function: Function
    node: ast.Call
    spelled: str


def plain_functions_used_as_tasks(module: Module) -> Iterator[UsedAsTask]:
    """Every plain function of which a module calls ``delay``, ``apply_async``, ``s`` or ``si``, once each."""
    uses: list[Dispatch | Signature] = [*module.dispatches, *module.signatures]
    uses.sort(key=lambda use: (use.node.lineno, use.node.col_offset))
    seen: set[ast.AST] = set()
    for use in uses:
        function, call = use.task, use.node
        if isinstance(function, Function) and function.node not in seen:
            seen.add(function.node)
            yield UsedAsTask(function, call, ast.unparse(call.func))
