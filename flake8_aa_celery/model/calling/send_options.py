"""What something is sent with: the options of dispatches, signatures, workflows, retries and schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.knowledge.celery import APPLY_ASYNC_OPTIONS
from flake8_aa_celery.model.periodic.schedules import schedule_of
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.model.resolve.evaluation import keywords_of
from flake8_aa_celery.model.resolve.occurrences import canvas_of
from flake8_aa_celery.model.resolve.values import Dispatch, Mapping, Signature, Task, Workflow
from flake8_aa_celery.model.tasks import parameters
from flake8_aa_celery.model.tasks.index import task_named
from flake8_aa_celery.model.tasks.retries import retries_of

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.periodic.schedules import ScheduleEntry
    from flake8_aa_celery.model.resolve.values import Entry

    Sent = Dispatch | Signature | Workflow | Task

#: What else is read on the way to the broker, by ``Task.apply_async``, ``Celery.send_task``, the canvas, …
_READ_BY_CELERY = frozenset({
    "add_to_parent", "args", "chain", "chord", "connection", "group_id", "group_index", "immutable", "kwargs",
    "parent_id", "producer", "publisher", "replaced_task_nesting", "reply_to", "result_cls", "retries", "root_id",
    "route_name", "router", "stamped_headers", "task_type", "use_link",
})  # fmt: skip
#: … by kombu, as a property of the message, …
_READ_BY_KOMBU = frozenset({
    "app_id", "cluster_id", "compression", "confirm_timeout", "content_encoding", "content_type", "correlation_id",
    "declare", "delivery_mode", "event_dispatcher", "exchange_type", "expiration", "immediate", "mandatory",
    "message_id", "properties", "timestamp", "type", "user_id",
})  # fmt: skip
#: … and by celery-once.
_OF_OTHERS = frozenset({"once"})
#: The options that something can be sent with.
SEND_OPTIONS = APPLY_ASYNC_OPTIONS | _READ_BY_CELERY | _READ_BY_KOMBU | _OF_OTHERS
#: What ``retry`` takes beside them.
_OF_RETRY = frozenset({"exc", "max_retries", "throw"})
#: What a chord takes beside them, for how it waits, and its own parts.
_OF_CHORD = frozenset({"body", "eager", "header", "interval", "max_retries"})
#: What ``signature`` takes beside them.
_OF_SIGNATURE = frozenset({"app", "options", "subtask_type", "task", "varies"})
#: What ``add_periodic_task`` takes beside them.
_OF_PERIODIC = frozenset({"name", "schedule", "sig"})


class UnreadOption(NamedTuple):
    """An option that something is sent with and that nothing reads.

    :param node: where to report it: its name in a dict, its value in a call; the whole call where it is written in
        another file.
    :param owner: what is given it; a task is by its own ``retry``, a schedule's entry has none.
    :param task: the task that is sent, where its definition can be read.
    :param given: all that is given there.
    """

    name: str
    entry: Entry
    node: ast.expr
    owner: Sent | None
    task: Task | None
    given: Mapping

    @property
    def is_parameter(self) -> bool:
        """Whether it is the name of a parameter of the task."""
        if self.task is None:
            return False
        taken = self.task.parameters
        return self.name in taken.positional or self.name in taken.keyword_only


class Given(NamedTuple):
    """The options that something is sent with, and where to report one that is written in another file."""

    options: Mapping
    owner: Sent | None
    node: ast.expr
    task: Task | None
    known: frozenset[str]


@fact
def unread_options_of(module: Module) -> list[UnreadOption]:
    """Every option that neither Celery nor kombu nor the task's own class reads, each place once."""
    found: dict[int, UnreadOption] = {}
    for given in given_in(module):
        unread = [name for name in given.options.entries if name not in given.known]
        if unread and not (given.task and _sees_to_options(given.task)):
            for name in unread:
                entry = given.options.entries[name]
                node = (entry.key or entry.node) if entry.module is module else given.node
                option = UnreadOption(name, entry, node, given.owner, given.task, given.options)
                found.setdefault(id(entry.node), option)
    return list(found.values())


def given_in(module: Module) -> Iterator[Given]:
    """Everything in a module that is sent with options."""
    for call, value in canvas_of(module):
        if isinstance(value, Dispatch) and value.method == "()" and not _hands_options_on(value.receiver):
            continue
        yield Given(value.options, value, call.node, _task_of(value), _known_of(value))
    for call, task in retries_of(module):
        yield Given(keywords_of(call.node, call.site), task, call.node, task, SEND_OPTIONS | _OF_RETRY)
    for entry in schedule_of(module):
        known = SEND_OPTIONS | _OF_PERIODIC if entry.way == "add_periodic_task" else SEND_OPTIONS
        yield Given(entry.options, None, entry.node, _scheduled(entry), known)


def _hands_options_on(receiver: object) -> bool:
    """Whether calling a workflow gives it options: a chain hands them to its first task as arguments."""
    return isinstance(receiver, Workflow) and receiver.kind in ("group", "chord")


def _known_of(value: Dispatch | Signature | Workflow) -> frozenset[str]:
    receiver = value.receiver if isinstance(value, Dispatch) else value
    if isinstance(receiver, Workflow):
        return SEND_OPTIONS | _OF_CHORD if receiver.kind == "chord" or _may_be_chord(receiver) else SEND_OPTIONS
    if isinstance(value, Dispatch) and value.method == "send_task":
        return SEND_OPTIONS | {"name"}
    return SEND_OPTIONS | _OF_SIGNATURE if isinstance(value, Signature) else SEND_OPTIONS


def _may_be_chord(workflow: Workflow) -> bool:
    """Whether a chain may become a chord, because a group in it is followed."""
    members = [member.value for member in workflow.members.elements]
    return not workflow.members.complete or any(isinstance(member, Workflow) for member in members)


def _task_of(value: Dispatch | Signature | Workflow) -> Task | None:
    task = None if isinstance(value, Workflow) else value.task
    return parameters.task_of(task, value.module)


def _scheduled(entry: ScheduleEntry) -> Task | None:
    if entry.signature:
        return _task_of(entry.signature)
    name = entry.task_name
    return task_named(name, entry.module) if name else None


def _sees_to_options(task: Task) -> bool:
    """Whether the class of a task may take options of its own."""
    return bases_of(task).may_define("apply_async")
