"""What the tasks of celery-once are told: ``once={"keys": […], "graceful": True}``."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.files import files, modules_with
from flake8_aa_celery.model.code.handlers import caught_by, tries_around
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import dotted_name, imported_name, last_part
from flake8_aa_celery.model.knowledge.celery_once import ALREADY_QUEUED, QUEUE_ONCE
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.model.resolve.occurrences import dispatches_of
from flake8_aa_celery.model.resolve.task_classes import bound_once
from flake8_aa_celery.model.resolve.values import ClassTask, Constant, Items, Mapping, Task
from flake8_aa_celery.model.tasks.options import each_once, written_options
from flake8_aa_celery.model.tasks.parameters import parameters_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import Block
    from flake8_aa_celery.model.resolve.values import Element, Entry
    from flake8_aa_celery.model.tasks.options import WrittenOption

_ALLIANCE_AUTH = re.compile(rb"^\s*(from|import)\s+allianceauth\b", re.MULTILINE)


class OnceOption(NamedTuple):
    """What a task of a class of its own is given as ``once``."""

    option: WrittenOption
    once: Mapping


class UnknownKey(NamedTuple):
    """A key of a task's lock that the task has no parameter for."""

    key: str
    element: Element
    task: Task


def once_of(task: Task) -> Mapping | None:
    """What celery-once is told of a task, by its own options or by a class of it; None where that is not known."""
    if not task.options.lacks("once"):
        return _mapping(task.options.get("once"))
    owner = next((owner for owner in bases_of(task).classes if "once" in owner.scope.bindings), None)
    return Mapping({}) if owner is None else _mapping(bound_once(owner.scope, "once"))


def _mapping(entry: Entry | None) -> Mapping | None:
    value = entry.value if entry is not None else None
    return value if isinstance(value, Mapping) else None


@fact
def once_options_of(module: Module) -> list[OnceOption]:
    """What the tasks of a module with a class of their own are given as ``once``, where it can be read."""
    return [
        OnceOption(option, value)
        for option in written_options(module, "once")
        if isinstance(value := option.entry.value, Mapping) and _has_class(option.task)
    ]


def _has_class(task: Task) -> bool:
    """Whether a task is of another class than Celery's own."""
    return isinstance(task, ClassTask) or not task.options.lacks("base")


def unknown_keys_of(module: Module) -> list[UnknownKey]:
    """The keys of locks that their tasks have no parameters for."""
    return [found for option, once in once_options_of(module) for found in _unknown_keys(option.task, once)]


def _unknown_keys(task: Task, once: Mapping) -> Iterator[UnknownKey]:
    entry = once.get("keys")
    keys = entry.value if entry else None
    parameters = parameters_of(task, task.module)
    if not isinstance(keys, Items) or parameters is None or parameters.takes_any_keyword:
        return
    known = {*parameters.by_position, *parameters.keyword_only, task.node.args.vararg and task.node.args.vararg.arg}
    for element in keys.elements:
        key = element.value
        if isinstance(key, Constant) and isinstance(key.value, str) and key.value not in known:
            yield UnknownKey(key.value, element, task)


@fact
def once_imports_of(module: Module) -> list[ast.expr | ast.stmt]:
    """Where a module takes celery-once's ``QueueOnce`` although Alliance Auth, which has its own, is there.

    Not where it makes a class of its own of it, nor where it is the second choice.
    """
    places: list[ast.expr | ast.stmt] = [*_imports_of_once(module), *_attributes_of_once(module)]
    is_wrong = places and not _inherits(module) and uses_alliance_auth(module.project)
    return places if is_wrong else []


@fact
def uses_alliance_auth(project: Project) -> bool:
    """Whether anything in a project imports Alliance Auth, so that its class for locks is there."""
    return any(True for _ in files(project, _imports_alliance_auth))


def _imports_of_once(module: Module) -> Iterator[ast.ImportFrom]:
    for scope in module.scopes.all:
        for name, bindings in scope.bindings.items():
            for node in (binding.node for binding in bindings if binding.site.block.kind != "handler"):
                if isinstance(node, ast.ImportFrom) and not node.level:
                    yield from [node] if imported_name(name, node).dotted in QUEUE_ONCE else []


def _attributes_of_once(module: Module) -> Iterator[ast.expr]:
    for option in written_options(module, "base"):
        if isinstance(option.entry.node, ast.Attribute) and option.task.base in QUEUE_ONCE:
            yield option.node


def _inherits(module: Module) -> bool:
    """Whether a class of the module is made of celery-once's."""
    return any(
        module.origin(base, binding.site) in QUEUE_ONCE
        for bindings in module.scopes.module.bindings.values()
        for binding in bindings
        if isinstance(binding.node, ast.ClassDef)
        for base in binding.node.bases
    )


def _imports_alliance_auth(data: bytes) -> bool:
    return _ALLIANCE_AUTH.search(data) is not None


@fact
def ungraceful_options_of(module: Module) -> list[WrittenOption]:
    """What makes tasks raise ``AlreadyQueued`` where nobody catches it, by each ``once`` one of them."""
    return each_once(option for option, once in once_options_of(module) if _may_raise(option, once))


def _may_raise(option: WrittenOption, once: Mapping) -> bool:
    """Whether sending a task that is queued already raises ``AlreadyQueued``, and nobody is there to catch it."""
    if not once.lacks("graceful") or bases_of(option.task).defines("apply_async"):
        return False
    return not _is_caught(option.task)


def _is_caught(task: Task) -> bool:
    """Whether anything in the project sends the task and catches that it is queued already."""
    return _place(task) in _caught(task.module.project)


@fact
def _caught(project: Project) -> frozenset[tuple[str, int]]:
    """The places of the tasks that anything in a project sends where a handler for ``AlreadyQueued`` is around."""
    modules = modules_with(project, lambda data: ALREADY_QUEUED.encode() in data)
    return frozenset(place for module in modules for place in _caught_in(module))


def _place(task: Task) -> tuple[str, int]:
    """What tells a task from others, though its file may have been read twice."""
    return task.module.dotted, task.node.lineno


@fact
def _caught_in(module: Module) -> set[tuple[str, int]]:
    """The places of the tasks that a module sends where a handler for ``AlreadyQueued`` is around."""
    return {
        _place(dispatch.task)
        for dispatch in dispatches_of(module)
        if isinstance(dispatch.task, Task) and any(map(_is_handled, tries_around(dispatch.site)))
    }


def _is_handled(block: Block) -> bool:
    return isinstance(block.node, ast.Try) and any(
        last_part(dotted_name(caught) or "") == ALREADY_QUEUED
        for handler in block.node.handlers
        for caught in caught_by(handler)
    )
