"""The drawing in the HTML page: boxes, lines and what is written on them."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from flake8_aa_celery.graph import labels
from flake8_aa_celery.graph.bands import BANDS, band
from flake8_aa_celery.graph.elements import KINDS, bundles
from flake8_aa_celery.graph.layout import Box, Size, lay_out
from flake8_aa_celery.graph.words import numbered, waits_for
from flake8_aa_celery.wording import cut, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flake8_aa_celery.graph.elements import Graph, Node, Priority, Step, Workflow
    from flake8_aa_celery.graph.layout import Layout

_TASK_HEIGHT, _STARTER_HEIGHT, _HEAD, _ROW = 48.0, 42.0, 30.0, 22.0
#: How wide letters are at most on average, in the sizes that the style sheet gives them.
_LETTER, _SMALL_LETTER = 8.4, 6.9
_LONGEST, _NARROWEST = 48, 170.0
_WIDTH, _MARGIN, _GAP = 1500.0, 24.0, 18.0
#: How much room the clock takes that a waiting task has at its right end.
_CLOCK = 22.0
_URGENCY = {each.key: number for number, each in enumerate(BANDS)}


def draw(graph: Graph) -> str:
    """The drawing, with a ``data-id`` on each box and ``data-from`` and ``data-to`` on each line."""
    apart = labels.lonely(graph)
    layout = _laid_out(graph, apart)
    lonely = [node for node in graph.nodes if node.id in apart]
    grid, caption_at, height = _grid(lonely, layout)
    parts = [*_lines(graph, layout)]
    parts += [_node(node, layout.boxes.get(node.id) or grid[node.id]) for node in graph.nodes]
    parts += [_workflow(workflow, layout.boxes[workflow.id]) for workflow in graph.workflows]
    if lonely:
        parts.insert(0, f'<text class="caption" x="0" y="{caption_at:g}">{labels.IDLE}</text>')
    width = max([layout.width, *(box.x + box.width for box in grid.values())])
    head = f'<svg id="map" data-width="{width:.0f}" data-height="{height:.0f}" role="group" aria-label="Map of tasks">'
    return head + '<g id="stage">\n' + "\n".join(parts) + "\n</g></svg>"


def _laid_out(graph: Graph, apart: set[str]) -> Layout:
    sizes = {node.id: _size(node) for node in graph.nodes if node.id not in apart}
    sizes.update((workflow.id, _workflow_size(workflow)) for workflow in graph.workflows)
    pairs = [(edge.source, edge.target) for edge in graph.edges]
    for workflow in graph.workflows:
        pairs.append((workflow.owner, workflow.id))
        pairs += [(workflow.id, step.target) for step in workflow.steps if step.target]
    return lay_out(sizes, pairs, _WIDTH)


def _grid(lonely: Sequence[Node], layout: Layout) -> tuple[dict[str, Box], float, float]:
    """Boxes in rows for what no line leads to or from; where its caption stands, and how high all is."""
    if not lonely:
        return {}, 0.0, layout.height
    start = layout.height + 3 * _MARGIN if layout.boxes else _MARGIN
    width = max(_size(node).width for node in lonely)
    columns = max(1, int((max(layout.width, _WIDTH) + _GAP) // (width + _GAP)))
    found: dict[str, Box] = {}
    for index, node in enumerate(lonely):
        row, column = divmod(index, columns)
        y = start + _MARGIN + row * (_TASK_HEIGHT + _GAP)
        found[node.id] = Box(column * (width + _GAP), y, width, _size(node).height)
    return found, start, max(box.y + box.height for box in found.values())


# -- sizes -------------------------------------------------------------------------------------------------------


def _size(node: Node) -> Size:
    if node.is_task:
        clock = _CLOCK if node.waits else 0
        return Size(max(_NARROWEST, 62 + len(_short(node.name)) * _LETTER) + clock, _TASK_HEIGHT)
    width = max(len(_short(node.name)) * _LETTER, len(_short(_kind(node))) * _SMALL_LETTER)
    return Size(max(_NARROWEST, 28 + width), _STARTER_HEIGHT)


def _workflow_size(workflow: Workflow) -> Size:
    widest = max((70 + 14 * step.depth + len(_row_text(step)) * _LETTER for step in workflow.steps), default=0.0)
    return Size(max(_NARROWEST, widest), _HEAD + _ROW * len(workflow.steps) + 6)


def _short(text: str, longest: int = _LONGEST) -> str:
    return cut(printable(text), longest)


def _kind(node: Node) -> str:
    return KINDS[node.kind] + (f" · {node.detail}" if node.detail else "")


# -- boxes -------------------------------------------------------------------------------------------------------


def _node(node: Node, box: Box) -> str:
    look = f"task {band(node.priority).key}" if node.kind == "task" else node.kind
    parts = [_rect(box, 9)]
    parts += _task(node, box) if node.is_task else _starter(node, box)
    if node.violations:
        right = box.x + box.width - 6
        parts.append(f'<circle class="badge" cx="{right:g}" cy="{box.y + 2:g}" r="9"/>')
        parts.append(f'<text class="count" x="{right:g}" y="{box.y + 6:g}">{len(node.violations)}</text>')
    return _group(node.id, look, f"{KINDS[node.kind]} {node.name}", parts)


def _task(node: Node, box: Box) -> Iterator[str]:
    fits = int((box.width - 56 - (_CLOCK if node.waits else 0)) / _SMALL_LETTER)
    where = f"{node.module}:{node.line}" if node.path else node.module
    where = where if len(where) <= fits else "…" + where[len(where) - fits + 1 :]
    yield from _chip(node.priority, box.x + 11, box.y + 12, 24)
    yield f'<text class="name" x="{box.x + 46:g}" y="{box.y + 21:g}">{escape(_short(node.name))}</text>'
    yield f'<text class="small" x="{box.x + 46:g}" y="{box.y + 37:g}">{escape(_short(where, 200))}</text>'
    if node.waits:
        yield _clock(node, box.x + box.width - 17, box.y + box.height / 2)


def _starter(node: Node, box: Box) -> Iterator[str]:
    yield f'<text class="small" x="{box.x + 14:g}" y="{box.y + 16:g}">{escape(_short(_kind(node)))}</text>'
    yield f'<text class="name" x="{box.x + 14:g}" y="{box.y + 32:g}">{escape(_short(node.name))}</text>'


def _workflow(workflow: Workflow, box: Box) -> str:
    parts = [
        _rect(box, 9),
        f'<text class="title" x="{box.x + 14:g}" y="{box.y + 20:g}">{escape(workflow.title)}</text>',
    ]
    for index, step in enumerate(workflow.steps):
        x, y = box.x + 14 + 14 * step.depth, box.y + _HEAD + _ROW * index
        text = escape(_row_text(step))
        parts.append(f'<text class="row" x="{x + (24 if step.priority else 0):g}" y="{y + 14:g}">{text}</text>')
        parts += _chip(step.priority, x, y + 2, 16) if step.priority else []
    return _group(workflow.id, "workflow", workflow.title, parts)


def _row_text(step: Step) -> str:
    return _short(numbered(step.number) + step.text + " \N{MULTIPLICATION SIGN} n" * step.per_item)


def _chip(priority: Priority | None, x: float, y: float, size: int) -> Iterator[str]:
    text = str(priority.value) if priority and priority.value is not None else "?" if priority else "-"
    look = f"chip {band(priority).key}" + (" default" if priority and priority.source == "default" else "")
    yield f'<rect class="{look}" x="{x:g}" y="{y:g}" width="{size}" height="{size}" rx="{size / 4:g}"/>'
    place = f'x="{x + size / 2:g}" y="{y + size / 2 + size * 0.2:g}"'
    yield f'<text class="number {band(priority).key}" {place} font-size="{size * 0.55:g}">{text}</text>'


def _clock(node: Node, x: float, y: float) -> str:
    """What says that a task waits: for one thing once, or, in colour, once per item."""
    look = "clock bulk" if any(wait.per_item for wait in node.waits) else "clock"
    hands = f'<circle cx="{x:g}" cy="{y:g}" r="7.5"/><path d="M{x:g} {y - 4.5:g}v4.5h3.5"/>'
    return f'<g class="{look}"><title>{escape(printable(waits_for(node)))}</title>{hands}</g>'


def _rect(box: Box, radius: int) -> str:
    place = f'x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}"'
    return f'<rect class="box" {place} rx="{radius}"/>'


def _group(id: str, look: str, label: str, parts: Iterable[str]) -> str:
    attributes = f'class="node {look}" data-id="{_plain(id)}" tabindex="0" role="button" aria-label="{_plain(label)}"'
    return f"<g {attributes}>" + "".join(parts) + "</g>"


def _plain(text: str) -> str:
    """Text in an attribute, without the signs that no document may hold."""
    return escape(printable(text))


# -- lines -------------------------------------------------------------------------------------------------------


def _lines(graph: Graph, layout: Layout) -> Iterator[str]:
    """One line for each pair of boxes, in the colour of the most urgent priority; one for each row of a workflow."""
    merged: dict[tuple[str, str], list[tuple[str, bool]]] = {}
    for bundle in bundles(graph.edges):
        look = band(bundle.priority).key if bundle.priority else "call"
        merged.setdefault((bundle.source, bundle.target), []).append((look, bundle.per_item))
    for (source, target), found in merged.items():
        look = min((each for each, _ in found), key=lambda key: _URGENCY.get(key, len(BANDS)))
        yield _line(source, target, layout, look, bulk=any(per_item for _, per_item in found))
    for workflow in graph.workflows:
        yield _line(workflow.owner, workflow.id, layout, "flow", bulk=workflow.per_item)
        box = layout.boxes[workflow.id]
        for index, step in enumerate(workflow.steps):
            if step.target:
                height = box.y + _HEAD + _ROW * index + 10
                yield _line(workflow.id, step.target, layout, band(step.priority).key, step.per_item, height)


def _line(source: str, target: str, layout: Layout, look: str, bulk: bool, height: float | None = None) -> str:
    ends = f'data-from="{_plain(source)}" data-to="{_plain(target)}"'
    look = f"line {look}{' bulk' if bulk else ''}"
    if source == target:
        return f'<path class="{look}" {ends} d="{_loop(layout.boxes[source])}"/>'
    corners = list(layout.lines[source, target])
    if height is not None:
        corners[0] = (corners[0][0], height)
    forth = corners[-1][0] > corners[0][0]
    tip_x, tip_y = corners[-1]
    back = -9 if forth else 9
    corners[-1] = (tip_x + back * 0.8, tip_y)
    tip = f"M{tip_x:.1f} {tip_y:.1f}l{back} -4.5v9z"
    return f'<g class="{look}" {ends}><path class="way" d="{_path(corners)}"/><path class="tip" d="{tip}"/></g>'


def _path(corners: Sequence[tuple[float, float]]) -> str:
    """Straight along the lanes, and a curve from column to column."""
    x, y = corners[0]
    parts = [f"M{x:.1f} {y:.1f}"]
    for index, (across, down) in enumerate(corners[1:]):
        if index % 2:
            parts.append(f"L{across:.1f} {down:.1f}")
        else:
            middle = (x + across) / 2
            parts.append(f"C{middle:.1f} {y:.1f} {middle:.1f} {down:.1f} {across:.1f} {down:.1f}")
        x, y = across, down
    return "".join(parts)


def _loop(box: Box) -> str:
    """A small loop at the lower right corner, for what starts itself."""
    x, y = box.x + box.width, box.y + box.height / 2
    return f"M{x:.1f} {y + 6:.1f}c26 14 26 -26 0 -14"
