"""What nodes and arrows say, for diagrams that other programs draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.graph.facts import KINDS, bundles
from flake8_aa_celery.graph.words import how, how_often, numbered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.graph.facts import Bundle, Graph, Node, Step, Workflow


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


def of_node(node: Node) -> list[str]:
    """The lines in the box of a node: what kind it is, its name, and what else matters."""
    head = [] if node.kind == "task" else [KINDS[node.kind]]
    codes = sorted({finding.code for finding in node.violations})
    tail = [node.detail] if node.detail else []
    tail += [f"priority {node.priority.text}"] if node.priority else []
    tail += ["⚠ " + ", ".join(codes)] if codes else []
    return [*head, node.name, *tail]


def of_workflow(workflow: Workflow) -> list[str]:
    """The lines in the box of a workflow: its members in their order."""
    return [workflow.title, *map(_of_step, workflow.steps)]


def _of_step(step: Step) -> str:
    told = [f"priority {step.priority.text}"] if step.priority else []
    told += [how_often(True)] if step.per_item else []
    return f"{'· ' * step.depth}{numbered(step.number)}{step.text}" + (f" ({', '.join(told)})" if told else "")


def _of_bundle(bundle: Bundle) -> str:
    parts = [how(bundle.method), bundle.priority.text if bundle.priority else "", how_often(bundle.per_item)]
    return ", ".join(part for part in parts if part)


def _of_workflow(workflow: Workflow) -> str:
    return ", ".join(part for part in (workflow.method, how_often(workflow.per_item)) if part) or "makes"
