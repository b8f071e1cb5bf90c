"""Which functions Django's admin runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.names import last_part
from flake8_aa_celery.model.knowledge.django import ADMIN_CLASSES
from flake8_aa_celery.model.resolve.classes import class_around
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import Class

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.scopes import Scope

#: So many classes deep a hierarchy is followed.
_DEEPEST = 10


def is_of_admin(function: Scope) -> bool:
    """Whether a function is a method of one of Django's admin classes, or an action in a module of them."""
    owner = class_around(function, function.module)
    return function.module.dotted.rpartition(".")[2] == "admin" if owner is None else _is_admin_class(owner)


def _is_admin_class(found: Class, depth: int = 0) -> bool:
    """Whether a class is derived from one of the admin's, by how its bases are called and by what they are."""
    for base in found.node.bases:
        if last_part(found.module.origin(base, found.site) or "").endswith(ADMIN_CLASSES):
            return True
        value = value_of(base, found.site) if depth < _DEEPEST else None
        if isinstance(value, Class) and value.node is not found.node and _is_admin_class(value, depth + 1):
            return True
    return False
