"""What a call sends: a task at a priority, or a workflow with its members."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.graph import priorities
from flake8_aa_celery.graph.elements import MORE
from flake8_aa_celery.model.effects.sending import dispatch_of, sent_name
from flake8_aa_celery.model.resolve.evaluation import keywords_of
from flake8_aa_celery.model.resolve.values import UNKNOWN, Mapping, Signature, Task, UnreadableTask, Workflow
from flake8_aa_celery.places import below
from flake8_aa_celery.trace.elements import Item, Place
from flake8_aa_celery.wording import cut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.graph.elements import Priority
    from flake8_aa_celery.model.code.scopes import CallSite
    from flake8_aa_celery.model.resolve.values import Element, Value

_LONGEST = 60
#: Workflows in workflows are shown up to here.
_DEEPEST = 8


def sent_in(call: CallSite, item: Item, otherwise: Priority) -> Item:
    """The item of a call that sends something.

    :param otherwise: what holds where the code gives no priority.
    """
    dispatch = dispatch_of(call)
    if dispatch is None:
        given = keywords_of(call.node, call.site)
        return item._replace(priority=priorities.of(UNKNOWN, given, otherwise)) if given.get("priority") else item
    if isinstance(dispatch.receiver, Workflow):
        given = dispatch.receiver.options.merged(dispatch.options)
        members = tuple(_members(dispatch.receiver, given, otherwise, 0))
        return item._replace(text=_in_words(dispatch.receiver), below=members)
    return item._replace(
        priority=priorities.of(dispatch.receiver, dispatch.options, otherwise), target=_target(dispatch.receiver)
    )


def _members(workflow: Workflow, given: Mapping, otherwise: Priority, depth: int) -> Iterator[Item]:
    """The members of a workflow: what a chain is sent with reaches its first, of all others each one."""
    for index, element in enumerate(workflow.members.elements):
        handed = given if not index or workflow.kind != "chain" else Mapping({})
        yield _member(element, handed, otherwise, depth)
    if not workflow.members.complete:
        yield Item("member", MORE, Place(below(workflow.module.path), workflow.node.lineno))
    if workflow.body is not None:
        yield _member(workflow.body, given, otherwise, depth)._replace(when="after all of them")


def _in_words(workflow: Workflow) -> str:
    """``a chain of 3``; without a number where a loop adds members or not all can be seen."""
    members = workflow.members
    is_known = members.complete and members.elements and not any(member.loop for member in members.elements)
    return f"a {workflow.kind} of {len(members.elements)}" if is_known else f"a {workflow.kind}"


def _member(element: Element, given: Mapping, otherwise: Priority, depth: int) -> Item:
    value = element.value
    place = Place(below(element.module.path), element.node.lineno)
    item = Item("member", cut(ast.unparse(element.node), _LONGEST), place, per_item=element.loop is not None)
    if isinstance(value, Workflow):
        inner = _members(value, value.options.merged(given), otherwise, depth + 1) if depth < _DEEPEST else ()
        return item._replace(text=_in_words(value), below=tuple(inner))
    if not isinstance(value, (Signature, Task, UnreadableTask)):
        return item
    return item._replace(text=sent_name(value), priority=priorities.of(value, given, otherwise), target=_target(value))


def _target(value: Value) -> Place | None:
    """Where a task is defined."""
    task = value.task if isinstance(value, Signature) else value
    return Place(below(task.module.path), task.definition.lineno) if isinstance(task, Task) else None
