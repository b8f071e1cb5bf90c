"""Queues that something is sent to and that the configuration does not declare."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import last_part
from flake8_aa_celery.model.configuration.celery_settings import celery_settings_of, given_in, only_constant
from flake8_aa_celery.model.periodic.schedules import schedule_of
from flake8_aa_celery.model.resolve.arguments import by_name
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.occurrences import canvas_of
from flake8_aa_celery.model.resolve.values import Constant, Entry, Items, Mapping
from flake8_aa_celery.model.tasks.options import each_once, written_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.resolve.values import Element

#: What the default queue is called.
_DEFAULT = "celery"


class UndeclaredQueue(NamedTuple):
    """A queue that is not declared, in a project that declares some.

    :param node: where something is sent or routed to it.
    :param is_made: whether Celery makes it; otherwise it refuses to send.
    """

    name: str
    node: ast.expr
    is_made: bool


@fact
def undeclared_queues_of(module: Module) -> list[UndeclaredQueue]:
    """Where a module sends or routes something to a queue that its project does not declare."""
    declared = _declared(module.project)
    makes_missing = only_constant(module.project, "task_create_missing_queues", default=True)
    if declared is None or not isinstance(makes_missing, bool) or (makes_missing and not _declares_any(module.project)):
        return []
    found: dict[int, UndeclaredQueue] = {}
    for entry in _queues(module):
        name = entry.value.value if isinstance(entry.value, Constant) else None
        if isinstance(name, str) and name not in declared and entry.module is module:
            found.setdefault(id(entry.node), UndeclaredQueue(name, entry.node, makes_missing))
    return sorted(found.values(), key=lambda queue: (queue.node.lineno, queue.node.col_offset))


@fact
def _declared(project: Project) -> frozenset[str] | None:
    """The names of the queues that a project declares; None where not all of them are known."""
    names: set[str] = set()
    for setting in given_in(project, "task_queues"):
        found = _names_of(setting.entry)
        if found is None:
            return None
        names |= found
    default = only_constant(project, "task_default_queue", default=_DEFAULT)
    return frozenset({*names, default}) if isinstance(default, str) else None


def _declares_any(project: Project) -> bool:
    return bool(given_in(project, "task_queues"))


def _names_of(entry: Entry) -> set[str] | None:
    """The names in a list of queues, or the keys of a dict of them; None where not all are known."""
    value = entry.value
    if isinstance(value, Mapping):
        return set(value.entries) if value.complete else None
    if not isinstance(value, Items) or not value.complete:
        return None
    names = [_name_of(element) for element in value.elements]
    return {name for name in names if name is not None} if None not in names else None


def _name_of(element: Element) -> str | None:
    """The name of ``Queue("slow", …)``."""
    node = element.node
    if not isinstance(node, ast.Call) or last_part(element.origin or "").removesuffix("()") != "Queue":
        return None
    name = by_name(node, element.site, ("name",)).constant("name")
    return name if isinstance(name, str) else None


def _queues(module: Module) -> Iterator[Entry]:
    """Where a module names a queue to send or route something to."""
    yield from (option.entry for option in each_once(written_options(module, "queue")))
    options = [value.options for _, value in canvas_of(module)] + [entry.options for entry in schedule_of(module)]
    yield from (entry for mapping in options if (entry := mapping.get("queue")) is not None)
    for setting in celery_settings_of(module):
        if setting.name == "task_routes" and isinstance(setting.entry.node, ast.Dict):
            for node in setting.entry.node.values:
                yield from _routed(node, setting.entry)


def _routed(node: ast.expr, routes: Entry) -> Iterator[Entry]:
    """The queue of a route: a name alone, or an option."""
    value = value_of(node, routes.site)
    if isinstance(value, Mapping):
        queue = value.get("queue")
        if queue is not None:
            yield queue
    elif isinstance(value, Constant):
        yield Entry(node, routes.site)
