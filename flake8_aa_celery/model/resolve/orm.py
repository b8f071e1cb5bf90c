"""What Django's ORM and its views hand out: querysets, instances of models, the request."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.names import dotted_name, last_part, origin
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import has_attribute, positional_parameters, without_call
from flake8_aa_celery.model.knowledge import django
from flake8_aa_celery.model.resolve.classes import class_around, lineage
from flake8_aa_celery.model.resolve.signals import signals_of
from flake8_aa_celery.model.resolve.task_functions import function_of
from flake8_aa_celery.model.resolve.values import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Binding, FunctionNode, Scope, Site
    from flake8_aa_celery.model.resolve.values import Class

    KindOf = Callable[[ast.expr], str | None]

LIST_OF_INSTANCES = "a list of model instances"
INSTANCE, QUERYSET, REQUEST = "a model instance", "a queryset", "the request"
SESSION, FILES, UPLOAD = "the session", "uploaded files", "an uploaded file"
SET, CLASS, INSTANCES_BY_KEY = "a set", "a class", "a dict of model instances"
#: A queryset whose items are no instances, and an iterator whose items are.
VALUES, ITERATOR = "a queryset of values", "an iterator over a queryset"
QUERYSETS = frozenset({QUERYSET, VALUES})
OF_INSTANCES = frozenset({QUERYSET, ITERATOR})
ITEMS_ARE_INSTANCES = OF_INSTANCES | {LIST_OF_INSTANCES}


#: What other methods of a queryset return.
_OF_QUERYSET = {"iterator": ITERATOR, "in_bulk": INSTANCES_BY_KEY}
_OF_REQUEST = {"FILES": FILES, "session": SESSION}
#: What a receiver of signals of Django's ORM is given by name, and JSON cannot carry.
_OF_SIGNAL = {"instance": INSTANCE, "model": CLASS, "pk_set": SET, "sender": CLASS, "update_fields": SET}


def is_manager(node: ast.expr) -> bool:
    """Whether an expression is the manager of a model: ``Character.objects``."""
    if not isinstance(node, ast.Attribute) or node.attr not in django.DEFAULT_MANAGERS:
        return False
    called = isinstance(node.value, ast.Call)
    owner = last_part(dotted_name(without_call(node.value)) or "")
    return owner in django.MODEL_GETTERS if called else owner == "cls" or owner[:1].isupper()


def returned(method: str, owner: str | None) -> str | None:
    """What a method of a manager or queryset returns: :data:`QUERYSET` stands for both."""
    if method in django.NO_INSTANCES:
        return VALUES
    if method in django.ROWS_AGAIN:
        return owner
    if owner == QUERYSET:
        return INSTANCE if method in django.ONE_ROW else _OF_QUERYSET.get(method)
    return None


def of_request(attribute: str) -> str | None:
    """What an attribute of a request is."""
    return _OF_REQUEST.get(attribute)


def is_related(node: ast.expr, owner: str | None) -> bool:
    """Whether an expression is what leads from a row to many others: ``user.groups``.

    :param owner: what it is an attribute of.
    """
    if not isinstance(node, ast.Attribute):
        return False
    return owner == INSTANCE or node.attr in django.RELATED or node.attr.endswith("_set")


def unpacked(name: str, binding: Binding, type_of: KindOf) -> str | None:
    """The first of the two things that ``get_or_create`` returns."""
    node = binding.node
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
        return None
    target, function = node.targets[0], node.value.func
    if not isinstance(target, ast.Tuple) or not target.elts or not isinstance(function, ast.Attribute):
        return None
    first = target.elts[0]
    if not isinstance(first, ast.Name) or first.id != name or function.attr not in django.ROW_AND_FLAG:
        return None
    return INSTANCE if is_manager(function.value) or type_of(function.value) == QUERYSET else None


def asks_database(node: ast.expr) -> bool:
    """Whether an expression asks the database for something: ``Owner.objects.filter(…).first()``."""
    if isinstance(node, ast.IfExp):
        return all(isinstance(part, ast.Constant) or asks_database(part) for part in (node.body, node.orelse))
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name):
        return node.func.id in django.FETCHES
    if not isinstance(node.func, ast.Attribute):
        return False
    method = node.func.attr
    if method in django.QUERIES or (method.startswith("get") and _starts_with_class(node)):
        return True
    return any(has_attribute(node.func, manager) for manager in django.DEFAULT_MANAGERS)


def _starts_with_class(node: ast.expr) -> bool:
    """Whether it is a class by its name that is asked: ``Owner.active.get(…)``."""
    while isinstance(node, (ast.Call, ast.Attribute)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return isinstance(node, ast.Name) and node.id[:1].isupper() and not node.id.isupper()


def is_model(owner: Class) -> bool:
    """Whether a class of the project is a model, by what it is derived from."""
    return not django.MODELS.isdisjoint(lineage(owner).origins)


def is_current_user(node: ast.Attribute, site: Site, type_of: KindOf) -> bool:
    """Whether an expression is ``request.user`` or, in a class-based view, ``self.request.user``."""
    if node.attr != "user":
        return False
    if dotted_name(node) == "self.request.user" and class_around(site.scope.function(), site.module) is not None:
        return True
    return type_of(node.value) == REQUEST


def parameter(name: str, scope: Scope | None, module: Module) -> str | None:
    """What a parameter is by the function that it belongs to: a view's request, a receiver's instance, a model."""
    if scope is None or not isinstance(scope.node, FUNCTIONS):
        return None
    node, site = scope.node, scope.block.site
    if site is None or isinstance(function_of(node, site), Task):
        return None  # a task is given what JSON carries
    names = positional_parameters(node)
    if name in ("request", django.ADMIN_ACTION):
        return _of_view(name, names, node)
    if name == "instance" and any(receiver_decorators(node, site)):
        return INSTANCE
    if name in _OF_SIGNAL and signals_of(node, site):
        return _OF_SIGNAL[name]
    return _self(scope, node) if names[:1] == [name] else None


def of_keywords(key: str, name: str, scope: Scope | None) -> str | None:
    """What a receiver of signals of Django's ORM is given by a name among its ``**kwargs``.

    :param name: what it calls them.
    """
    node = scope.node if scope is not None else None
    if scope is None or not isinstance(node, FUNCTIONS) or node.args.kwarg is None or node.args.kwarg.arg != name:
        return None
    site = scope.block.site
    return _OF_SIGNAL.get(key) if site is not None and signals_of(node, site) else None


def _of_view(name: str, names: list[str], node: FunctionNode) -> str | None:
    if "request" not in names[:2] or any(_is_annotated_otherwise(known, node) for known in ("request", name)):
        return None
    if name == "request":
        return REQUEST
    return QUERYSET if names[names.index("request") + 1 :][:1] == [name] else None


def _is_annotated_otherwise(name: str, node: FunctionNode) -> bool:
    for argument in (*node.args.posonlyargs, *node.args.args):
        if argument.arg == name and argument.annotation is not None:
            written = ast.unparse(argument.annotation)
            return ("Request" if name == "request" else "QuerySet") not in written
    return False


def receiver_decorators(function: FunctionNode, site: Site) -> Iterator[ast.Call]:
    """The ``@receiver(…)`` by which a function is connected to signals."""
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and origin(decorator.func, site) in django.RECEIVERS:
            yield decorator


def _self(scope: Scope, node: FunctionNode) -> str | None:
    """``self`` in a method of a model."""
    owner = class_around(scope, scope.module)
    if owner is None:
        return None
    decorated = {last_part(origin(decorator, owner.site) or "") for decorator in node.decorator_list}
    if not decorated.isdisjoint({"staticmethod", "classmethod"}):
        return None
    return INSTANCE if is_model(owner) else None
