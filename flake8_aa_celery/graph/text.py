"""The map as a tree, for reading in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.graph.facts import KINDS, bundles
from flake8_aa_celery.graph.labels import IDLE
from flake8_aa_celery.graph.words import how, how_often, numbered, runs_at
from flake8_aa_celery.wording import counted, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console

    from flake8_aa_celery.graph.facts import Bundle, Graph, Node, Priority, Step, Workflow

    Line = list[tuple[str, str]]

_STYLES = {"default": "dim", "unknown": "yellow"}
_BANDS = {0: "bold magenta", 1: "bold red", 2: "bold red", 3: "red", 4: "red", 5: "green"}


class Branch(NamedTuple):
    """A line and what hangs below it."""

    line: Line
    below: list[Branch]


def render(graph: Graph) -> str:
    """The tree as plain text."""
    return "".join("".join(text for text, _ in line) + "\n" for line in _lines(graph))


def draw(graph: Graph, console: Console) -> None:
    """The same in colour."""
    from rich.text import Text

    for line in _lines(graph):
        console.print(Text.assemble(*line), soft_wrap=True)


def _lines(graph: Graph) -> Iterator[Line]:
    """Task after task by file, then what starts tasks without being one."""
    path = ""
    for task in graph.tasks:
        if task.path != path:
            path = task.path
            yield [(printable(path), "bold")]
        yield from _flat(_task(task, graph), "  ", "  ")
    if not graph.tasks:
        yield [("No tasks", "")]
        return
    foreign = [node for node in graph.nodes if node.kind == "foreign"]
    if foreign:
        yield [("of other packages", "bold")]
    for task in foreign:
        yield from _flat(_task(task, graph), "  ", "  ")
    yield []
    yield [(_summary(graph), "")]


def _flat(branch: Branch, head: str, rest: str) -> Iterator[Line]:
    yield [(head, "dim"), *((printable(text), style) for text, style in branch.line)]
    for index, child in enumerate(branch.below):
        last = index == len(branch.below) - 1
        yield from _flat(child, rest + ("└─ " if last else "├─ "), rest + ("   " if last else "│  "))


def _task(task: Node, graph: Graph) -> Branch:
    names = graph.by_id()
    line: Line = [(task.name if task.path else task.registered_name, "bold cyan")]
    line += [(f":{task.line}  ", "dim"), *_priority(task.priority)] if task.path else []
    options = [f"{name}={value}" for name, value in task.options if name not in ("name", "priority")]
    below = [Branch([(found.code, "bold red"), (f" line {found.line}: {found.message}", "")], [])
             for found in task.violations]  # fmt: skip
    below += [Branch([(", ".join(options), "dim")], [])] if options else []
    started = [*_starters(task, graph, names), *_workflow_starters(task, graph, names)]
    below.append(
        Branch([("started by", "")], started) if started else Branch([(f"{IDLE[0].lower()}{IDLE[1:]}", "yellow")], [])
    )
    starts = _started(task.id, graph, names, set())
    below += [Branch([("starts", "")], starts)] if starts else []
    return Branch(line, below)


def _starters(task: Node, graph: Graph, names: dict[str, Node]) -> Iterator[Branch]:
    for bundle in bundles(edge for edge in graph.edges if edge.target == task.id):
        callers = list(_callers(bundle.source, graph, names, {task.id}))
        yield Branch([*_who(names[bundle.source]), *_bundle(bundle)], callers)


def _workflow_starters(task: Node, graph: Graph, names: dict[str, Node]) -> Iterator[Branch]:
    for found in graph.workflows:
        for step in found.steps:
            if step.target == task.id:
                place = f"as {step.number}. of a {found.kind}" if step.number.isdigit() else f"in a {found.kind}"
                line: Line = [*_who(names[found.owner]), (f"  {place}, ", "dim"), *_priority(step.priority)]
                line += [(f", {how_often(True)}", "yellow")] if step.per_item else []
                callers = list(_callers(found.owner, graph, names, {task.id}))
                yield Branch([*line, (f"  {found.path}:{found.line}", "dim")], callers)


def _callers(id: str, graph: Graph, names: dict[str, Node], seen: set[str]) -> Iterator[Branch]:
    """Who calls a function that starts a task, and who calls those."""
    if names[id].kind != "function":
        return
    for bundle in bundles(edge for edge in graph.edges if edge.target == id and edge.method == "calls"):
        if bundle.source not in seen:
            deeper = _callers(bundle.source, graph, names, seen | {id})
            line: Line = [("called by ", "dim"), *_who(names[bundle.source]), (_places(bundle.places), "dim")]
            yield Branch(line, list(deeper))


def _started(id: str, graph: Graph, names: dict[str, Node], seen: set[str]) -> list[Branch]:
    """What a node starts, and below a function that it calls what that one starts."""
    found: list[Branch] = []
    for bundle in bundles(edge for edge in graph.edges if edge.source == id):
        target = names[bundle.target]
        name: Line = [(target.name, "cyan")] if target.is_task else _who(target)
        through = target.kind == "function" and target.id not in seen
        below = _started(target.id, graph, names, seen | {id, target.id}) if through else []
        found.append(Branch([*name, *_bundle(bundle)], below))
    return found + [_workflow(flow) for flow in graph.workflows if flow.owner == id]


def _workflow(found: Workflow) -> Branch:
    parts = [part for part in (found.method, how_often(found.per_item)) if part]
    line: Line = [(found.title, "bold"), (f"  {', '.join(parts) or 'made here'}  {found.path}:{found.line}", "dim")]
    return Branch(line, _steps(found.steps, 0))


def _steps(steps: Iterable[Step], depth: int) -> list[Branch]:
    branches: list[Branch] = []
    inner: list[Step] = []
    for step in steps:
        if step.depth > depth:
            inner.append(step)
            continue
        if inner:
            branches[-1].below.extend(_steps(inner, depth + 1))
            inner = []
        branches.append(Branch(_step(step), []))
    if inner and branches:
        branches[-1].below.extend(_steps(inner, depth + 1))
    return branches


def _step(step: Step) -> Line:
    line: Line = [(numbered(step.number), "dim"), (step.text, "cyan" if step.target else "")]
    line += [("  ", ""), *_priority(step.priority)] if step.priority else []
    return [*line, (f"  {how_often(step.per_item)}", "yellow")] if step.per_item else line


def _who(node: Node) -> Line:
    detail = f" ({node.detail})" if node.detail else ""
    codes = "" if node.is_task else "".join(f"  {code}" for code in sorted({found.code for found in node.violations}))
    name = (node.name, "cyan" if node.is_task else "bold")
    return [(f"{KINDS[node.kind]} ", ""), name, (detail, "dim"), (codes, "bold red")]


def _bundle(bundle: Bundle) -> Line:
    often = f", {how_often(bundle.per_item)}" if bundle.per_item else ""
    line: Line = [(f"  {how(bundle.method)}", "dim")]
    line += [(", ", "dim"), *_priority(bundle.priority)] if bundle.priority else []
    return [*line, (often, "yellow"), (_places(bundle.places), "dim")]


def _places(places: Sequence[tuple[str, int]]) -> str:
    """Where something is written: further lines of a file without its name."""
    told: list[str] = []
    before = ""
    for path, line in places:
        told.append(str(line) if path == before else f"{path}:{line}")
        before = path
    return "  " + ", ".join(told)


def _priority(priority: Priority | None) -> Line:
    if priority is None:
        return []
    style = _STYLES.get(priority.source) or _BANDS.get(-1 if priority.value is None else priority.value, "blue")
    return [(runs_at(priority), style)]


def _summary(graph: Graph) -> str:
    started = {edge.target for edge in graph.edges} | {step.target for found in graph.workflows for step in found.steps}
    idle = sum(1 for task in graph.tasks if task.id not in started)
    violations = sum(len(node.violations) for node in graph.nodes)
    parts = [counted(len(graph.tasks), "task"), counted(len(graph.workflows), "workflow"),
             counted(violations, "violation"), f"{idle} started by nothing that the code shows"]  # fmt: skip
    return ", ".join(parts)
