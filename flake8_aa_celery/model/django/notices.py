"""What a user is told: by a view's answer, and by what a task reports."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.callees import reached_from
from flake8_aa_celery.model.code.names import dotted_name, last_part
from flake8_aa_celery.model.code.syntax import given_to, is_statement
from flake8_aa_celery.model.knowledge.django import REDIRECTS

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import BlockKind, CallSite, Site
    from flake8_aa_celery.model.django.views import View
    from flake8_aa_celery.model.resolve.values import Task

#: Words in the name of what tells a user something, such as ``messages.success`` and ``notify``.
_TELLING = ("message", "notif")
#: How the key of the user who asked is written.
_USER_KEYS = frozenset({"request.user", "request.user.pk", "request.user.id"})
#: Methods that are given a user and tell nobody: they ask the database, or log.
_HARMLESS = frozenset(
    {"get", "filter", "first", "get_or_create", "select_related", "debug", "info", "warning", "error", "exception"}
)


def tells_user(view: View, module: Module) -> bool:
    """Whether a view may tell the user something: by a message, or by a page or data instead of a redirect."""
    if any(_is_telling(call) or _is_handed_request(call) for call in module.calls_in(view.scope)):
        return True
    answers = [node.value for node, _ in view.scope.returns if node.value is not None]
    return any(not _is_redirect(answer) for answer in answers)


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
