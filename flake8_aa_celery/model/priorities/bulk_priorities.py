"""The priorities at which something is sent many times: once per item of a loop, or by a schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.calling.bulk import bulk_loop_of, has_own_queue
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.effects.graph import Effect
from flake8_aa_celery.model.effects.sending import dispatch_of, sent_name
from flake8_aa_celery.model.periodic.schedules import schedule_of, task_of_entry
from flake8_aa_celery.model.priorities.bulk_sends import sent_in_loops_by_calls
from flake8_aa_celery.model.priorities.settings import (
    PrioritySetting,
    constant,
    is_from_bulk,
    is_in_bulk,
    own_options,
    priorities_of,
)
from flake8_aa_celery.model.resolve.occurrences import dispatches_of, workflows_of
from flake8_aa_celery.model.resolve.values import UNKNOWN, Signature, Task, Workflow

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.effects.bodies import Step
    from flake8_aa_celery.model.effects.graph import Stage
    from flake8_aa_celery.model.resolve.values import Dispatch, Entry, Value

#: Alliance Auth's bands "highest" and "high".
_HIGH = range(1, 5)


class BulkPriority(NamedTuple):
    """A high priority at which something is sent once per item or by a schedule.

    :param setting: the priority, and where to report it.
    :param way: the calls from the one in a loop to the one that sends; none where that stands in the loop itself.
    """

    setting: PrioritySetting
    way: list[Stage]


@fact
def bulk_priorities_of(module: Module) -> list[BulkPriority]:
    """The high priorities at which a module sends something once per item or by a schedule; each place once."""
    here = [*_of_bulk_dispatches(module), *_of_built_workflows(module), *_of_scheduled(module)]
    found = [BulkPriority(setting, []) for setting in here if _is_high(setting.entry)]
    found += _of_calls(module)
    places = {(each.setting.node.lineno, each.setting.node.col_offset): each for each in found}
    return list(places.values())


def _is_high(entry: Entry) -> bool:
    value = constant(entry)
    return type(value) is int and value in _HIGH


def _of_bulk_dispatches(module: Module) -> Iterator[PrioritySetting]:
    for dispatch in dispatches_of(module):
        receiver, given, loop = dispatch.receiver, dispatch.options.get("priority"), bulk_loop_of(dispatch)
        from_bulk = isinstance(receiver, Workflow) and is_from_bulk(receiver) and not has_own_queue(dispatch)
        if given and (loop or from_bulk):
            yield PrioritySetting(given, dispatch, _within(given, dispatch.node, module))
        if isinstance(receiver, Workflow):
            if loop and not (given and receiver.kind == "group"):
                yield from _of_workflow(receiver, module, whole=True)
        elif loop and dispatch.options.lacks("priority"):
            yield from _of_one(receiver, dispatch.node, module)


def _of_built_workflows(module: Module) -> Iterator[PrioritySetting]:
    for setting in priorities_of(module):
        if isinstance(setting.owner, Workflow) and is_from_bulk(setting.owner):
            yield setting
    for workflow in workflows_of(module):
        yield from _of_workflow(workflow, module, whole=False)


def _of_workflow(workflow: Workflow, module: Module, *, whole: bool) -> Iterator[PrioritySetting]:
    """The priorities in a workflow: of all of it, or of the members that are added once per item."""
    members = [member for member in workflow.members.elements if whole or is_in_bulk(member)]
    if whole:
        yield from _of_options(workflow, module)
    seen = {workflow.node}  # a loop may put a workflow into itself
    while members:
        member = members.pop(0)
        value = member.value
        if not isinstance(value, Workflow):
            yield from _of_one(value, member.node, module)
        elif value.node not in seen:
            seen.add(value.node)
            yield from _of_options(value, module)
            members[:0] = value.members.elements


def _of_options(workflow: Workflow, module: Module) -> Iterator[PrioritySetting]:
    given = workflow.options.get("priority")
    if given:
        yield PrioritySetting(given, workflow, _within(given, workflow.node, module))


def _of_one(value: Value, node: ast.expr, module: Module) -> Iterator[PrioritySetting]:
    entry = own_options(value).get("priority")
    if entry and isinstance(value, Signature):
        made_here = value.node if value.module is module else node
        yield PrioritySetting(entry, value, _within(entry, made_here, module))
    elif entry and isinstance(value, Task):
        yield PrioritySetting(entry, value, node)


def _of_scheduled(module: Module) -> Iterator[PrioritySetting]:
    for scheduled in schedule_of(module):
        given = scheduled.options.get("priority")
        if given:
            yield PrioritySetting(given, None, _within(given, scheduled.node, module))
        elif scheduled.options.lacks("priority"):
            entry = own_options(scheduled.signature or task_of_entry(scheduled) or UNKNOWN).get("priority")
            if entry:
                yield PrioritySetting(entry, None, scheduled.node)


def _within(entry: Entry, node: ast.expr, module: Module) -> ast.expr:
    """The place of an option if it is written in the expression ``node``, otherwise that expression."""
    if entry.module is not module:
        return node
    start, end = (node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0)
    return entry.node if start <= (entry.node.lineno, entry.node.col_offset) < end else node


# -- through calls ----------------------------------------------------------------------------------------------


def _of_calls(module: Module) -> Iterator[BulkPriority]:
    """The calls in loops that lead to a dispatch with a high priority."""
    for sent in sent_in_loops_by_calls(module, SENDS_AT_HIGH):
        entry = _priority_of(sent.dispatch)
        if entry is not None:
            yield BulkPriority(PrioritySetting(entry, sent.dispatch, sent.node), sent.way)


def _priority_of(dispatch: Dispatch) -> Entry | None:
    """The priority that something is sent at, by its dispatch, its signature or its decorator."""
    given = dispatch.options
    return given.get("priority") if not given.lacks("priority") else own_options(dispatch.receiver).get("priority")


def _sent_at_high(step: Step) -> str:
    """The task that a call sends at a high priority once; empty where it stands in a loop, which is told there."""
    dispatch = dispatch_of(step.call)
    if dispatch is None or dispatch.loop is not None or isinstance(dispatch.receiver, Workflow):
        return ""
    entry = _priority_of(dispatch)
    if entry is None or not _is_high(entry) or has_own_queue(dispatch) or _is_in_handler(step):
        return ""
    return sent_name(dispatch.receiver)


def _is_in_handler(step: Step) -> bool:
    return any(block.kind == "handler" for block in step.call.site.block.around())


#: A call sends a task at a high priority, or something that it leads to does.
SENDS_AT_HIGH = Effect("sends at high", _sent_at_high)
