"""What classes inherit from; those of tasks, by ``base=`` and by default, among them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.names import last_part
from flake8_aa_celery.model.code.syntax import keyword_of, without_call
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import App, Class, Origin

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Scope
    from flake8_aa_celery.model.resolve.values import Task, Value

_PLAIN = "celery.Task"
OF_CELERY_ONCE = frozenset({"celery_once.QueueOnce", "celery_once.tasks.QueueOnce"})
#: Classes of libraries whose attributes are known: Celery's, those of celery-once and Alliance Auth's.
_KNOWN = OF_CELERY_ONCE | {"allianceauth.services.tasks.QueueOnce", "builtins.object", _PLAIN}
#: So many classes deep a hierarchy is followed.
_DEEPEST = 10


class Bases(NamedTuple):
    """What is known of a class: itself and what it inherits from.

    :param classes: the classes of the project among them, the nearest first.
    :param origins: the classes of libraries among them, by their dotted names.
    :param complete: whether each of them could be resolved.
    """

    classes: tuple[Class, ...]
    origins: tuple[str, ...]
    complete: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The dotted names of all of them."""
        return (*(f"{found.module.dotted}.{found.node.name}" for found in self.classes), *self.origins)

    @property
    def is_once(self) -> bool:
        """Whether celery-once sees to it that the task is queued once, wherever its class was imported from."""
        return any(last_part(name) == "QueueOnce" for name in self.names)

    def defines(self, attribute: str) -> bool:
        """Whether a class of the project among them has an attribute."""
        return any(attribute in found.scope.bindings for found in self.classes)

    def may_define(self, attribute: str) -> bool:
        """Whether one of them has an attribute, or is not known well enough to tell."""
        return self.defines(attribute) or not self.complete or not _KNOWN.issuperset(self.origins)


def bases_of(task: Task) -> Bases:
    """The classes that a task is made of; where it names none, the one that its application says, or Celery's own."""
    if task.options.lacks("base"):
        return Bases((), (), complete=False) if _has_application_class(task) else Bases((), (_PLAIN,), complete=True)
    entry = task.options.get("base")
    if entry is None:
        return Bases((), (), complete=False)
    return lineage(entry.value)


def _has_application_class(task: Task) -> bool:
    """Whether the application that a task is registered with has a class for its tasks: ``Celery(task_cls=…)``."""
    target = without_call(task.decorator)
    if task.spelling != "app" or not isinstance(target, ast.Attribute):
        return False
    app = value_of(target.value, task.site)
    return isinstance(app, App) and app.node is not None and keyword_of(app.node, "task_cls") is not None


def lineage(value: Value, depth: int = 0) -> Bases:
    """A class and what it inherits from; incomplete for what is no class that can be read."""
    if isinstance(value, Origin):
        return Bases((), (value.dotted,), complete=True)
    if not isinstance(value, Class) or depth > _DEEPEST:
        return Bases((), (), complete=False)
    above = [lineage(value_of(base, value.site), depth + 1) for base in value.node.bases]
    return Bases(
        (value, *(found for each in above for found in each.classes)),
        tuple(origin for each in above for origin in each.origins),
        all(each.complete for each in above),
    )


def class_around(function: Scope | None, module: Module) -> Class | None:
    """The class whose method a function is."""
    owner = function.parent if function else None
    if owner is None or not isinstance(owner.node, ast.ClassDef) or owner.block.site is None:
        return None
    return Class(owner.node, owner.block.site)
