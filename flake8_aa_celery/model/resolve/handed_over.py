"""Methods that send a task and are handed to something that calls them: ``on_commit(partial(t.delay, 1))``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.scopes import CallSite
from flake8_aa_celery.model.knowledge.celery import DISPATCH_METHODS
from flake8_aa_celery.model.knowledge.django import ON_COMMIT
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.loops import bulk_loop
from flake8_aa_celery.model.resolve.values import Dispatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Block, Site

_ON_COMMIT = frozenset({"on_commit"})
_CALLING = _ON_COMMIT | {"map", "partial"}
_PARTIAL, _MAP = "functools.partial", "builtins.map"


def handed_over_in(module: Module) -> Iterator[tuple[CallSite, Dispatch]]:
    """The dispatches of a module that are made by calling what something is handed, each with its call.

    The calls are as they would stand there, ``t.delay(1)``, at the place of the call that is handed the method. One
    is bulk where ``on_commit`` is handed it in a loop.
    """
    for written, is_sent in _written(module):
        value = value_of(written.node, written.site)
        if isinstance(value, Dispatch):
            value.is_handed_over = True
            value.loop = value.loop if is_sent else None
            yield written, value


@fact
def _written(module: Module) -> list[tuple[CallSite, bool]]:
    """The calls as they would stand there, and whether each certainly is made once for every time it is handed over.

    They are kept: an answer is remembered by the node that it is about.
    """
    found: list[tuple[CallSite, bool]] = []
    for call in module.calls_of(_CALLING):
        first = call.node.args[0] if call.node.args else None
        if isinstance(first, ast.Attribute) and first.attr in DISPATCH_METHODS:
            written = _as_call(call, first)
            is_sent = not _committed(module).keys().isdisjoint((first, call.node))
            found += [(CallSite(written, call.site, first.attr), is_sent)] if written is not None else []
    return found


def loop_of_commit(site: Site) -> Block | None:
    """The loop in which ``on_commit`` is handed the ``lambda`` that a place stands in; None where there is none.

    One without parameters sends the last item each time, which is a greater mistake.
    """
    function = site.scope.node
    if not isinstance(function, ast.Lambda) or not (function.args.args or function.args.kwonlyargs):
        return None
    around = _committed(site.module).get(function)
    return bulk_loop(around) if around is not None else None


@fact
def _committed(module: Module) -> dict[ast.expr, Site]:
    """What each call of ``on_commit`` is handed, with the place of the call."""
    return {
        call.node.args[0]: call.site
        for call in module.calls_of(_ON_COMMIT)
        if call.node.args and module.origin(call.node.func, call.site) == ON_COMMIT
    }


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
