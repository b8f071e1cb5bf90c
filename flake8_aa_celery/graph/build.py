"""The facts of a whole project, put together to a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.graph import callers, dispatches, schedules, workflows
from flake8_aa_celery.graph.elements import Graph
from flake8_aa_celery.graph.nodes import Nodes
from flake8_aa_celery.graph.sources import read_sources
from flake8_aa_celery.graph.subgraph import subgraph_of
from flake8_aa_celery.places import below
from flake8_aa_celery.source import find

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flake8_aa_celery.graph.elements import Edge
    from flake8_aa_celery.graph.sources import Sources
    from flake8_aa_celery.settings import Settings
    from flake8_aa_celery.source import Failed


def build(paths: Sequence[str], settings: Settings, failed: Failed) -> Graph:
    """The map of the tasks below some paths, and of all in their projects that starts them or is started by them.

    Of a site, whose settings install apps, the tasks of those are on it, too, where they lie in its environment. Test
    code and migrations are left out unless ``check-tests`` is set.

    :param failed: is told of each file that cannot be read or parsed, and why; the others are on the map.
    """
    named = find(paths, settings, failed)
    sources = read_sources(paths, named, settings, failed)
    return subgraph_of(_whole(sources), {below(path) for path in named} | sources.installed)


def _whole(sources: Sources) -> Graph:
    """The map of everything in some files."""
    nodes = Nodes(sources)
    flows = [workflow for module in sources.modules for workflow in workflows.of(module, nodes)]
    edges = {edge for module in sources.modules for edge in dispatches.edges(module, nodes)}
    edges |= set(schedules.edges(sources, nodes))
    edges |= set(callers.edges(sources, nodes))
    drawn = nodes.all()
    order = {node.id: number for number, node in enumerate(drawn)}

    def key(edge: Edge) -> tuple[int, int, str, int, str, str]:
        sent = edge.priority.text if edge.priority else ""
        return order[edge.source], order[edge.target], edge.path, edge.line, edge.method, sent

    return Graph(tuple(drawn), tuple(sorted(edges, key=key)), tuple(flows))
