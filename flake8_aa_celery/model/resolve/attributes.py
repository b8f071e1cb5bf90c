"""What the attributes of a class, of an instance, of a manager are."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import last_part
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import bases_in, positional_parameters
from flake8_aa_celery.model.knowledge import django, standard_library
from flake8_aa_celery.model.resolve import models
from flake8_aa_celery.model.resolve.annotations import value_of_annotation
from flake8_aa_celery.model.resolve.bindings import common, value_of_name
from flake8_aa_celery.model.resolve.classes import lineage, mro
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.returns import returned
from flake8_aa_celery.model.resolve.values import (
    UNKNOWN,
    App,
    BoundMethod,
    Class,
    Constant,
    Function,
    Instance,
    Items,
    Mapping,
    Registrar,
    Rows,
    RowsMethod,
    Super,
    Value,
)

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.scopes import FunctionNode, Scope, Site

#: Decorators that make a property of a method.
_PROPERTIES = standard_library.PROPERTIES | {django.CACHED_PROPERTY}
#: Decorators of methods by what they make of them.
_STATIC, _OF_CLASS = "builtins.staticmethod", "builtins.classmethod"
#: Bases of enums: whether a member is a value of its own, or merely has one.
_ENUMS = {
    **dict.fromkeys(("IntEnum", "IntegerChoices", "StrEnum", "TextChoices", "IntFlag", "int", "str"), "typed"),
    **dict.fromkeys(("Enum", "Flag"), "plain"),
}


def attribute_of(base: Value, name: str, site: Site) -> Value | None:
    """What an attribute of something of the project is; None where the thing is none of these.

    :param site: where it is asked for.
    """
    if isinstance(base, Class):
        return UNKNOWN if name in site.module.scopes.stored_attributes else of_class(base, name)
    if isinstance(base, Instance):
        return _of_instance(base, name)
    if isinstance(base, Rows):
        return _of_rows(base, name)
    if isinstance(base, Super):
        return _after(base, name)
    if isinstance(base, App) and name == "task":
        return Registrar("app", Mapping({}))
    return None


# -- of an instance ---------------------------------------------------------------------------------------------


def _of_instance(owner: Instance, name: str) -> Value:
    classes = mro(owner.of)
    for found in classes:
        if name in found.scope.bindings:
            value = _bound(found, name, owner)
            is_overridden = not owner.is_exact or any(name in _stores(each.scope) for each in classes)
            # a class that is derived from it may say otherwise
            return UNKNOWN if is_overridden and isinstance(value, (Constant, Items, Mapping)) else value
    for found in classes:
        stored = _stored(found, name)
        if stored is not None:
            return stored
    for found in classes:
        annotation = _annotations(found.scope).get(name)
        if annotation is not None and found.scope.block.site is not None:
            return value_of_annotation(annotation, found.scope.block.site)
    return models.related(owner.of, name) if models.is_model(owner.of) else UNKNOWN


def _bound(owner: Class, name: str, receiver: Value) -> Value:
    """What a name of a class is to an instance of it, or of a class that inherits it."""
    bindings = owner.scope.bindings[name]
    first = bindings[0]
    if isinstance(first.node, FUNCTIONS):
        return _method(first.node, first.site, receiver, alone=len(bindings) == 1)
    if len(bindings) > 1:
        return UNKNOWN
    value = value_of_name(name, bindings)
    if models.is_model(owner):
        return models.of_field(value, first.value, first.site, owner)
    if isinstance(value, Function):
        return BoundMethod(value, receiver)
    return value


def _method(node: FunctionNode, site: Site, receiver: Value, *, alone: bool) -> Value:
    """What a function in the body of a class is to its instance.

    :param alone: whether nothing else binds its name: otherwise it may be a property with its setter.
    """
    decorators = {site.module.origin(decorator, site) for decorator in node.decorator_list}
    function = Function(node, site)
    if not decorators.isdisjoint(_PROPERTIES):
        return returned(BoundMethod(function, receiver), None, site)
    if not alone:
        return UNKNOWN
    if _STATIC in decorators:
        return value_of_name(node.name, site.scope.bindings[node.name]) if len(decorators) > 1 else function
    if _OF_CLASS in decorators:
        return BoundMethod(function, receiver.of if isinstance(receiver, Instance) else receiver)
    return BoundMethod(function, receiver)


@fact
def _annotations(scope: Scope) -> dict[str, ast.expr]:
    """The annotations in the body of a class, by the names that they stand at."""
    body = scope.node.body if isinstance(scope.node, ast.ClassDef) else []
    return {
        statement.target.id: statement.annotation
        for statement in body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    }


def _stored(owner: Class, name: str) -> Value | None:
    """What the methods of a class store in an attribute of ``self``; None where they do not."""
    stored = _stores(owner.scope).get(name)
    if stored is None:
        return None
    values = [value_of(expression, site) for expression, site in stored]
    known = [value for value in values if not (isinstance(value, Constant) and value.value is None)]
    return common(known) if known else values[0]


@fact
def _stores(scope: Scope) -> dict[str, list[tuple[ast.expr, Site]]]:
    """What the methods of a class store in attributes of ``self``, by the names of these."""
    found: dict[str, list[tuple[ast.expr, Site]]] = {}
    for method in scope.children:
        if not isinstance(method.node, FUNCTIONS):
            continue
        receiver = positional_parameters(method.node)[:1]
        for store in method.stores:
            target = store.target
            if (
                isinstance(target, ast.Attribute)
                and isinstance(target.value, ast.Name)
                and [target.value.id] == receiver
            ):
                found.setdefault(target.attr, []).append((store.value, store.site))
    return found


def _after(base: Super, name: str) -> Value:
    """What an attribute of ``super()`` is."""
    owner = base.receiver.of if isinstance(base.receiver, Instance) else base.receiver
    classes = models.classes_of(owner) if isinstance(owner, Rows) else mro(owner) if isinstance(owner, Class) else []
    nodes = [found.node for found in classes]
    following = classes[nodes.index(base.after.node) + 1 :] if base.after.node in nodes else mro(base.after)[1:]
    for found in following:
        if name in found.scope.bindings:
            return _bound(found, name, base.receiver)
    return RowsMethod(owner, name) if isinstance(owner, Rows) else UNKNOWN


# -- of a manager or queryset -----------------------------------------------------------------------------------


def _of_rows(owner: Rows, name: str) -> Value:
    for found in models.classes_of(owner):
        if name in found.scope.bindings:
            return _bound(found, name, owner)
    for found in models.classes_of(owner):
        stored = _stored(found, name)
        if stored is not None:
            return stored
    if name == "model" and owner.model is not None:
        return owner.model
    return RowsMethod(owner, name)


# -- of a class -------------------------------------------------------------------------------------------------


def of_class(owner: Class, name: str) -> Value:
    """An attribute of a class, its own or inherited from a class of the project."""
    value = _of_class(owner, name)
    if value is UNKNOWN:
        return models.default_manager(owner, name)
    if isinstance(value, Function) and len(value.node.decorator_list) == 1:
        decorator = value.node.decorator_list[0]
        if value.site.module.origin(decorator, value.site) == _OF_CLASS:
            return BoundMethod(value, owner)
    return models.as_manager(value, owner)


def _of_class(owner: Class, name: str) -> Value:
    hidden = False
    for found in mro(owner):
        if name in found.scope.bindings:
            # the member of an enum is no number unless the enum is one of numbers
            value = UNKNOWN if enum_kind(owner) == "plain" else own_attribute(found, name)
            return value if not hidden or isinstance(value, (Function, Instance, Rows)) else UNKNOWN
        # what cannot be read may have that attribute, and goes before the rest
        hidden = hidden or not all(isinstance(value_of(base, found.site), Class) for base in bases_in(found.node))
    return UNKNOWN


def own_attribute(owner: Class, name: str) -> Value:
    """What the body of a class binds a name to, where nothing else sets it."""
    bindings = owner.scope.bindings.get(name, [])
    if len(bindings) != 1 or name in owner.module.scopes.stored_attributes:
        return UNKNOWN
    return value_of_name(name, bindings)


def enum_kind(owner: Class) -> str | None:
    """Whether the members of a class are numbers or texts of their own ("typed") or not ("plain"); None for no enum."""
    kinds = {_ENUMS.get(last_part(origin)) for origin in lineage(owner).origins}
    return next((kind for kind in ("typed", "plain") if kind in kinds), None)
