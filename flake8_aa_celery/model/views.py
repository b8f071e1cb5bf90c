"""Which functions answer a request, and what they tell the user."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.facts import Class, Task
from flake8_aa_celery.model.logs import called_functions
from flake8_aa_celery.model.names import dotted_name, last_part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.model.scopes import CallSite, FunctionNode, Scope, Site

#: The methods of a class-based view that answer a request.
_METHODS = frozenset({"delete", "dispatch", "form_invalid", "form_valid", "get", "patch", "post", "put"})
_FRAMEWORKS = ("django.", "rest_framework.")
#: What sends the browser elsewhere without saying anything.
_REDIRECTS = frozenset({"redirect", "HttpResponsePermanentRedirect", "HttpResponseRedirect"})
#: Words in the name of what tells a user something, such as ``messages.success`` and ``notify``.
_TELLING = ("message", "notif")
#: How the key of the user who asked is written.
_USER_KEYS = frozenset({"request.user", "request.user.pk", "request.user.id"})
#: Methods that are given a user and tell nobody: they ask the database, or log.
_HARMLESS = frozenset(
    {"get", "filter", "first", "get_or_create", "select_related", "debug", "info", "warning", "error", "exception"}
)


class View(NamedTuple):
    """A function or method that answers a request."""

    node: FunctionNode
    scope: Scope

    @property
    def name(self) -> str:
        """The name of the function."""
        return self.node.name


def views_in(module: Module) -> list[View]:
    """The views of a module: functions whose first parameter is ``request``, and methods of class-based views."""
    return [
        View(node, module.scopes.by_node[node])
        for node, site in module.scopes.functions
        if _is_view(node, site, module) and not _is_task(node, module)
    ]


def _is_view(node: FunctionNode, site: Site, module: Module) -> bool:
    if site.scope.kind == "class":
        return node.name in _METHODS and _is_view_class(site.scope.node, site, module)
    parameters = [*node.args.posonlyargs, *node.args.args]
    if not parameters or parameters[0].arg != "request" or node.name.startswith("_"):
        return False
    # what answers nothing is a helper that was handed the request
    return any(answer.value is not None for answer, _ in module.scopes.by_node[node].returns)


def _is_task(node: FunctionNode, module: Module) -> bool:
    return isinstance(module.functions.get(node), Task)


def _is_view_class(node: ast.AST, site: Site, module: Module, depth: int = 0) -> bool:
    """Whether a class is based on a view of Django, be it through other classes of the project."""
    if not isinstance(node, ast.ClassDef) or depth > 10:
        return False
    outside = module.scopes.by_node[node].block.site or site
    for base in node.bases:
        dotted = module.origin(base, outside) or ""
        if dotted.startswith(_FRAMEWORKS) and last_part(dotted).endswith("View"):
            return True
        value = module.evaluate(base, outside)
        if isinstance(value, Class) and _is_view_class(value.node, value.site, value.module, depth + 1):
            return True
    return False


def view_around(site: Site, module: Module) -> View | None:
    """The view that a place of a module belongs to, if it is part of one's own body."""
    function = site.scope.function()
    return _by_scope(module).get(function) if function else None


@lru_cache(maxsize=2)
def _by_scope(module: Module) -> dict[Scope, View]:
    return {view.scope: view for view in module.views}


def tells_user(view: View, module: Module) -> bool:
    """Whether a view may tell the user something: by a message, or by a page or data instead of a redirect."""
    if any(_is_telling(call) for call in module.calls_in(view.scope)):
        return True
    answers = [node.value for node, _ in view.scope.returns if node.value is not None]
    return any(not _is_redirect(answer) for answer in answers)


def _is_telling(call: CallSite) -> bool:
    name = (dotted_name(call.node.func) or "").lower()
    return any(word in name for word in _TELLING)


def _is_redirect(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call):
        return False
    return last_part(dotted_name(node.func) or "") in _REDIRECTS


def hands_on_user(node: ast.Call) -> bool:
    """Whether a call hands on the user who asked, or that one's key."""
    return any(
        dotted_name(part) in _USER_KEYS
        for argument in (*node.args, *(keyword.value for keyword in node.keywords))
        for part in ast.walk(argument)
        if isinstance(part, ast.Attribute)
    )


def hands_user_elsewhere(task: Task) -> bool:
    """Whether a task gives the user to code of other modules, which may report in its place."""
    users = {name for name in task.parameters.by_position + task.parameters.keyword_only if "user" in name}
    users |= {name for name in task.scope.bindings if "user" in name}
    return any(
        isinstance(argument, ast.Name) and argument.id in users
        for call in task.module.calls_in(task.scope)
        if not _is_telling(call) and not _is_fetch_or_log(call)
        for argument in (*call.node.args, *(keyword.value for keyword in call.node.keywords))
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
    telling = list(_tellings(task.scope, task.module, set()))
    handlers = [site for site in telling if _has_block(site, "handler")]
    return Report(
        on_success=len(handlers) < len(telling),
        on_failure=bool(handlers) or any(_has_block(site, "finally") for site in telling),
    )


def _tellings(scope: Scope, module: Module, seen: set[ast.AST]) -> Iterator[Site]:
    """The places in a function, and in those of its module that it calls, that tell somebody something."""
    seen.add(scope.node)
    yield from (call.site for call in module.calls_in(scope) if _is_telling(call))
    for called in called_functions(scope, module):
        if called.node not in seen:
            yield from _tellings(called, module, seen)


def _has_block(site: Site, kind: str) -> bool:
    return any(block.kind == kind for block in site.block.around())
