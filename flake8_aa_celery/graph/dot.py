"""The map in the language of Graphviz: ``dot -Tsvg``. https://graphviz.org/doc/info/lang.html"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.graph import labels
from flake8_aa_celery.graph.bands import band
from flake8_aa_celery.wording import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_aa_celery.graph.elements import Graph, Node

_SHAPES = {
    "task": "box",
    "foreign": "box",
    "view": "ellipse",
    "schedule": "hexagon",
    "receiver": "cds",
    "admin": "house",
    "command": "note",
    "function": "box",
    "module": "tab",
}
_LOOKS = {"plain": "solid", "bulk": "bold", "call": "dashed"}


def render(graph: Graph) -> str:
    """The graph, laid out from left to right."""
    return "".join(line + "\n" for line in _lines(graph))


def _lines(graph: Graph) -> Iterator[str]:
    yield "digraph tasks {"
    yield "  rankdir=LR; ranksep=1.2; nodesep=0.25;"
    yield '  node [fontname="sans-serif", fontsize=11, style="filled,rounded", fillcolor=white, color="#94a3b8"];'
    yield '  edge [fontname="sans-serif", fontsize=9, color="#64748b"];'
    lonely, texts = labels.lonely(graph), labels.of_nodes(graph)
    boxes = {node.id: _box(node, texts[node.id]) for node in graph.nodes}
    yield from (f"  {box}" for id, box in boxes.items() if id not in lonely)
    if lonely:
        yield f'  subgraph cluster_idle {{ label={_quoted(labels.IDLE)}; fontname="sans-serif"; color="#cbd5e1";'
        yield from (f"    {box}" for id, box in boxes.items() if id in lonely)
        yield "  }"
    for workflow in graph.workflows:
        label = "".join(f"{_text(line)}\\l" for line in labels.of_workflow(workflow))
        yield f'  {_quoted(workflow.id)} [label="{label}", shape=box, style=filled, fillcolor="#fef9c3"];'
    for arrow in labels.arrows(graph):
        ends = f"{_quoted(arrow.source)} -> {_quoted(arrow.target)}"
        yield f"  {ends} [label={_quoted(arrow.label)}, style={_LOOKS[arrow.look]}];"
    yield "}"


def _box(node: Node, lines: Iterable[str]) -> str:
    label = "\\n".join(map(_text, lines))
    colours = ""
    if node.kind == "task":
        found = band(node.priority)
        colours = f', fillcolor="{found.fill}", color="{found.stroke}", fontcolor="{found.text}"'
    width = ", penwidth=3" if node.violations else ""
    return f'{_quoted(node.id)} [label="{label}", shape={_SHAPES[node.kind]}{colours}{width}];'


def _quoted(text: str) -> str:
    return f'"{_text(text)}"'


def _text(text: str) -> str:
    return printable(text).replace("\\", "\\\\").replace('"', '\\"')
