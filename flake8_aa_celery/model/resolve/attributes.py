"""What the attributes of a class, of an instance, of a manager are."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import last_part
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import bases_in, positional_parameters
from flake8_aa_celery.model.knowledge import django, standard_library
from flake8_aa_celery.model.knowledge.celery import TASK
from flake8_aa_celery.model.resolve import models
from flake8_aa_celery.model.resolve.annotations import value_of_annotation
from flake8_aa_celery.model.resolve.applications import has_task_class
from flake8_aa_celery.model.resolve.bindings import common, value_of_name
from flake8_aa_celery.model.resolve.classes import is_reshaped, lineage, mro
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.returns import returned
from flake8_aa_celery.model.resolve.task_classes import is_task
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
    Member,
    Origin,
    Registrar,
    Rows,
    RowsMethod,
    Super,
    Value,
    is_data,
)

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import FunctionNode, Scope, Site

#: Decorators that make a property of a method.
_PROPERTIES = standard_library.PROPERTIES | {django.CACHED_PROPERTY}
#: Decorators of methods by what they make of them.
_STATIC, _OF_CLASS = "builtins.staticmethod", "builtins.classmethod"
#: Bases of enums: what type a member is of, or that it merely has a value.
_ENUMS: dict[str, type] = {
    **dict.fromkeys(("IntEnum", "IntegerChoices", "IntFlag", "int"), int),
    **dict.fromkeys(("StrEnum", "TextChoices", "str"), str),
    **dict.fromkeys(("Enum", "Flag"), object),
}


def attribute_of(base: Value, name: str, site: Site) -> Value | None:
    """What an attribute of something of the project is; None where the thing is none of these.

    :param site: where it is asked for.
    """
    if isinstance(base, Class):
        if name in site.module.scopes.stored_attributes:
            return UNKNOWN
        value = of_class(base, name)
        return UNKNOWN if is_data(value) and is_reshaped(base, site.module) else value
    if name == "app" and is_task(base):
        return App()
    if isinstance(base, Instance):
        value = _of_instance(base, name)
        return UNKNOWN if is_data(value) and _may_be_overridden(base, name, site.module) else value
    if isinstance(base, Rows):
        return _of_rows(base, name)
    if isinstance(base, Super):
        return _after(base, name)
    if isinstance(base, App) and name == "task":
        return Registrar("app", Mapping({}))
    if isinstance(base, App) and name == "Task" and not has_task_class(site.module.project):
        return Origin(TASK)
    return None


# -- of an instance ---------------------------------------------------------------------------------------------


def _of_instance(owner: Instance, name: str) -> Value:
    classes = mro(owner.of)
    for found in classes:
        if name in found.scope.bindings:
            value = _bound(found, name, owner)
            is_overridden = not owner.is_exact or any(name in _stores(each.scope) for each in classes)
            # a class that is derived from it may say otherwise
            return UNKNOWN if is_data(value) and (is_overridden or not _binds_always(found, name)) else value
    for found in classes:
        stored = _stored(found, name)
        if stored is not None:
            return stored
    for found in classes:
        annotation = _annotations(found.scope).get(name)
        if annotation is not None and found.scope.block.site is not None:
            return value_of_annotation(annotation, found.scope.block.site)
    return models.related(owner.of, name) if models.is_model(owner.of) else UNKNOWN


def _may_be_overridden(owner: Instance, name: str, module: Module) -> bool:
    """Whether an instance may have another constant than its class says, as far as two modules tell.

    :param module: the one that asks.
    """
    if name in module.scopes.stored_attributes or is_reshaped(owner.of, module):
        return True
    classes = mro(owner.of)
    if any(name in _annotations(each.scope) for each in classes) and _has_fields(classes):
        return True
    return any(
        "__getattribute__" in each.scope.bindings or name in each.module.scopes.stored_attributes for each in classes
    )


def _has_fields(classes: list[Class]) -> bool:
    """Whether what is annotated in the body of a class may be given to its instances, as by ``@dataclass``."""
    made = any(each.node.decorator_list for each in classes)
    return made or any(origin != "builtins.object" for origin in lineage(classes[0]).origins)


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
            value = own_attribute(found, name)
            kind = enum_kind(owner)
            value = value if kind is None else _member_of_enum(owner, value, kind)
            return value if not hidden or isinstance(value, (Function, Instance, Rows)) else UNKNOWN
        # what cannot be read may have that attribute, and goes before the rest
        hidden = hidden or not all(isinstance(value_of(base, found.site), Class) for base in bases_in(found.node))
    return UNKNOWN


def _member_of_enum(owner: Class, value: Value, kind: type) -> Value:
    """What a member of an enum is whose body binds a name to something: no number unless the enum is one of numbers."""
    if isinstance(value, Function):
        return value
    labelled = value.elements if isinstance(value, Items) and _has_labels(owner) else ()
    if len(labelled) > 1:
        value = labelled[0].value
    if not isinstance(value, Constant) or type(value.value) is not kind or lineage(owner).defines("__new__"):
        return UNKNOWN
    return Member(value.value)


def _has_labels(owner: Class) -> bool:
    """Whether members are written with labels: ``HIGH = 3, "high"`` of Django's choices."""
    return any(last_part(origin) in ("IntegerChoices", "TextChoices") for origin in lineage(owner).origins)


def value_of_member(owner: Class, name: str) -> Value:
    """``HIGH.value`` of an enum; unknown for what is no enum."""
    kind = enum_kind(owner)
    if kind is None or lineage(owner).defines("__new__"):
        return UNKNOWN
    value = own_attribute(owner, name)
    if kind is object:
        return value
    member = _member_of_enum(owner, value, kind)
    return Constant(member.value) if isinstance(member, Constant) else UNKNOWN


def own_attribute(owner: Class, name: str) -> Value:
    """What the body of a class binds a name to, where nothing else sets it."""
    bindings = owner.scope.bindings.get(name, [])
    if len(bindings) != 1 or name in owner.module.scopes.stored_attributes:
        return UNKNOWN
    value = value_of_name(name, bindings)
    return UNKNOWN if is_data(value) and not _binds_always(owner, name) else value


def _binds_always(owner: Class, name: str) -> bool:
    """Whether the body of a class always binds a name: what is bound under an ``if`` alone may be inherited."""
    return any(binding.site.block is owner.scope.block for binding in owner.scope.bindings[name])


def enum_kind(owner: Class) -> type | None:
    """The type of the members of an enum: numbers, texts, or (``object``) what merely has a value; None for no enum."""
    kinds = {_ENUMS.get(last_part(origin)) for origin in lineage(owner).origins}
    return next((kind for kind in (int, str, object) if kind in kinds), None)
