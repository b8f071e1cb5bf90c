"""What the tasks of celery-once are told: ``once={"keys": […], "graceful": True}``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.bases import bases_of
from flake8_aa_celery.model.binding import parameters_of
from flake8_aa_celery.model.facts import Constant, Items, Mapping, Signature, Task
from flake8_aa_celery.model.index import files
from flake8_aa_celery.model.names import dotted_name, last_part
from flake8_aa_celery.model.options import written_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.facts import Element
    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.model.options import WrittenOption
    from flake8_aa_celery.model.scopes import Site

_REFUSED = "AlreadyQueued"


def once_options(module: Module) -> Iterator[tuple[WrittenOption, Mapping]]:
    """What the tasks of a module with a class of their own are given as ``once``, where it can be read."""
    for option in written_options(module, "once"):
        value = option.entry.value
        if isinstance(value, Mapping) and not option.task.options.lacks("base"):
            yield option, value


def unknown_keys(task: Task, once: Mapping) -> Iterator[tuple[Element, str]]:
    """The keys of a lock that the task has no parameter for."""
    entry = once.get("keys")
    keys = entry.value if entry else None
    parameters = parameters_of(task, task.module)
    if not isinstance(keys, Items) or parameters is None or parameters.takes_any_keyword:
        return
    known = {*parameters.by_position, *parameters.keyword_only, task.node.args.vararg and task.node.args.vararg.arg}
    for element in keys.elements:
        key = element.value
        if isinstance(key, Constant) and isinstance(key.value, str) and key.value not in known:
            yield element, key.value


def may_raise(option: WrittenOption, once: Mapping) -> bool:
    """Whether sending a task that is queued already raises ``AlreadyQueued``, and nobody is there to catch it."""
    return (
        once.lacks("graceful")
        and not bases_of(option.task).defines("apply_async")
        and not _is_caught(option.task)
    )  # fmt: skip


def _is_caught(task: Task) -> bool:
    """Whether anything in the project sends the task and catches that it is queued already."""
    project = task.module.project
    for path in files(project, lambda data: _REFUSED.encode() in data):
        module = project.load(path)
        if module is not None and any(_is_place(caught, task) for caught in _caught_in(module)):
            return True
    return False


def _is_place(one: Task, other: Task) -> bool:
    """Whether two tasks are the same: a file may have been read twice."""
    return (one.module.dotted, one.node.lineno) == (other.module.dotted, other.node.lineno)


def _caught_in(module: Module) -> Iterator[Task]:
    for dispatch in module.dispatches:
        task = dispatch.receiver.task if isinstance(dispatch.receiver, Signature) else dispatch.receiver
        if isinstance(task, Task) and _catches(dispatch.site):
            yield task


def _catches(site: Site) -> bool:
    """Whether a place lies in the body of a ``try`` that has a handler for ``AlreadyQueued``."""
    return any(
        last_part(dotted_name(caught) or "") == _REFUSED
        for block in site.block.around()
        if block.kind == "try" and isinstance(block.node, ast.Try)
        for handler in block.node.handlers
        for caught in (handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type])
        if caught is not None
    )
