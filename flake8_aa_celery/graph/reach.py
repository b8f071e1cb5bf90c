"""The part of a map that somebody asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.graph.facts import Graph, links

if TYPE_CHECKING:
    from collections.abc import Container


def part_of(graph: Graph, paths: Container[str]) -> Graph:
    """What stands in some files, what starts that through whatever functions, and what it starts.

    Functions and modules that start no task are left out.
    """
    nodes = graph.by_id()
    wanted = {node.id for node in graph.nodes if node.path in paths}
    pairs = list(links(graph))
    kept = wanted | {target for source, target in pairs if source in wanted}
    waiting = list(wanted)
    while waiting:
        target = waiting.pop()
        for source in (source for source, end in pairs if end == target and source not in kept):
            kept.add(source)
            if not nodes[source].is_task:
                waiting.append(source)
    kept |= {
        end
        for workflow in graph.workflows
        if workflow.owner in kept and any(step.target in wanted for step in workflow.steps)
        for end in (step.target for step in workflow.steps)
    }
    return Graph(
        tuple(node for node in graph.nodes if node.id in kept),
        tuple(edge for edge in graph.edges if edge.source in kept and edge.target in kept),
        tuple(
            workflow
            for workflow in graph.workflows
            if workflow.owner in kept and all(not step.target or step.target in kept for step in workflow.steps)
        ),
    )
