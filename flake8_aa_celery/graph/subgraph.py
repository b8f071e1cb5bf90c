"""The part of a map that somebody asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.graph.elements import Graph, links

if TYPE_CHECKING:
    from collections.abc import Container


def subgraph_of(graph: Graph, paths: Container[str]) -> Graph:
    """What stands in some files, what starts that through whatever functions, and what it starts.

    Functions and modules that start no task are left out.
    """
    wanted = {node.id for node in graph.nodes if node.path in paths}
    kept = _starting(wanted, graph) | {target for source, target in links(graph) if source in wanted}
    members = [{step.target for step in workflow.steps} for workflow in graph.workflows if workflow.owner in kept]
    kept.update(*(group for group in members if not wanted.isdisjoint(group)))
    return Graph(
        tuple(node for node in graph.nodes if node.id in kept),
        tuple(edge for edge in graph.edges if edge.source in kept and edge.target in kept),
        tuple(
            workflow
            for workflow in graph.workflows
            if workflow.owner in kept and all(not step.target or step.target in kept for step in workflow.steps)
        ),
    )


def _starting(wanted: set[str], graph: Graph) -> set[str]:
    """Some nodes, what starts them, and where that is no task what leads to it, and so on."""
    nodes = graph.by_id()
    sources: dict[str, list[str]] = {}
    for source, target in links(graph):
        sources.setdefault(target, []).append(source)
    kept, waiting = set(wanted), list(wanted)
    while waiting:
        for source in sources.get(waiting.pop(), []):
            if source not in kept:
                kept.add(source)
                waiting += [] if nodes[source].is_task else [source]
    return kept
