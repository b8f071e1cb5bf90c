"""The boxes of a map: each task, and each function, schedule … that starts one, with an id of its own."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.graph import priorities, starters
from flake8_aa_celery.graph.elements import Finding, Node
from flake8_aa_celery.graph.waits import waits_of
from flake8_aa_celery.model.resolve.task_functions import registered_in
from flake8_aa_celery.model.resolve.values import Function, Mapping, NamedTask, Task, UnreadableTask
from flake8_aa_celery.places import below
from flake8_aa_celery.wording import cut, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flake8_aa_celery.graph.elements import Priority
    from flake8_aa_celery.graph.sources import Sources
    from flake8_aa_celery.graph.starters import Starter
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Scope
    from flake8_aa_celery.model.resolve.values import Value


def source_of(node: ast.expr, longest: int = 120) -> str:
    """An expression as it is written, on one line; of a long one its beginning."""
    return cut(" ".join(ast.unparse(node).split()), longest)


_line = attrgetter("line")


class _Spot(NamedTuple):
    """A node and the lines that it takes in its file."""

    node: Node
    first: int
    last: int

    def with_findings(self, findings: Sequence[Finding]) -> Node:
        """The node with those that lie in it, of all in its file by line."""
        first = bisect_left(findings, self.first, key=_line)
        return self.node._replace(violations=tuple(findings[first : bisect_right(findings, self.last, key=_line)]))


class Nodes:
    """Hands out the id of whatever starts a task or is one; each has one node, however often it is asked for.

    :param sources: the files of the project: their tasks are on the map, whatever else is.
    """

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._default_priority = priorities.default(sources.settings)
        self._spots: dict[tuple[str, int, str], _Spot] = {}
        self._ids: set[str] = set()
        self._functions: dict[str, Starter] = {}
        for module in (module for module in sources.modules if not module.in_document):
            for task in registered_in(module):
                self.task(task)

    def all(self) -> list[Node]:
        """Every node with its violations, by path and line; last those of other packages."""
        findings = {path: self._findings(path) for path in sorted({spot.node.path for spot in self._spots.values()})}
        found = [spot.with_findings(findings[spot.node.path]) for spot in self._spots.values()]
        return sorted(found, key=lambda node: (not node.path, node.path, node.line, node.id))

    def _findings(self, path: str) -> list[Finding]:
        """What is reported of a file, by line."""
        return [Finding(found.code, found.message, found.line) for found in self._sources.violations(path)]

    def functions(self) -> list[Starter]:
        """The plain functions that were asked for so far."""
        return list(self._functions.values())

    def priority(self, sent: Value, given: Mapping | None = None) -> Priority:
        """What a task or signature is sent at, with the options of its dispatch."""
        return priorities.of(sent, given or Mapping({}), self._default_priority)

    def starter(self, starter: Starter) -> str:
        """The id of what a place belongs to."""
        if starter.task is not None:
            return self.task(starter.task)
        line = starter.node.lineno if starter.node else 1
        last = (starter.node.end_lineno or line) if starter.node else line
        module = starter.module.dotted
        name = f"{module}.{starter.name}" if starter.node else starter.name
        node = Node(name, starter.kind, starter.name, module, below(starter.module.path), line, detail=starter.detail)
        scope = starter.module.scopes.by_node[starter.node] if starter.node else None
        found = self.add(node, line, last, scope)
        if starter.kind == "function":
            self._functions[found] = starter
        return found

    def task(self, task: Task) -> str:
        """The id of a task of the project."""
        name, line = starters.of_task(task).name, task.definition.lineno
        node = Node(
            f"{task.module.dotted}.{name}", "task", name, task.module.dotted, below(task.module.path), line,
            registered_name=task.registered_name or "",
            options=_options(task.options),
            priority=self.priority(task),
        )  # fmt: skip
        first = min([line, *(decorator.lineno for decorator in task.definition.decorator_list)])
        return self.add(node, first, task.definition.end_lineno or line, task.scope)

    def target(self, value: Value, speaker: Module) -> str | None:
        """The id of what is dispatched; None where it cannot be told.

        :param speaker: the module that dispatches it.
        """
        if isinstance(value, Task):
            return self.task(value)
        if isinstance(value, NamedTask) and value.name:
            return self._named(value.name, speaker)
        if isinstance(value, UnreadableTask) and value.dotted:
            # a folder without `__init__.py` hides from which package a name is imported
            return self._named(value.dotted.lstrip("."), speaker)
        if isinstance(value, Function):
            return self.starter(starters.of_function(value.module.scopes.by_node[value.node]))
        return None

    def _named(self, name: str, speaker: Module) -> str:
        """The id of the task that is registered by a name."""
        known = self._sources.task_named(name, speaker)
        return self.task(known) if known else self._foreign(name)

    def _foreign(self, name: str) -> str:
        module, _, last = name.rpartition(".")
        return self.add(Node(name, "foreign", last, module, "", 0, name), 0, 0)

    def add(self, node: Node, first: int, last: int, function: Scope | None = None) -> str:
        """The id of a node that takes these lines in its file; its own, or with a number where that is taken.

        :param function: the function that it is, if it is one.
        """
        key = (node.path, node.line, node.kind if node.path else node.id)
        if key not in self._spots:
            wanted, number = printable(node.id), 1
            unique = wanted
            while unique in self._ids:
                number += 1
                unique = f"{wanted}#{number}"
            self._ids.add(unique)
            waits = waits_of(function) if function is not None else ()
            self._spots[key] = _Spot(node._replace(id=unique, waits=waits), first, last)
        return self._spots[key].node.id


def _options(options: Mapping) -> tuple[tuple[str, str], ...]:
    """The options as they are written, sorted; ``**`` stands for those that cannot be seen."""
    found = sorted((name, source_of(entry.node)) for name, entry in options.entries.items())
    return (*found, *([] if options.complete else [("**", "…")]))
