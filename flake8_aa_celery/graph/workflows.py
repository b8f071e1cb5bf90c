"""Chains, groups, chords … as the map shows them: as a whole, with their members in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.graph import priorities, starters
from flake8_aa_celery.graph.elements import MORE, Step, Workflow
from flake8_aa_celery.graph.nodes import source_of
from flake8_aa_celery.model.code.syntax import keyword_of
from flake8_aa_celery.model.resolve import values
from flake8_aa_celery.model.resolve.occurrences import dispatches_of, workflows_of
from flake8_aa_celery.model.resolve.values import Element, Mapping, Signature, Task, UnreadableTask
from flake8_aa_celery.places import below

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.graph.nodes import Nodes
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Dispatch, Value

_LONGEST = 40
#: Workflows that are one message, of a task of Celery's own.
_CALLING = ("chunks", "map", "starmap")
_DEEPEST = 8


class _Seen(NamedTuple):
    """What the workflows of a module hold: ids of the calls that made signatures, and of members as they stand."""

    signatures: set[int]
    members: set[int]


def of(module: Module, nodes: Nodes) -> Iterator[Workflow]:
    """Every workflow that is started in a module, and those that are made there and started elsewhere, if at all."""
    if module.in_document:
        return
    for found, dispatch in _whole(module):
        place = dispatch or found
        path, line = below(place.module.path), place.node.lineno
        given = found.options
        if dispatch and not (found.kind == "chain" and dispatch.method == "()"):
            given = given.merged(dispatch.options)  # a chain that is called takes them for arguments of its tasks
        steps = tuple(_steps(found, given, nodes, 0))
        owner = nodes.starter(starters.starter_at(place.site))
        yield Workflow(
            f"{found.kind} {path}:{line}:{place.node.col_offset + 1}", found.kind, owner,
            dispatch.method if dispatch else "", bool(dispatch and dispatch.loop), path, line, steps,
        )  # fmt: skip


def signatures(module: Module) -> set[int]:
    """The ids of the calls that made the signatures which the workflows of a module hold."""
    return _seen([found for found, _ in _whole(module)]).signatures


def _whole(module: Module) -> Iterator[tuple[values.Workflow, Dispatch | None]]:
    """The workflows of a module that are no part of another one, with what starts them there."""
    started = [
        (_with_body(dispatch.receiver, dispatch), dispatch)
        for dispatch in dispatches_of(module)
        if isinstance(dispatch.receiver, values.Workflow)
    ]
    yield from started
    outer = [found for found, _ in started]
    for found in sorted(workflows_of(module), key=_outermost_first):
        seen = _seen(outer)
        mine = {id(element.node) for element in found.members.elements}
        if id(found.node) in seen.members or (mine and mine <= seen.members):
            continue
        if any(found.members is other.members for other in outer):
            continue
        outer.append(found)
        yield found, None


def _with_body(found: values.Workflow, dispatch: Dispatch) -> values.Workflow:
    """A chord with the body that it is called with: ``chord(tasks)(done.s())``; any other workflow as it is."""
    if found.kind != "chord" or found.body is not None or dispatch.method != "()":
        return found
    body = dispatch.node.args[0] if dispatch.node.args else keyword_of(dispatch.node, "body")
    if body is None:
        return found
    following = Element(body, dispatch.site)
    return values.Workflow(found.node, found.kind, found.members, found.options, found.site, following)


def _outermost_first(found: values.Workflow) -> tuple[int, int, int]:
    node = found.node
    return node.lineno, node.col_offset, -(node.end_lineno or 0)


def _seen(found: list[values.Workflow]) -> _Seen:
    seen = _Seen(set(), set())
    for workflow in found:
        _look(workflow, seen, 0)
    return seen


def _look(workflow: values.Workflow, seen: _Seen, depth: int) -> None:
    for member in (*workflow.members.elements, *([workflow.body] if workflow.body else [])):
        value = member.value
        seen.members.add(id(member.node))
        if isinstance(value, Signature):
            seen.signatures.add(id(value.call))
        elif isinstance(value, values.Workflow) and depth < _DEEPEST:
            seen.members.add(id(value.node))
            _look(value, seen, depth + 1)


def _steps(found: values.Workflow, given: Mapping, nodes: Nodes, depth: int) -> Iterator[Step]:
    """The members of a workflow, each followed by those of a workflow that it is, with one depth more.

    :param given: the options that it is sent with: of a chain they reach the first member, of all others each one.
    """
    for index, member in enumerate(found.members.elements):
        number = str(index + 1) if found.kind == "chain" else ""
        handed = given if not index or found.kind != "chain" else Mapping({})
        yield from _step(member, number, handed, nodes, depth, calls=found.kind in _CALLING)
    if not found.members.complete:
        yield Step("", depth, MORE, "", None, False)
    if found.body:
        yield from _step(found.body, "then", given, nodes, depth)


def _step(
    member: Element, number: str, given: Mapping, nodes: Nodes, depth: int, *, calls: bool = False
) -> Iterator[Step]:
    """A member, and those of a workflow that it is.

    :param calls: whether it is not sent, but called by a task of Celery's own.
    """
    value, per_item = member.value, member.loop is not None
    if isinstance(value, values.Workflow):
        yield Step(number, depth, value.kind, "", None, per_item)
        if depth < _DEEPEST:
            yield from _steps(value, value.options.merged(given), nodes, depth + 1)
        return
    task = value.task if isinstance(value, Signature) else value
    target = nodes.target(task, member.module) or ""
    sent = nodes.priority(priorities.OF_CELERY if calls else value, given)
    yield Step(number, depth, _text(member, task), target, sent if target else None, per_item)


def _text(member: Element, task: Value) -> str:
    if isinstance(task, Task) or (isinstance(task, UnreadableTask) and task.dotted):
        return task.name
    if isinstance(task, values.NamedTask) and task.name:
        return task.name
    return source_of(member.node, _LONGEST)
