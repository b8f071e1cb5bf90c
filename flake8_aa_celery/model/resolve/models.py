"""Django's models: their managers, querysets, foreign keys and what leads back to them."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.files import modules_with
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import last_part
from flake8_aa_celery.model.code.syntax import keyword_of
from flake8_aa_celery.model.knowledge import django
from flake8_aa_celery.model.resolve.classes import lineage, mro
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import (
    UNKNOWN,
    Class,
    Constant,
    Instance,
    ManagerClass,
    Origin,
    Rows,
    RowsMethod,
    Several,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import Scope, Site

#: What stands for the name of the model in ``related_name``.
_OF_CLASS = "%(class)s"
#: A text of one word, and the name of a class.
_WORD, _CLASS = re.compile(rb"['\"](\w+)['\"]"), re.compile(rb"\bclass[ \t]+(\w+)")
_FIELDS = (b"ForeignKey", b"OneToOneField", b"ManyToManyField")


def is_model(owner: Class) -> bool:
    """Whether a class of the project is a model, by what it is derived from."""
    return _is_model(owner.scope)


@fact
def _is_model(scope: Scope) -> bool:
    return not django.MODELS.isdisjoint(lineage(_class_of(scope)).origins)


def _class_of(scope: Scope) -> Value:
    site = scope.block.site
    return Class(scope.node, site) if isinstance(scope.node, ast.ClassDef) and site is not None else UNKNOWN


# -- managers and querysets -------------------------------------------------------------------------------------


def classes_of(rows: Rows) -> list[Class]:
    """The classes of the project that a manager or queryset is made of, in the order in which Python looks."""
    return [found for owner in rows.classes for found in mro(owner)]


def rows_of_itself(owner: Class) -> Rows | None:
    """What ``self`` is in a method of a manager or queryset of the project; None in any other class."""
    names = {last_part(origin) for origin in lineage(owner).origins}
    is_rows = any(name.endswith(("Manager", "QuerySet")) for name in names)
    return Rows(None, (owner,)) if is_rows else None


def default_manager(owner: Class, name: str) -> Value:
    """The manager that Django gives to a model which defines none."""
    if name not in django.DEFAULT_MANAGERS or not is_model(owner):
        return UNKNOWN
    if name == "objects":
        return Rows(owner)
    return manager_of(owner)


def manager_of(owner: Class) -> Value:
    """The manager of a model that is called ``objects``, its own or Django's."""
    for found in mro(owner):
        bindings = found.scope.bindings.get("objects", [])
        if len(bindings) == 1 and bindings[0].value is not None:
            return as_manager(value_of(bindings[0].value, bindings[0].site), owner)
    return Rows(owner)


def as_manager(value: Value, owner: Class) -> Value:
    """What a value in the body of a model is to that model: of a manager, one that knows the model."""
    if isinstance(value, Rows):
        return Rows(owner, value.classes) if value.model is None else value
    if not isinstance(value, (Instance, Origin)) or not is_model(owner):
        return value
    if isinstance(value, Origin):
        return Rows(owner) if value.dotted.endswith("Manager()") else value
    rows = rows_of_itself(value.of)
    return Rows(owner, rows.classes) if rows else value


def called(method: RowsMethod) -> Value:
    """What a method that Django gives to managers and querysets returns."""
    rows, name = method.rows, method.name
    if name in django.ROWS_AGAIN or name in django.ROWS_THEMSELVES:
        return rows
    row = Instance(rows.model) if rows.model is not None else UNKNOWN
    if name in django.ONE_ROW:
        return row
    if name in django.ROW_AND_FLAG:
        return Several((row, UNKNOWN))
    return UNKNOWN


def made_of_queryset(owner: Value, method: str, node: ast.Call, site: Site) -> Value | None:
    """What ``M.from_queryset(Q)`` and ``Q.as_manager()`` return; None for any other call."""
    if method == django.AS_MANAGER and isinstance(owner, Class):
        return Rows(None, (owner,))
    if method != django.FROM_QUERYSET or not node.args:
        return None
    queryset = value_of(node.args[0], site)
    own = (owner,) if isinstance(owner, Class) else ()
    return ManagerClass((*own, queryset)) if isinstance(queryset, Class) else None


# -- fields -----------------------------------------------------------------------------------------------------


def of_field(value: Value, made: ast.expr | None, site: Site, owner: Class) -> Value:
    """What a field of a model is in an instance: of a foreign key the row that it leads to; anything else as it is."""
    kind = django.field(value.dotted) if isinstance(value, Origin) else ""
    if kind not in django.TO_ONE | django.TO_MANY or not isinstance(made, ast.Call):
        return UNKNOWN if kind else value
    target = _target(made, site, owner)
    if target is None:
        return UNKNOWN
    return Instance(target) if kind in django.TO_ONE else manager_of(target)


def _target(field: ast.Call, site: Site, owner: Class) -> Class | None:
    """The model of the project that a field leads to."""
    node = field.args[0] if field.args else keyword_of(field, "to")
    value = value_of(node, site) if node is not None else UNKNOWN
    if isinstance(value, Class):
        return value
    if not isinstance(value, Constant) or not isinstance(value.value, str):
        return None
    if value.value == "self":
        return owner
    return _model_named(value.value.rpartition(".")[2], site.module)


def _model_named(name: str, speaker: Module) -> Class | None:
    """The one model of the project that has a name, that of the speaker's own module first."""
    own = [found for found in _models_in(speaker) if found.node.name == name]
    found = own or models_of(speaker.project).get(name, [])
    return found[0] if len(found) == 1 else None


def _models_in(module: Module) -> Iterator[Class]:
    for scope in module.scopes.all:
        if scope.kind == "class" and scope.parent is module.scopes.module:
            found = _class_of(scope)
            if isinstance(found, Class) and is_model(found):
                yield found


@fact
def models_of(project: Project) -> dict[str, list[Class]]:
    """The models of a project that have fields which lead to others, or are led to, by their names."""
    found: dict[str, list[Class]] = {}
    for module in modules_with(project, lambda data: b"models.Model" in data or any(map(data.__contains__, _FIELDS))):
        for model in _models_in(module):
            found.setdefault(model.node.name, []).append(model)
    return found


# -- what leads back --------------------------------------------------------------------------------------------


def related(owner: Class, name: str) -> Value:
    """What an attribute of a row is that another model has put there: ``owner.structures``, ``owner.structure_set``."""
    known = _names_back(owner.module.project)
    if not (name.endswith("_set") or name in known or _OF_CLASS in known):
        return UNKNOWN
    led_to = [id(found.node) for found in mro(owner)]
    for target, source, is_one in _leading_back(owner.module.project).get(name, ()):
        if target in led_to:
            return Instance(source) if is_one else manager_of(source)
    return UNKNOWN


@fact
def _names_back(project: Project) -> frozenset[str]:
    """The names that fields may give to the models that they lead to, by the bytes of the files: words, and classes."""
    found: set[str] = set()
    for _, data in project.files:
        if b"related_name" in data or b"OneToOneField" in data:
            found.update(name.decode() for name in _WORD.findall(data))
            found.update(name.decode().lower() for name in _CLASS.findall(data))
        if _OF_CLASS.encode() in data:
            found.add(_OF_CLASS)
    return frozenset(found)


@fact
def _leading_back(project: Project) -> dict[str, list[tuple[int, Class, bool]]]:
    """By the names that models get from the fields of others: the model, that other one, and whether it is one row."""
    found: dict[str, list[tuple[int, Class, bool]]] = {}
    for models in models_of(project).values():
        for source in models:
            for name, target, is_one in _fields_of(source):
                found.setdefault(name, []).append((id(target.node), source, is_one))
    return found


def _fields_of(source: Class) -> Iterator[tuple[str, Class, bool]]:
    """The names that the fields of a model give to others, these, and whether each leads back to one row."""
    for owner in mro(source):
        for bindings in owner.scope.bindings.values():
            made, site = bindings[0].value, bindings[0].site
            if bindings[0].kind != "assign" or not isinstance(made, ast.Call):
                continue
            value = value_of(made, site)
            kind = django.field(value.dotted) if isinstance(value, Origin) else ""
            target = _target(made, site, source) if kind in django.TO_ONE | django.TO_MANY else None
            if target is not None:
                is_one = kind == "OneToOneField"
                yield _name_back(made, site, source, is_one=is_one), target, is_one


def _name_back(field: ast.Call, site: Site, source: Class, *, is_one: bool) -> str:
    written = keyword_of(field, "related_name")
    value = value_of(written, site) if written is not None else UNKNOWN
    model = source.node.name.lower()
    if isinstance(value, Constant) and isinstance(value.value, str):
        return value.value.replace(_OF_CLASS, model)
    return model if is_one else f"{model}_set"
