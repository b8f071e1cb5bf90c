"""What nodes and arrows say, for diagrams that other programs draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.graph.elements import KINDS, bundles, links
from flake8_aa_celery.graph.words import how, how_often, numbered, runs_at, waits_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.graph.elements import Bundle, Graph, Node, Step, Workflow


#: What stands above the tasks that no arrow leads to or from.
IDLE = "Started by nothing that the code shows"


class Arrow(NamedTuple):
    """A line from one box to another.

    :param look: ``bulk`` where a loop sends one for each item, ``call`` where nothing is sent, otherwise ``plain``.
    """

    source: str
    target: str
    label: str
    look: str


def arrows(graph: Graph) -> Iterator[Arrow]:
    """Every arrow of a diagram in which each workflow is a box of its own."""
    for bundle in bundles(graph.edges):
        look = "bulk" if bundle.per_item else "plain" if bundle.priority else "call"
        yield Arrow(bundle.source, bundle.target, _of_bundle(bundle), look)
    for workflow in graph.workflows:
        yield Arrow(workflow.owner, workflow.id, _of_workflow(workflow), "bulk" if workflow.per_item else "plain")
        for step in workflow.steps:
            if step.target:
                yield Arrow(workflow.id, step.target, step.number, "bulk" if step.per_item else "plain")


def lonely(graph: Graph) -> set[str]:
    """The tasks that no arrow leads to or from."""
    return (
        {task.id for task in graph.tasks}
        - {id for pair in links(graph) for id in pair}
        - {workflow.owner for workflow in graph.workflows}
    )


def of_nodes(graph: Graph) -> dict[str, list[str]]:
    """The lines in the box of each node, by its id: what kind it is, its name, and what else matters.

    The module of a task is named where the map shows those of several.
    """
    several = len({task.module for task in graph.tasks}) > 1
    return {node.id: [*_head(node, several), node.name, *_tail(node)] for node in graph.nodes}


def _head(node: Node, several: bool) -> list[str]:
    if node.kind != "task":
        return [KINDS[node.kind]]
    return [node.module] if several else []


def _tail(node: Node) -> Iterator[str]:
    if node.detail:
        yield node.detail
    if node.priority:
        yield runs_at(node.priority)
    if node.waits:
        yield waits_for(node)
    if node.violations:
        yield "⚠ " + ", ".join(sorted({finding.code for finding in node.violations}))


def of_workflow(workflow: Workflow) -> list[str]:
    """The lines in the box of a workflow: its members in their order."""
    return [workflow.title, *map(_of_step, workflow.steps)]


def _of_step(step: Step) -> str:
    told = [runs_at(step.priority)] if step.priority else []
    told += [how_often(True)] if step.per_item else []
    return f"{'· ' * step.depth}{numbered(step.number)}{step.text}" + (f" ({', '.join(told)})" if told else "")


def _of_bundle(bundle: Bundle) -> str:
    """How something is sent; nothing of its priority where that is the default."""
    told = runs_at(bundle.priority) if bundle.priority and bundle.priority.source != "default" else ""
    return ", ".join(part for part in (how(bundle.method), told, how_often(bundle.per_item)) if part)


def _of_workflow(workflow: Workflow) -> str:
    return ", ".join(part for part in (workflow.method, how_often(workflow.per_item)) if part) or "makes"
