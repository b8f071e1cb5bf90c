"""What stands at a place of a file: which task it speaks of, where that is defined, and who uses it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.graph.priorities import default, of
from flake8_aa_celery.graph.words import runs_at
from flake8_aa_celery.model.calling.task_names import spoken_names_of
from flake8_aa_celery.model.calling.uses import uses_of
from flake8_aa_celery.model.periodic.schedules import schedule_of
from flake8_aa_celery.model.resolve.occurrences import dispatches_of, local_calls_of, signatures_of
from flake8_aa_celery.model.resolve.task_functions import registered_in
from flake8_aa_celery.model.resolve.values import Dispatch, Mapping, Signature, Task, Workflow
from flake8_aa_celery.model.tasks.index import task_named
from flake8_aa_celery.model.tasks.parameters import task_of
from flake8_aa_celery.trace.build import trace_of
from flake8_aa_celery.trace.text import render
from flake8_aa_celery.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Entry

#: Lines of a trace that a hover shows.
_MOST_LINES = 25
#: Places that a hover names.
_MOST_USES = 6


class Place(NamedTuple):
    """A piece of a file: lines from 1, columns from 0, in bytes as ``ast`` counts them."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


class Symbol(NamedTuple):
    """Something that a file defines: a task, or an entry of a schedule."""

    name: str
    kind: str
    place: Place


class Found(NamedTuple):
    """A task that is spoken of at a place, and by what.

    :param by: the dispatch or signature, where it is one.
    """

    task: Task
    place: Place
    by: Dispatch | Signature | None


def task_at(module: Module, line: int, column: int) -> Found | None:
    """The task that a place speaks of: its definition, a dispatch or signature of it, its registered name."""
    spans = [found for found in _all_in(module) if _holds(found.place, line, column)]
    return min(spans, key=lambda found: _size(found.place), default=None)


def _all_in(module: Module) -> Iterator[Found]:
    for defined in registered_in(module):
        yield Found(defined, _name_of(defined), None)
    sent: list[Dispatch | Signature] = [*dispatches_of(module), *signatures_of(module)]
    for made in sent:
        task = task_of(made.task, module)
        if task is not None:
            yield Found(task, _place(made.node.func, module.path), made)
    for call in local_calls_of(module):
        yield Found(call.task, _place(call.node.func, module.path), None)
    for spoken in spoken_names_of(module):
        task = task_named(spoken.name, module)
        if task is not None:
            yield Found(task, _place(spoken.node, module.path), None)


#: What stands before the name of a task where it is defined.
_INTRODUCED = {ast.AsyncFunctionDef: "async def ", ast.ClassDef: "class ", ast.FunctionDef: "def "}


def definition_of(task: Task) -> Place:
    """Where the function of a task has its name."""
    return _name_of(task)


def references_to(task: Task) -> list[Place]:
    """Where a task is sent, scheduled, put into a workflow or called, file after file."""
    return [_place(use.node, use.module.path) for use in uses_of(task) if isinstance(use.node, (ast.expr, ast.stmt))]


def symbols_of(module: Module) -> list[Symbol]:
    """The tasks and the schedule entries of a file, in its order."""
    found = [Symbol(task.name, "task", _name_of(task)) for task in registered_in(module)]
    for entry in schedule_of(module):
        node = entry.node
        if entry.module is module:
            found.append(Symbol(entry.name or entry.task_name or "entry", "schedule", _place(node, module.path)))
    return sorted(found, key=lambda symbol: symbol.place.line)


def described(found: Found) -> str:
    """What is known of a task, in Markdown: its name, options, the priority that counts here, and where it leads.

    And where each of these is said, and what sends it.
    """
    task = found.task
    lines = [f"**task** `{task.registered_name or task.name}`"]
    options = [
        f"`{name}={ast.unparse(entry.node)}`{_elsewhere(entry, task)}" for name, entry in task.options.entries.items()
    ]
    if options:
        lines.append("options: " + ", ".join(options))
    lines += [*_priority(found), _uses(task)]
    shown = render([trace_of(task.scope)]).splitlines()[1:]
    rest = [f"… {len(shown) - _MOST_LINES} more lines: aa-celery trace"] if len(shown) > _MOST_LINES else []
    return "\n\n".join(lines) + "\n\n```text\n" + "\n".join([*shown[:_MOST_LINES], *rest]) + "\n```"


def _elsewhere(entry: Entry, task: Task) -> str:
    """Where an option is written that does not stand at its task."""
    return "" if task.says(entry) else f" ({entry.module.path_in_project}:{entry.node.lineno})"


def _priority(found: Found) -> Iterator[str]:
    """The priority that a task runs at, by what is pointed at, and who says so."""
    task, by = found.task, found.by
    receiver = by.receiver if isinstance(by, Dispatch) else by or task
    given = by.options if isinstance(by, Dispatch) else Mapping({})
    if isinstance(receiver, Workflow):
        return
    told = runs_at(of(receiver, given, default(task.module.project.settings)))
    said_by = ""
    if given.get("priority"):
        said_by = ", said by the dispatch"
    elif isinstance(receiver, Signature) and receiver.options.get("priority"):
        said_by = ", said by the signature"
    elif task.options.get("priority"):
        said_by = ", said by the task"
    yield f"runs at {told}{said_by}"


def _uses(task: Task) -> str:
    """How often a task is used, and what uses it first."""
    uses = [use for use in uses_of(task) if use.way != "unknown"]
    places = [f"{use.way} {use.module.path_in_project}:{getattr(use.node, 'lineno', 1)}" for use in uses[:_MOST_USES]]
    told = f"used in {counted(len(uses), 'place')}"
    more = ", …" if len(uses) > _MOST_USES else ""
    return f"{told}: {', '.join(places)}{more}" if places else told


# -- places -----------------------------------------------------------------------------------------------------


def _name_of(task: Task) -> Place:
    node = task.definition
    column = node.col_offset + len(_INTRODUCED[type(node)])
    return Place(task.module.path, node.lineno, column, node.lineno, column + len(node.name.encode()))


def _place(node: ast.expr | ast.stmt, path: str) -> Place:
    return Place(path, node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or 0)


def _holds(place: Place, line: int, column: int) -> bool:
    return (place.line, place.column) <= (line, column) <= (place.end_line, place.end_column)


def _size(place: Place) -> tuple[int, int]:
    return place.end_line - place.line, place.end_column - place.column
