"""The map as one object for other programs; docs/graph.md describes it."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from flake8_aa_celery.graph.elements import Edge, Graph, Node, Priority, Workflow

#: Raised where a field changes its meaning or goes; more fields may come at any time.
VERSION = 1


def render(graph: Graph) -> str:
    """The object, its lists sorted by path and line."""
    return dumps(as_object(graph), indent=2, ensure_ascii=False) + "\n"


def as_object(graph: Graph) -> dict[str, Any]:
    """The map as plain values."""
    return {
        "version": VERSION,
        "nodes": [_node(node) for node in graph.nodes],
        "edges": [_edge(edge) for edge in graph.edges],
        "workflows": [_workflow(workflow) for workflow in graph.workflows],
    }


def _node(node: Node) -> dict[str, Any]:
    plain = node._asdict()
    plain["options"] = dict(node.options)
    plain["priority"] = _priority(node.priority)
    plain["due"] = node.due._asdict() if node.due else None
    plain["waits"] = [wait._asdict() for wait in node.waits]
    plain["violations"] = [found._asdict() for found in node.violations]
    return plain


def _edge(edge: Edge) -> dict[str, Any]:
    return {**edge._asdict(), "priority": _priority(edge.priority)}


def _workflow(workflow: Workflow) -> dict[str, Any]:
    steps = [{**step._asdict(), "priority": _priority(step.priority)} for step in workflow.steps]
    return {**workflow._asdict(), "title": workflow.title, "steps": steps}


def _priority(priority: Priority | None) -> dict[str, Any] | None:
    return priority._asdict() if priority else None
