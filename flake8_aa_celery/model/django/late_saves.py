"""Rows that are saved after a task was sent their keys."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import dotted_name, reaching, scope_of
from flake8_aa_celery.model.code.syntax import keyword_of
from flake8_aa_celery.model.django import transactions
from flake8_aa_celery.model.resolve import arguments
from flake8_aa_celery.model.resolve.occurrences import dispatches_of
from flake8_aa_celery.model.resolve.values import Signature, Workflow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import CallSite, Site
    from flake8_aa_celery.model.resolve.values import Dispatch, Value

_KEYS = frozenset({"id", "pk"})
#: What a key is turned into on its way.
_CONVERSIONS = frozenset({"builtins.int", "builtins.str"})
_SAVES = frozenset({"asave", "save"})
_READS_AGAIN = frozenset({"arefresh_from_db", "refresh_from_db"})


class LateSave(NamedTuple):
    """A row that is saved as a whole after its key was sent.

    :param node: the call that saves it.
    :param row: what holds it: ``owner``, ``self.object``.
    :param dispatch: what was sent its key.
    """

    node: ast.Call
    row: str
    dispatch: Dispatch


@fact
def late_saves_of(module: Module) -> list[LateSave]:
    """Every such call, once, with the first dispatch before it."""
    found: dict[int, LateSave] = {}
    for dispatch in dispatches_of(module):
        if not transactions.waits_for_commit(dispatch) and transactions.around(dispatch.site) is None:
            for row in dict.fromkeys(_rows_sent(dispatch)):
                call = _saved_after(row, dispatch.site)
                if call is not None:
                    found.setdefault(id(call.node), LateSave(call.node, row, dispatch))
    return list(found.values())


# -- what is sent -------------------------------------------------------------------------------------------------


def _rows_sent(dispatch: Dispatch) -> Iterator[str]:
    """The names of the rows whose keys a dispatch sends."""
    whole: list[Dispatch | Signature] = [dispatch, *_signatures(dispatch.receiver, set())]
    for sent in whole:
        for entry in arguments.each_in(sent):
            row = _row_of(entry.node, entry.site)
            if row is not None and entry.site.scope is dispatch.site.scope:
                yield row


def _signatures(value: Value, seen: set[ast.expr]) -> Iterator[Signature]:
    if isinstance(value, Signature):
        yield value
    elif isinstance(value, Workflow) and value.node not in seen:
        seen.add(value.node)
        for member in value.members.elements:
            yield from _signatures(member.value, seen)


def _row_of(node: ast.expr, site: Site) -> str | None:
    """What holds the row whose key an expression is: ``owner`` of ``owner.pk``, by way of a name or a text too."""
    if isinstance(node, ast.Name):
        bindings = reaching(node.id, site)
        if len(bindings) == 1 and bindings[0].kind == "assign" and bindings[0].value is not None:
            node = bindings[0].value
    if isinstance(node, ast.Call) and len(node.args) == 1 and site.module.origin(node.func, site) in _CONVERSIONS:
        node = node.args[0]
    return dotted_name(node.value) if isinstance(node, ast.Attribute) and node.attr in _KEYS else None


# -- what is saved ------------------------------------------------------------------------------------------------


def _saved_after(row: str, site: Site) -> CallSite | None:
    """The first call in the block of a place, after it, that saves all of a row, if nothing makes it another one."""
    owner = scope_of(row.partition(".")[0], site)
    statements = site.block.body
    if owner is None or site.statement not in statements:
        return None
    following = _reached(statements[statements.index(site.statement) + 1 :])
    later = [call for call in site.scope.calls if call.site.order > site.order and site.block.encloses(call.site.block)]
    for call in later:
        if not _is_within(call.site.statement, following) or _is_bound_between(row, site, call.site):
            return None
        if _is_method(call.node, row, _READS_AGAIN):
            return None
        if _saves_all(call.node, row, site):
            return call
    return None


def _reached(statements: list[ast.stmt]) -> list[ast.stmt]:
    """The statements up to one that leaves the block."""
    for number, statement in enumerate(statements):
        if isinstance(statement, (ast.Break, ast.Continue, ast.Raise, ast.Return)):
            return statements[: number + 1]
    return statements


def _is_within(statement: ast.stmt, statements: list[ast.stmt]) -> bool:
    end = (statements[-1].end_lineno or 0) if statements else 0
    return statement.lineno <= end


def _is_bound_between(row: str, start: Site, end: Site) -> bool:
    """Whether what holds a row is bound to another one between two places."""
    name = row.partition(".")[0]
    owner = scope_of(name, start)
    changes = [binding.site for binding in owner.bindings[name]] if owner is not None else []
    changes += [store.site for store in start.scope.stores if dotted_name(store.target) == row]
    return any(start.order < site.order <= end.order for site in changes)


def _saves_all(call: ast.Call, row: str, site: Site) -> bool:
    """Whether a call saves all fields of a row: ``row.save()``, or ``super().save(…)`` of itself."""
    if keyword_of(call, "update_fields") is not None:
        return False
    if _is_method(call, row, _SAVES):
        return all(keyword.arg is not None for keyword in call.keywords) and not call.args
    function = call.func
    if (
        not isinstance(function, ast.Attribute)
        or function.attr not in _SAVES
        or not isinstance(function.value, ast.Call)
    ):
        return False
    parent = function.value.func
    return isinstance(parent, ast.Name) and parent.id == "super" and _is_itself(row, site)


def _is_method(call: ast.Call, row: str, methods: frozenset[str]) -> bool:
    function = call.func
    return isinstance(function, ast.Attribute) and function.attr in methods and dotted_name(function.value) == row


def _is_itself(row: str, site: Site) -> bool:
    """Whether a name is ``self`` of a method."""
    function = site.scope.function()
    first = function.bindings if function is not None else {}
    return row == "self" and row in first and first[row][0].kind == "parameter"
