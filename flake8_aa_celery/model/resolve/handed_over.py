"""Methods that send a task and are handed to something that calls them: ``on_commit(partial(t.delay, 1))``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.knowledge.celery import DISPATCH_METHODS
from flake8_aa_celery.model.knowledge.django import ON_COMMIT
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import Dispatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import CallSite, Site

_CALLING = frozenset({"map", "on_commit", "partial"})
_PARTIAL, _MAP = "functools.partial", "builtins.map"


def handed_over_in(module: Module) -> Iterator[Dispatch]:
    """The dispatches of a module that are made by calling what something is handed.

    Their nodes are calls as they would stand there, ``t.delay(1)``, at the place of the call that is handed the method.
    """
    for written, site in _written(module):
        value = value_of(written, site)
        if isinstance(value, Dispatch):
            value.loop, value.is_handed_over = None, True
            yield value


@fact
def _written(module: Module) -> list[tuple[ast.Call, Site]]:
    """The calls as they would stand there. They are kept: an answer is remembered by the node that it is about."""
    found: list[tuple[ast.Call, Site]] = []
    for call in module.calls_of(_CALLING):
        method = call.node.args[0] if call.node.args else None
        if isinstance(method, ast.Attribute) and method.attr in DISPATCH_METHODS:
            written = _as_call(call, method)
            found += [(written, call.site)] if written is not None else []
    return found


def _as_call(call: CallSite, method: ast.Attribute) -> ast.Call | None:
    """The call that is made of what is handed over; None where nothing of the kind is called."""
    called = call.site.module.origin(call.node.func, call.site)
    if called == _PARTIAL:
        arguments, keywords = call.node.args[1:], call.node.keywords
    elif called == ON_COMMIT:
        arguments, keywords = [], []
    elif called == _MAP:
        arguments, keywords = [_item_of(each) for each in call.node.args[1:]], []
    else:
        return None
    return ast.copy_location(ast.Call(method, arguments, keywords), call.node)


def _item_of(iterated: ast.expr) -> ast.expr:
    """One of what is gone over, as an expression."""
    if isinstance(iterated, ast.Starred):
        return iterated
    return ast.copy_location(ast.Subscript(iterated, ast.copy_location(ast.Name("_"), iterated)), iterated)
