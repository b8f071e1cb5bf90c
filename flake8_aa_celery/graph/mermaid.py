"""The map as a Mermaid flowchart, which GitLab and GitHub draw where Markdown holds it.

https://mermaid.js.org/syntax/flowchart.html
"""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from flake8_aa_celery.graph import labels
from flake8_aa_celery.graph.bands import BANDS, band
from flake8_aa_celery.graph.words import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_aa_celery.graph.facts import Graph, Node

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
    for number, (module, tasks) in enumerate(groupby(graph.tasks, attrgetter("module"))):
        yield f'  subgraph m{number}["{_text(module)}"]'
        yield from (f"    {_box(task, ids)}" for task in tasks)
        yield "  end"
    yield from (f"  {_box(node, ids)}" for node in graph.nodes if node.kind != "task")
    for workflow in graph.workflows:
        yield f'  {ids[workflow.id]}[["{_label(labels.of_workflow(workflow))}"]]:::workflow'
    for arrow in labels.arrows(graph):
        label = f'|"{_text(arrow.label)}"|' if arrow.label else ""
        yield f"  {ids[arrow.source]} {_ARROWS[arrow.look]}{label} {ids[arrow.target]}"
    yield from _classes()


def _box(node: Node, ids: dict[str, str]) -> str:
    opening, closing = _SHAPES[node.kind]
    look = band(node.priority).key if node.kind == "task" else "starter"
    warned = f"\n    class {ids[node.id]} violating" if node.violations else ""
    return f'{ids[node.id]}{opening}"{_label(labels.of_node(node))}"{closing}:::{look}{warned}'


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
