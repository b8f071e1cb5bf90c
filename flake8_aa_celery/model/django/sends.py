"""What is sent before a commit: in a transaction that is seen, or while a row is saved, there or further down."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.django import transactions
from flake8_aa_celery.model.django.saving import while_saving
from flake8_aa_celery.model.effects.bodies import Step, callees_of
from flake8_aa_celery.model.effects.graph import Effect, Stage, graph_of
from flake8_aa_celery.model.effects.sending import dispatch_of, sent_name
from flake8_aa_celery.model.resolve.occurrences import dispatches_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import CallSite
    from flake8_aa_celery.model.django.transactions import Transaction
    from flake8_aa_celery.model.resolve.values import Dispatch


class SentInTransaction(NamedTuple):
    """A dispatch that does not wait for the commit of a transaction around it.

    :param dispatch: what is sent.
    :param transaction: the transaction that is seen.
    :param node: where to report it: the dispatch, or the call in the transaction that leads to it.
    :param way: the calls from there on, the last of which sends; empty where the dispatch itself is reported.
    :param others: how many more calls like this lead to the same dispatch in the same function.
    """

    dispatch: Dispatch
    transaction: Transaction
    node: ast.expr
    way: list[Stage]
    others: int = 0


class SentWhileSaving(NamedTuple):
    """A dispatch in a receiver or a ``save`` around which somebody else's transaction may be.

    :param place: what a message calls that.
    :param way: as that of :class:`SentInTransaction`.
    """

    dispatch: Dispatch
    place: str
    node: ast.expr
    way: list[Stage]


@fact
def sent_in_transactions_of(module: Module) -> list[SentInTransaction]:
    """The dispatches of a module in a transaction, and the calls in one that lead to a dispatch.

    Of several calls of a function in another one that lead to the same dispatch it is the first.
    """
    found = [
        SentInTransaction(dispatch, around, dispatch.node, [])
        for dispatch in dispatches_of(module)
        if not transactions.waits_for_commit(dispatch) and (around := transactions.around(dispatch.site)) is not None
    ]
    seen = {id(each.node) for each in found}
    alike: dict[tuple[int, int, str], list[SentInTransaction]] = {}
    for call, around in _calls_in_transactions(module):
        way, dispatch = _way_to_dispatch(call) if id(call.node) not in seen else ([], None)
        if dispatch is not None:
            key = id(transactions.running(call.site)), id(dispatch.node), ast.unparse(call.node.func)
            alike.setdefault(key, []).append(SentInTransaction(dispatch, around, call.node, way))
    return [*found, *(first._replace(others=len(more)) for first, *more in alike.values())]


@fact
def sent_while_saving_of(module: Module) -> list[SentWhileSaving]:
    """The dispatches of a module in what runs while a row is saved, and the calls there that lead to one."""
    found: list[SentWhileSaving] = []
    for dispatch in dispatches_of(module):
        if not transactions.waits_for_commit(dispatch) and transactions.around(dispatch.site) is None:
            place = while_saving(dispatch.site)
            found += [SentWhileSaving(dispatch, place, dispatch.node, [])] if place else []
    seen = {id(each.node) for each in found}
    for call, place in _calls_while_saving(module):
        way, sent = _way_to_dispatch(call) if id(call.node) not in seen else ([], None)
        if sent is not None and transactions.around(call.site) is None:
            found.append(SentWhileSaving(sent, place, call.node, way))
    return found


def _calls_in_transactions(module: Module) -> Iterator[tuple[CallSite, Transaction]]:
    """The calls of a module in a transaction that its own code opens."""
    for scope in module.scopes.all:
        if scope.kind == "function" and transactions.opens_any(scope):
            for part in scope.frame():
                for call in part.calls:
                    around = transactions.around(call.site)
                    if around is not None:
                        yield call, around


def _calls_while_saving(module: Module) -> Iterator[tuple[CallSite, str]]:
    for scope in module.scopes.all:
        if scope.kind == "function" and scope.calls:
            place = while_saving(scope.calls[0].site)
            if place:
                yield from ((call, place) for part in scope.frame() for call in part.calls)


def _way_to_dispatch(call: CallSite) -> tuple[list[Stage], Dispatch | None]:
    """The calls by which a call leads to a dispatch at once, and that one; None where it is one itself or none is."""
    callees = tuple(callees_of(call))
    if not callees:
        return [], None
    way = graph_of(call.site.module.project).way_of(Step(call, callees), SENDS_AT_ONCE)
    return way, dispatch_of(way[-1].step.call) if way else None


def _sent_at_once(step: Step) -> str:
    """What a call sends before a commit; empty where a transaction of its own is around it, which is told there."""
    dispatch = dispatch_of(step.call)
    if dispatch is None or transactions.waits_for_commit(dispatch) or transactions.around(step.call.site) is not None:
        return ""
    return sent_name(dispatch.receiver)


#: A call sends a task without waiting for a commit, or something that it leads to does.
SENDS_AT_ONCE = Effect("sends at once", _sent_at_once)
