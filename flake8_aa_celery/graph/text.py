"""The map as a tree, for reading in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.graph.elements import KINDS, bundles, wait_bundles
from flake8_aa_celery.graph.labels import IDLE
from flake8_aa_celery.graph.words import how, how_often, numbered, runs_at
from flake8_aa_celery.wording import counted, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console

    from flake8_aa_celery.graph.elements import Bundle, Edge, Graph, Node, Priority, Step, Workflow

    Line = list[tuple[str, str]]

_STYLES = {"default": "dim", "unknown": "yellow"}
_BANDS = {0: "bold magenta", 1: "bold red", 2: "bold red", 3: "red", 4: "red", 5: "green"}


class Branch(NamedTuple):
    """A line and what hangs below it."""

    line: Line
    below: list[Branch]


def render(graph: Graph) -> str:
    """The tree as plain text."""
    return "".join("".join(text for text, _ in line) + "\n" for line in _Tree(graph).lines())


def draw(graph: Graph, console: Console) -> None:
    """The same in colour."""
    from rich.text import Text

    for line in _Tree(graph).lines():
        console.print(Text.assemble(*line), soft_wrap=True)


class _Tree:
    """What hangs below each task of a map."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._nodes = graph.by_id()
        self._from: dict[str, list[Edge]] = {}
        self._to: dict[str, list[Edge]] = {}
        for edge in graph.edges:
            self._from.setdefault(edge.source, []).append(edge)
            self._to.setdefault(edge.target, []).append(edge)
        self._of_owner: dict[str, list[Workflow]] = {}
        self._with_member: dict[str, list[tuple[Workflow, Step]]] = {}
        for workflow in graph.workflows:
            self._of_owner.setdefault(workflow.owner, []).append(workflow)
            for step in workflow.steps:
                self._with_member.setdefault(step.target, []).append((workflow, step))

    def lines(self) -> Iterator[Line]:
        """Task after task by file, then what starts tasks without being one."""
        path = ""
        for task in self._graph.tasks:
            if task.path != path:
                path = task.path
                yield [(printable(path), "bold")]
            yield from _flat(self._task(task), "  ", "  ")
        if not self._graph.tasks:
            yield [("No tasks", "")]
            return
        foreign = [node for node in self._graph.nodes if node.kind == "foreign"]
        if foreign:
            yield [("of other packages", "bold")]
        for task in foreign:
            yield from _flat(self._task(task), "  ", "  ")
        yield []
        yield [(_summary(self._graph), "")]

    def _task(self, task: Node) -> Branch:
        started = [*self._starters(task), *self._workflow_starters(task)]
        starts = self._started(task.id, set())
        by = Branch([("started by", "")], started) if started else Branch([(IDLE[0].lower() + IDLE[1:], "yellow")], [])
        told = [*_properties(task), *_waits(task), by]
        return Branch(_head(task), [*told, Branch([("starts", "")], starts)] if starts else told)

    def _starters(self, task: Node) -> Iterator[Branch]:
        for bundle in bundles(self._to.get(task.id, ())):
            callers = list(self._callers(bundle.source, {task.id}))
            yield Branch([*_who(self._nodes[bundle.source]), *_bundle(bundle)], callers)

    def _workflow_starters(self, task: Node) -> Iterator[Branch]:
        for found, step in self._with_member.get(task.id, ()):
            place = f"as {step.number}. of a {found.kind}" if step.number.isdigit() else f"in a {found.kind}"
            line: Line = [*_who(self._nodes[found.owner]), (f"  {place}, ", "dim"), *priority_line(step.priority)]
            line += [(f", {how_often(True)}", "yellow")] if step.per_item else []
            callers = list(self._callers(found.owner, {task.id}))
            yield Branch([*line, (f"  {found.path}:{found.line}", "dim")], callers)

    def _callers(self, id: str, seen: set[str]) -> Iterator[Branch]:
        """Who calls a function that starts a task, and who calls those."""
        if self._nodes[id].kind != "function":
            return
        for bundle in bundles(edge for edge in self._to.get(id, ()) if edge.method == "calls"):
            if bundle.source not in seen:
                deeper = self._callers(bundle.source, seen | {id})
                who = _who(self._nodes[bundle.source])
                yield Branch([("called by ", "dim"), *who, (_places(bundle.places), "dim")], list(deeper))

    def _started(self, id: str, seen: set[str]) -> list[Branch]:
        """What a node starts, and below a function that it calls what that one starts."""
        found: list[Branch] = []
        for bundle in bundles(self._from.get(id, ())):
            target = self._nodes[bundle.target]
            name: Line = [(target.name, "cyan")] if target.is_task else _who(target)
            through = target.kind == "function" and target.id not in seen
            below = self._started(target.id, seen | {id, target.id}) if through else []
            found.append(Branch([*name, *_bundle(bundle)], below))
        return found + [_workflow(flow) for flow in self._of_owner.get(id, ())]


def _flat(branch: Branch, head: str, rest: str) -> Iterator[Line]:
    yield [(head, "dim"), *((printable(text), style) for text, style in branch.line)]
    for index, child in enumerate(branch.below):
        last = index == len(branch.below) - 1
        yield from _flat(child, rest + ("└─ " if last else "├─ "), rest + ("   " if last else "│  "))


def _head(task: Node) -> Line:
    if not task.path:
        return [(task.registered_name, "bold cyan")]
    return [(task.name, "bold cyan"), (f":{task.line}  ", "dim"), *priority_line(task.priority)]


def _properties(task: Node) -> Iterator[Branch]:
    """The violations of a task, and its options."""
    for found in task.violations:
        yield Branch([(found.code, "bold red"), (f" line {found.line}: {found.message}", "")], [])
    options = [f"{name}={value}" for name, value in task.options if name not in ("name", "priority")]
    if options:
        yield Branch([(", ".join(options), "dim")], [])


def _waits(task: Node) -> Iterator[Branch]:
    """What a task waits for, and where."""
    for bundle in wait_bundles(task.waits):
        often = f", {how_often(True)}" if bundle.per_item else ""
        line: Line = [("waits for ", ""), (bundle.text, "bold"), (often, "yellow"), (_places(bundle.places), "dim")]
        yield Branch(line, [])


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
    line += [("  ", ""), *priority_line(step.priority)] if step.priority else []
    return [*line, (f"  {how_often(step.per_item)}", "yellow")] if step.per_item else line


def _who(node: Node) -> Line:
    detail = f" ({node.detail})" if node.detail else ""
    codes = "" if node.is_task else "".join(f"  {code}" for code in sorted({found.code for found in node.violations}))
    name = (node.name, "cyan" if node.is_task else "bold")
    return [(f"{KINDS[node.kind]} ", ""), name, (detail, "dim"), (codes, "bold red")]


def _bundle(bundle: Bundle) -> Line:
    often = f", {how_often(bundle.per_item)}" if bundle.per_item else ""
    line: Line = [(f"  {how(bundle.method)}", "dim")]
    line += [(", ", "dim"), *priority_line(bundle.priority)] if bundle.priority else []
    return [*line, (often, "yellow"), (_places(bundle.places), "dim")]


def _places(places: Sequence[tuple[str, int]]) -> str:
    """Where something is written: further lines of a file without its name."""
    told: list[str] = []
    before = ""
    for path, line in places:
        told.append(str(line) if path == before else f"{path}:{line}")
        before = path
    return "  " + ", ".join(told)


def priority_line(priority: Priority | None) -> Line:
    """A priority in words, in the colour that it has everywhere; nothing for none."""
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
