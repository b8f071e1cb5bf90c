"""What a map shows: plain values, sorted, the same for the same files."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Literal

    from flake8_aa_celery.model.calling.due import Times

    Kind = Literal[
        "task", "foreign", "view", "receiver", "admin", "command", "schedule", "function", "module"
    ]  # fmt: skip
    Source = Literal["given", "default", "unknown"]

#: What each kind of node is called, in the order in which they are listed.
KINDS: dict[Kind, str] = {
    "schedule": "schedule",
    "view": "view",
    "receiver": "signal receiver",
    "admin": "admin",
    "command": "management command",
    "task": "task",
    "function": "function",
    "module": "module",
    "foreign": "task of another package",
}


#: The text of the step that stands for members which cannot be seen.
MORE = "…"


class Priority(NamedTuple):
    """What something runs at.

    :param value: from 0 to 9; None where it is not known, no such number, or left to the worker.
    :param source: whether the code gives it, the project's default is meant, or nobody can tell.
    :param text: how it is shown.
    """

    value: int | None
    source: Source
    text: str


class Finding(NamedTuple):
    """A violation within a node."""

    code: str
    message: str
    line: int


class Wait(NamedTuple):
    """A call that holds its worker: the network, a process, a nap, the result of a task.

    :param text: what it waits for: ``requests.get``.
    :param per_item: whether it does so once per item of a loop, around it or on the way there.
    :param path: the file that it stands in.
    """

    text: str
    per_item: bool
    path: str
    line: int


class Node(NamedTuple):
    """A task, or something that starts one.

    :param id: the dotted name, made unique.
    :param name: the name of the function, after that of its class; of a schedule's entry what it is called.
    :param module: the dotted name of its module.
    :param path: its file, as it is shown; empty for a task of another package.
    :param line: of the ``def``; of a schedule's entry where it begins.
    :param registered_name: what Celery knows a task by; empty where that cannot be told.
    :param options: of a task's decorator, as they are written.
    :param priority: what a task runs at where its dispatch says nothing else; None for all other nodes.
    :param detail: of a schedule's entry when it is due, of a receiver its signal.
    :param due: of a schedule's entry the same in numbers; None where these are not known, and for all other nodes.
    :param waits: what it waits for, itself or in what it calls.
    """

    id: str
    kind: Kind
    name: str
    module: str
    path: str
    line: int
    registered_name: str = ""
    options: tuple[tuple[str, str], ...] = ()
    priority: Priority | None = None
    detail: str = ""
    violations: tuple[Finding, ...] = ()
    due: Times | None = None
    waits: tuple[Wait, ...] = ()

    @property
    def is_task(self) -> bool:
        """Whether it is a task, be it of another package."""
        return self.kind in ("task", "foreign")


class Edge(NamedTuple):
    """One place where a node starts a task, or calls a function that does.

    :param method: ``delay``, ``apply_async`` …; ``s`` and its like where only a signature is seen; ``()`` and
        ``run`` where the task runs in its caller's process; ``calls`` of a function; ``beat`` of a schedule.
    :param priority: None where nothing is sent.
    :param per_item: whether a loop sends one for each item.
    """

    source: str
    target: str
    method: str
    priority: Priority | None
    per_item: bool
    path: str
    line: int


class Step(NamedTuple):
    """A member of a workflow.

    :param number: its place in a chain, such as ``2``; empty where there is no order.
    :param depth: how many workflows it lies in, the outermost not counted.
    :param text: the name of its task; for a workflow of its own what kind; otherwise the expression.
    :param target: the node of its task; empty where there is none.
    """

    number: str
    depth: int
    text: str
    target: str
    priority: Priority | None
    per_item: bool


class Workflow(NamedTuple):
    """A chain, group, chord … with its members in their order.

    :param owner: the node that makes or starts it.
    :param method: how it is started; empty where that is not seen.
    :param per_item: whether a loop starts one for each item.
    """

    id: str
    kind: str
    owner: str
    method: str
    per_item: bool
    path: str
    line: int
    steps: tuple[Step, ...]

    @property
    def title(self) -> str:
        """``chain of 3``; without a number where a loop adds members or not all can be seen."""
        members = [step for step in self.steps if step.depth == 0]
        known = all(step.text != MORE and not step.per_item for step in members)
        return f"{self.kind} of {len(members)}" if known and members else self.kind


class Graph(NamedTuple):
    """The map: nodes by path and line, edges by their ends, workflows by where they stand."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    workflows: tuple[Workflow, ...]

    @property
    def tasks(self) -> list[Node]:
        """The tasks of the project."""
        return [node for node in self.nodes if node.kind == "task"]

    def by_id(self) -> dict[str, Node]:
        """Every node by its id."""
        return {node.id: node for node in self.nodes}


def links(graph: Graph) -> Iterator[tuple[str, str]]:
    """Every pair of nodes of which the first leads to the second, through workflows too; some more than once."""
    for edge in graph.edges:
        yield edge.source, edge.target
    for workflow in graph.workflows:
        for step in workflow.steps:
            if step.target:
                yield workflow.owner, step.target


class WaitBundle(NamedTuple):
    """Waits of a node that differ in nothing but their place."""

    text: str
    per_item: bool
    places: tuple[tuple[str, int], ...]


def wait_bundles(waits: Iterable[Wait]) -> list[WaitBundle]:
    """The waits, those put together that say the same, in the order of the first of each."""
    found: dict[tuple[str, bool], list[tuple[str, int]]] = {}
    for wait in waits:
        found.setdefault((wait.text, wait.per_item), []).append((wait.path, wait.line))
    return [WaitBundle(*key, tuple(places)) for key, places in found.items()]


class Bundle(NamedTuple):
    """Edges that differ in nothing but the place where they are written."""

    source: str
    target: str
    method: str
    priority: Priority | None
    per_item: bool
    places: tuple[tuple[str, int], ...]


def bundles(edges: Iterable[Edge]) -> list[Bundle]:
    """The edges, those put together that say the same, in the order of the first of each."""
    found: dict[tuple[str, str, str, Priority | None, bool], list[tuple[str, int]]] = {}
    for edge in edges:
        key = (edge.source, edge.target, edge.method, edge.priority, edge.per_item)
        found.setdefault(key, []).append((edge.path, edge.line))
    return [Bundle(*key, tuple(places)) for key, places in found.items()]
