"""What Celery beat starts, by the project's settings and by what its documents tell users to put into theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.graph.facts import Edge, Node
from flake8_aa_celery.graph.nodes import source_of
from flake8_aa_celery.model.periodic.schedules import schedule_of
from flake8_aa_celery.places import below

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_aa_celery.graph.nodes import Nodes
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.periodic.schedules import ScheduleEntry


def edges(modules: Iterable[Module], nodes: Nodes) -> Iterator[Edge]:
    """An edge from each entry of a schedule to its task; what a document repeats is not shown again."""
    seen: set[tuple[str | None, str]] = set()
    for module in sorted(modules, key=lambda module: module.in_document):
        for entry in schedule_of(module):
            target = _target(entry, nodes)
            if target is None or (module.in_document and (entry.name, target) in seen):
                continue
            seen.add((entry.name, target))
            yield _edge(entry, target, nodes)


def _edge(entry: ScheduleEntry, target: str, nodes: Nodes) -> Edge:
    path, line = below(entry.module.path), (entry.name_node or entry.node).lineno
    name, due = entry.name or "unnamed entry", entry.fields.get("schedule")
    node = Node(
        f"schedule {name}", "schedule", name, entry.module.dotted, path, line, detail=source_of(due.node) if due else ""
    )
    source = nodes.add(node, line, entry.node.end_lineno or line)
    started = entry.signature or nodes.value_of(entry.task_name)
    return Edge(source, target, "beat", nodes.priority(started, entry.options), False, path, line)


def _target(entry: ScheduleEntry, nodes: Nodes) -> str | None:
    if entry.signature:
        return nodes.target(entry.signature.task)
    return nodes.named(entry.task_name) if entry.task_name else None
