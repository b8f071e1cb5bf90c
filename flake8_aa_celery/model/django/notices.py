"""What a user is told: by a view's answer, and by what a task reports."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.callees import reached_from
from flake8_aa_celery.model.code.names import dotted_name, last_part, other_branch
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import bodies_of, given_to, is_statement
from flake8_aa_celery.model.knowledge.django import REDIRECTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.scopes import Block, BlockKind, CallSite, Scope, Site
    from flake8_aa_celery.model.django.views import View
    from flake8_aa_celery.model.resolve.values import Dispatch, Task

#: Words in the name of what tells a user something, such as ``messages.success`` and ``notify``.
_TELLING = ("message", "notif")
#: How the key of the user who asked is written.
_USER_KEYS = frozenset({"request.user", "request.user.pk", "request.user.id"})
#: Methods that are given a user and tell nobody: they ask the database, or log.
_HARMLESS = frozenset(
    {"get", "filter", "first", "get_or_create", "select_related", "debug", "info", "warning", "error", "exception"}
)


def tells_user(view: View, dispatch: Dispatch) -> bool:
    """Whether a view may tell the user something on the way that a dispatch in it takes.

    By a message, or by a page or data instead of a redirect.
    """
    answers, end = _answers_after(dispatch.site, view.scope)
    if not answers or any(not _is_redirect(answer) for answer in answers):
        return True
    calls = view.scope.module.calls_in(view.scope)
    return any(
        (_is_telling(call) or _is_handed_request(call)) and _is_on_way(call.site, dispatch.site, end) for call in calls
    )


def _answers_after(site: Site, function: Scope) -> tuple[list[ast.expr], int | None]:
    """What a function may answer after a place, and the order of the statement that ends it; None where none does."""
    if isinstance(site.statement, ast.Return):
        return ([site.statement.value] if site.statement.value else []), site.order
    orders = {id(node): place.order for node, place in function.returns}
    found: list[ast.expr] = []
    statement, block = site.statement, site.block
    while True:
        for following in _following(statement, block):
            returns = [part for part in _statements(following) if isinstance(part, ast.Return)]
            found += [part.value for part in returns if part.value is not None]
            if isinstance(following, ast.Return):
                return found, orders.get(id(following))
            if isinstance(following, ast.Raise):
                return found, None
        if block.node is function.node or block.site is None or block.parent is None:
            return found, None
        statement, block = block.site.statement, block.parent


def _following(statement: ast.stmt, block: Block) -> list[ast.stmt]:
    """The statements after one in its block; of the body of a ``try`` with those of its ``else``."""
    body = block.body
    following = body[body.index(statement) + 1 :] if statement in body else []
    return following + block.node.orelse if block.kind == "try" and isinstance(block.node, ast.Try) else following


def _statements(statement: ast.stmt) -> Iterator[ast.stmt]:
    """A statement and those in it that run as part of it."""
    waiting = [statement]
    while waiting:
        found = waiting.pop()
        if not isinstance(found, (*FUNCTIONS, ast.ClassDef)):
            yield found
            waiting += [each for body in bodies_of(found) for each in body][::-1]


def _is_on_way(site: Site, dispatch: Site, end: int | None) -> bool:
    """Whether a place is passed before or after a dispatch.

    :param end: the order of the statement that ends the function after the dispatch; None for its last one.
    """
    if end is not None and site.order > end:
        return False
    for block in site.block.around():
        if block.encloses(dispatch.block):
            return not other_branch(site.block, dispatch.block)
        if block.kind == "handler" or (site.order < dispatch.order and _leaves(block)):
            return False
    return True


def _leaves(block: Block) -> bool:
    """Whether a block ends the function."""
    return bool(block.body) and isinstance(block.body[-1], (ast.Return, ast.Raise))


def _is_telling(call: CallSite) -> bool:
    name = (dotted_name(call.node.func) or "").lower()
    return any(word in name for word in _TELLING)


def _is_handed_request(call: CallSite) -> bool:
    """Whether a call does something for a view that is handed the request, and so may speak to the user."""
    is_done = is_statement(call.node, call.site)
    return is_done and any(isinstance(part, ast.Name) and part.id == "request" for part in given_to(call.node))


def _is_redirect(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and last_part(dotted_name(node.func) or "") in REDIRECTS


def hands_on_user(node: ast.Call) -> bool:
    """Whether a call hands on the user who asked, or that one's key."""
    return any(
        dotted_name(part) in _USER_KEYS
        for argument in given_to(node)
        for part in ast.walk(argument)
        if isinstance(part, ast.Attribute)
    )


def hands_user_elsewhere(task: Task) -> bool:
    """Whether a task gives the user to code of other modules, which may report in its place."""
    users = {name for name in task.scope.bindings if "user" in name}
    return any(
        isinstance(argument, ast.Name) and argument.id in users
        for call in task.module.calls_in(task.scope)
        if not _is_telling(call) and not _is_fetch_or_log(call)
        for argument in given_to(call.node)
    )


def _is_fetch_or_log(call: CallSite) -> bool:
    function = call.node.func
    return isinstance(function, ast.Attribute) and function.attr in _HARMLESS


class Report(NamedTuple):
    """Whether a task tells a user how it went."""

    on_success: bool
    on_failure: bool


def report_of(task: Task) -> Report:
    """When a task notifies somebody, by itself or through the functions of its module that it calls."""
    reached = reached_from(task.scope)
    telling = [call.site for scope in reached for call in task.module.calls_in(scope) if _is_telling(call)]
    handlers = [site for site in telling if _has_block(site, "handler")]
    return Report(
        on_success=len(handlers) < len(telling),
        on_failure=bool(handlers) or any(_has_block(site, "finally") for site in telling),
    )


def _has_block(site: Site, kind: BlockKind) -> bool:
    return any(block.kind == kind for block in site.block.around())
