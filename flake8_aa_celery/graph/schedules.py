"""What Celery beat starts, by the project's settings and by what its documents tell users to put into theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.graph.elements import Edge, Node
from flake8_aa_celery.graph.nodes import source_of
from flake8_aa_celery.model.calling.due import times_of
from flake8_aa_celery.model.periodic.schedules import schedule_of
from flake8_aa_celery.model.resolve.values import NamedTask, Signature
from flake8_aa_celery.places import below

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.graph.nodes import Nodes
    from flake8_aa_celery.graph.sources import Sources
    from flake8_aa_celery.model.periodic.schedules import ScheduleEntry
    from flake8_aa_celery.model.resolve.values import Value


def edges(sources: Sources, nodes: Nodes) -> Iterator[Edge]:
    """An edge from each entry of a schedule to its task; what a document repeats is not shown again."""
    seen: set[tuple[str | None, str]] = set()
    for module in sorted(sources.modules, key=lambda module: module.in_document):
        for entry in schedule_of(module):
            started = _started(entry, sources)
            target = nodes.target(started.task if isinstance(started, Signature) else started, module)
            if target is None or (module.in_document and (entry.name, target) in seen):
                continue
            seen.add((entry.name, target))
            yield _edge(entry, started, target, nodes)


def _started(entry: ScheduleEntry, sources: Sources) -> Value:
    """What an entry starts: a signature, or the task that it names."""
    if entry.signature:
        return entry.signature
    known = sources.task_named(entry.task_name, entry.module) if entry.task_name else None
    return known or NamedTask(entry.task_name, None)


def _edge(entry: ScheduleEntry, started: Value, target: str, nodes: Nodes) -> Edge:
    path, line = below(entry.module.path), (entry.name_node or entry.node).lineno
    name, due = entry.name or "unnamed entry", entry.fields.get("schedule")
    detail = source_of(due.node) if due else ""
    node = Node(
        f"schedule {name}", "schedule", name, entry.module.dotted, path, line, detail=detail, due=times_of(entry)
    )
    source = nodes.add(node, line, entry.node.end_lineno or line)
    return Edge(source, target, "beat", nodes.priority(started, entry.options), False, path, line)
