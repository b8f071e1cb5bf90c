"""The map as a Mermaid flowchart, which GitLab and GitHub draw where Markdown holds it.

https://mermaid.js.org/syntax/flowchart.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.graph import labels
from flake8_aa_celery.graph.bands import BANDS, band
from flake8_aa_celery.wording import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_aa_celery.graph.elements import Graph, Node

_SHAPES = {
    "task": ("[", "]"),
    "foreign": ("[[", "]]"),
    "view": ("([", "])"),
    "schedule": ("{{", "}}"),
    "receiver": (">", "]"),
    "admin": ("[/", "\\]"),
    "command": ("[\\", "/]"),
    "function": ("(", ")"),
    "module": ("(", ")"),
}
_ARROWS = {"plain": "-->", "bulk": "==>", "call": "-.->"}
#: What a label cannot hold as it is: the rest is safe between quotes.
_ESCAPES = {sign: f"#{ord(sign)};" for sign in '#"<>&`\\{}[]|'}


def render(graph: Graph) -> str:
    """The flowchart, without a fence around it."""
    return "".join(line + "\n" for line in _lines(graph))


def _lines(graph: Graph) -> Iterator[str]:
    ids = {node.id: f"n{number}" for number, node in enumerate(graph.nodes)}
    ids.update((workflow.id, f"w{number}") for number, workflow in enumerate(graph.workflows))
    yield "flowchart LR"
    lonely, texts = labels.lonely(graph), labels.of_nodes(graph)
    boxes = {node.id: list(_box(node, ids[node.id], texts[node.id])) for node in graph.nodes}
    yield from (line for id, box in boxes.items() if id not in lonely for line in box)
    if lonely:
        yield f'  subgraph idle["{_text(labels.IDLE)}"]'
        yield "  direction LR"
        yield from (line for id, box in boxes.items() if id in lonely for line in box)
        yield "  end"
    for workflow in graph.workflows:
        yield f'  {ids[workflow.id]}[["{_label(labels.of_workflow(workflow))}"]]:::workflow'
    for arrow in labels.arrows(graph):
        label = f'|"{_text(arrow.label)}"|' if arrow.label else ""
        yield f"  {ids[arrow.source]} {_ARROWS[arrow.look]}{label} {ids[arrow.target]}"
    yield from _classes()


def _box(node: Node, id: str, lines: Iterable[str]) -> Iterator[str]:
    opening, closing = _SHAPES[node.kind]
    look = band(node.priority).key if node.kind == "task" else "starter"
    yield f'  {id}{opening}"{_label(lines)}"{closing}:::{look}'
    if node.violations:
        yield f"  class {id} violating"


def _label(lines: Iterable[str]) -> str:
    return "<br/>".join(map(_text, lines))


def _text(text: str) -> str:
    """Text that Mermaid takes as it is; what nobody could see is left out."""
    return "".join(_ESCAPES.get(sign, sign) for sign in printable(text))


def _classes() -> Iterator[str]:
    for each in BANDS:
        yield f"  classDef {each.key} fill:{each.fill},stroke:{each.stroke},color:{each.text}"
    yield "  classDef starter fill:#ffffff,stroke:#94a3b8,color:#0f172a"
    yield "  classDef workflow fill:#fef9c3,stroke:#ca8a04,color:#422006,text-align:left"
    yield "  classDef violating stroke:#dc2626,stroke-width:3px,stroke-dasharray:6 3"
