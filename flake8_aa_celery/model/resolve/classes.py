"""What classes inherit from; those of tasks, by ``base=`` and by default, among them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import last_part
from flake8_aa_celery.model.code.syntax import bases_in, keyword_of, without_call
from flake8_aa_celery.model.knowledge import allianceauth
from flake8_aa_celery.model.knowledge.celery import TASK
from flake8_aa_celery.model.knowledge.celery_once import QUEUE_ONCE
from flake8_aa_celery.model.resolve.evaluation import DEEPEST, value_of
from flake8_aa_celery.model.resolve.values import App, Class, ClassTask, ManagerClass, Origin

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Scope
    from flake8_aa_celery.model.resolve.values import Task, Value

#: Classes of libraries whose attributes are known: Celery's, those of celery-once and Alliance Auth's.
_KNOWN = QUEUE_ONCE | {allianceauth.QUEUE_ONCE, "builtins.object", TASK}
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
    if isinstance(task, ClassTask):
        return lineage(task.owner)
    if task.options.lacks("base"):
        return Bases((), (), complete=False) if _has_application_class(task) else Bases((), (TASK,), complete=True)
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
    if isinstance(value, ManagerClass):
        parts = [lineage(part, depth + 1) for part in value.classes]
        origins = tuple(origin for part in parts for origin in part.origins)
        return Bases(value.classes, ("django.db.models.Manager", *origins), all(part.complete for part in parts))
    if not isinstance(value, Class) or depth > _DEEPEST:
        return Bases((), (), complete=False)
    above = [lineage(value_of(base, value.site), depth + 1) for base in bases_in(value.node)]
    return Bases(
        (value, *(found for each in above for found in each.classes)),
        tuple(origin for each in above for origin in each.origins),
        all(each.complete for each in above),
    )


@fact
def _mro_of(scope: Scope) -> list[Class]:
    """The classes of the project that a class is made of, in the order in which Python looks into them."""
    owner = _class_of(scope)
    if owner is None:
        return []
    scope.memo[_mro_of] = [owner]  # a class that is among its own bases
    project = scope.module.project
    if project.depth > DEEPEST:
        return [owner]
    project.depth += 1
    try:
        above = [_readable(value_of(base, owner.site)) for base in bases_in(owner.node)]
    finally:
        project.depth -= 1
    sequences = [*map(list, above), [classes[0] for classes in above if classes]]
    return [owner, *_merged(sequences)]


def _readable(base: Value) -> list[Class]:
    if isinstance(base, ManagerClass):
        return _merged([*map(mro, base.classes)])
    return list(mro(base)) if isinstance(base, Class) else []


def _merged(sequences: list[list[Class]]) -> list[Class]:
    """The order that keeps the order of each sequence, as Python's C3 makes it; where there is none, the first seen."""
    found: list[Class] = []
    left = [sequence for sequence in sequences if sequence]
    while left:
        tails = {id(each.node) for sequence in left for each in sequence[1:]}
        head = next((sequence[0] for sequence in left if id(sequence[0].node) not in tails), left[0][0])
        found.append(head)
        left = [rest for sequence in left if (rest := [each for each in sequence if each.node is not head.node])]
    return found


def mro(owner: Class) -> list[Class]:
    """A class and the classes of the project that it inherits from, in the order in which Python looks into them."""
    return _mro_of(owner.scope)


def _class_of(scope: Scope) -> Class | None:
    if not isinstance(scope.node, ast.ClassDef) or scope.block.site is None:
        return None
    return Class(scope.node, scope.block.site)


def class_around(function: Scope | None, module: Module) -> Class | None:
    """The class whose method a function is."""
    owner = function.parent if function else None
    if owner is None or not isinstance(owner.node, ast.ClassDef) or owner.block.site is None:
        return None
    return Class(owner.node, owner.block.site)


def is_reshaped(owner: Class, asking: Module) -> bool:
    """Whether a class may have other attributes than its body says: by a decorator, a metaclass, ``setattr``.

    Decorators and metaclasses of libraries are taken for harmless, such as ``@dataclass``.

    :param asking: the module that wants to know; what it does to classes counts.
    """
    classes = mro(owner)
    if any(map(_sets_freely, {asking, *(each.module for each in classes)})):
        return True
    return any(_is_made_over(each.scope) for each in classes) or any(
        "__init_subclass__" in each.scope.bindings for each in classes[1:]
    )


@fact
def _sets_freely(module: Module) -> bool:
    """Whether a module sets attributes of classes whose names no text gives."""
    bindings = module.scopes.module.bindings
    return any(
        name in ("", "cls") or any(each.kind in ("class", "import") for each in bindings.get(name, ()))
        for name in module.scopes.freely_stored
    )


@fact
def _is_made_over(scope: Scope) -> bool:
    """Whether something else than its body has a say in what a class holds."""
    owner = _class_of(scope)
    if owner is None or scope.is_rebound:
        return True
    metaclasses = [keyword.value for keyword in owner.node.keywords if keyword.arg in (None, "metaclass")]
    makers = (*metaclasses, *owner.node.decorator_list)
    return any(not isinstance(value_of(each, owner.site), Origin) for each in makers)
