"""Which functions Django's admin runs, and on which rows."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.names import dotted_name, last_part, reaching, scope_of
from flake8_aa_celery.model.code.scopes import COMPREHENSIONS, FUNCTIONS
from flake8_aa_celery.model.code.syntax import bases_in, positional_parameters, without_call
from flake8_aa_celery.model.knowledge.django import ADMIN_CLASSES, PICKED_BY, PICKED_ROWS
from flake8_aa_celery.model.resolve.classes import class_around
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import Class

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.scopes import Block, Scope, Site

#: So many classes deep a hierarchy is followed.
_DEEPEST = 10
#: What goes over what it is given.
_SAME_ITEMS = frozenset({"enumerate", "iter", "list", "reversed", "set", "sorted", "tuple"})
#: Through so many names and calls the rows are followed.
_MOST_STEPS = 20


def is_of_admin(function: Scope) -> bool:
    """Whether a function is a method of one of Django's admin classes, or an action in a module of them."""
    owner = class_around(function, function.module)
    return function.module.dotted.rpartition(".")[2] == "admin" if owner is None else _is_derived(owner, ADMIN_CLASSES)


def _is_derived(found: Class, names: tuple[str, ...], depth: int = 0) -> bool:
    """Whether a class is derived from one whose name ends so, by how its bases are called and by what they are."""
    for base in bases_in(found.node):
        if last_part(found.module.origin(base, found.site) or "").endswith(names):
            return True
        value = value_of(base, found.site) if depth < _DEEPEST else None
        if isinstance(value, Class) and value.node is not found.node and _is_derived(value, names, depth + 1):
            return True
    return False


# -- actions ----------------------------------------------------------------------------------------------------


def goes_over_picked_rows(loop: Block) -> bool:
    """Whether a loop or comprehension goes over the rows that a person has picked, and waits for.

    That are the rows of an action of the admin, those that belong to the user of a request
    (``filter(user=request.user)``), the forms of a formset, and what a command is given (``options["ids"]``).
    """
    node = loop.node
    if loop.site is None:
        return False
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return _are_picked(node.iter, loop.site)
    return isinstance(node, COMPREHENSIONS) and _are_picked(node.generators[0].iter, loop.site)


def _are_picked(node: ast.expr, site: Site) -> bool:
    """Whether an expression is made of the rows that an action is given: ``queryset.select_related()``."""
    for _ in range(_MOST_STEPS):
        if isinstance(node, ast.Name):
            bindings = reaching(node.id, site)
            if len(bindings) != 1:
                return False
            (binding,) = bindings
            if binding.kind == "parameter":
                return _is_given_by_person(node.id, scope_of(node.id, site))
            if binding.kind != "assign" or binding.value is None:
                return False
            node, site = binding.value, binding.site
        elif isinstance(node, ast.Call) and _are_of_user(node, site):
            return True
        elif (inner := _gone_over(node)) is not None:
            node = inner
        else:
            return False
    return False


def _gone_over(node: ast.expr) -> ast.expr | None:
    """What an expression takes its items from, one step inwards."""
    if isinstance(node, COMPREHENSIONS):
        return node.generators[0].iter
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name):
            return node.args[0] if node.func.id in _SAME_ITEMS and node.args else None
        return node.func
    return node.value if isinstance(node, (ast.Attribute, ast.Subscript)) else None


def _are_of_user(call: ast.Call, site: Site) -> bool:
    """Whether a call narrows rows to those of the user of a request: ``filter(user=request.user)``."""
    is_filter = isinstance(call.func, ast.Attribute) and call.func.attr == "filter"
    return is_filter and any(_is_user_of_request(word.value, site) for word in call.keywords)


def _is_user_of_request(node: ast.expr, site: Site) -> bool:
    """Whether an expression is the user of a request that its function is given, or something of that user."""
    names = (dotted_name(node) or "").split(".")
    if names[0] == "self":
        return names[1:3] == ["request", "user"]
    bindings = reaching("request", site) if names[:2] == ["request", "user"] else []
    return any(binding.kind == "parameter" for binding in bindings)


def _is_given_by_person(name: str, function: Scope | None) -> bool:
    """Whether a parameter is what a person has picked: rows, forms, or the options of a command."""
    if function is None or not isinstance(function.node, FUNCTIONS):
        return False
    method, bases = PICKED_BY.get(name, ("", ()))
    owner = class_around(function, function.module) if function.node.name == method else None
    return _is_derived(owner, bases) if owner is not None else _is_rows_of_action(name, function)


def _is_rows_of_action(name: str, function: Scope) -> bool:
    """Whether a parameter of a function is what the admin hands to an action: the rows, after the request."""
    if not isinstance(function.node, FUNCTIONS):
        return False
    names = positional_parameters(function.node)
    if "request" not in names[:2] or names[names.index("request") + 1 :] != [name]:
        return False
    return name in PICKED_ROWS or _is_action(function)


def _is_action(function: Scope) -> bool:
    """Whether ``@admin.action`` makes an action of a function, or its class lists it among its ``actions``."""
    node = function.node
    if not isinstance(node, FUNCTIONS):
        return False
    if any(last_part(dotted_name(without_call(part)) or "") == "action" for part in node.decorator_list):
        return True
    owner = class_around(function, function.module)
    listed = owner.scope.bindings.get("actions", []) if owner else []
    return any(
        isinstance(part, ast.Constant) and part.value == node.name
        for binding in listed
        if binding.value is not None
        for part in ast.walk(binding.value)
    )
