"""Every priority that something is given, wherever Celery takes one."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.calling.bulk import is_exempt
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import reaching
from flake8_aa_celery.model.configuration.settings import configured
from flake8_aa_celery.model.periodic.schedules import schedule_of
from flake8_aa_celery.model.resolve import loops
from flake8_aa_celery.model.resolve.classes import lineage
from flake8_aa_celery.model.resolve.evaluation import keywords_of, value_of
from flake8_aa_celery.model.resolve.occurrences import canvas_of
from flake8_aa_celery.model.resolve.task_classes import run_by_workers_of
from flake8_aa_celery.model.resolve.values import (
    UNKNOWN,
    ClassTask,
    Constant,
    Dispatch,
    Items,
    Mapping,
    NamedTask,
    Signature,
    Task,
    UnreadableTask,
    Value,
    Workflow,
    distinct,
)
from flake8_aa_celery.model.tasks.parameters import task_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import CallSite, Site
    from flake8_aa_celery.model.resolve.values import Element, Entry

    Place = Literal["task", "signature", "dispatch", "workflow", "schedule"]


_PLACES: dict[type, Place] = {
    ClassTask: "task", Dispatch: "dispatch", Signature: "signature", Task: "task", Workflow: "workflow",
}  # fmt: skip


class PrioritySetting(NamedTuple):
    """A priority that is given to something.

    :param owner: the fact that it belongs to; None in a schedule.
    :param node: where to report it.
    """

    entry: Entry
    owner: Task | Signature | Workflow | Dispatch | None
    node: ast.expr

    @property
    def place(self) -> Place:
        """What it is given to."""
        return "schedule" if self.owner is None else _PLACES[type(self.owner)]

    @property
    def receiver(self) -> Value | None:
        """What is given the priority: of a dispatch what it sends; None in a schedule."""
        return self.owner.receiver if isinstance(self.owner, Dispatch) else self.owner

    @property
    def value(self) -> object:
        """The constant, or :data:`~flake8_aa_celery.model.resolve.values.UNKNOWN`."""
        return constant(self.entry)


def constant(entry: Entry) -> object:
    """The constant that an option is, or :data:`~flake8_aa_celery.model.resolve.values.UNKNOWN`."""
    value = entry.value
    return value.value if isinstance(value, Constant) else UNKNOWN


@fact
def written_priorities_of(module: Module) -> list[PrioritySetting]:
    """The places in a module that give a priority: one for an option that several tasks share."""
    return list({id(setting.node): setting for setting in reversed(priorities_of(module))}.values())[::-1]


@fact
def priorities_of(module: Module) -> list[PrioritySetting]:
    """Every priority that a module gives; of a document that its schedules give, the rest of it is for show."""
    if module.in_document:
        return list(_of_schedules(module))
    return [*_of_tasks(module), *_of_canvas(module), *_of_schedules(module)]


def _of_tasks(module: Module) -> Iterator[PrioritySetting]:
    for task in run_by_workers_of(module):
        entry = task.options.get("priority")
        if entry is not None:
            yield PrioritySetting(entry, task, entry.reported_in(module, task.decorator))


def _of_canvas(module: Module) -> Iterator[PrioritySetting]:
    for call, value in canvas_of(module):
        entry = given_by(call, value).get("priority")
        if entry is not None:
            yield PrioritySetting(entry, value, entry.reported_in(module, call.node))


def given_by(call: CallSite, value: Dispatch | Signature | Workflow) -> Mapping:
    """The options that this very call gives, not those that what it returns had before."""
    if isinstance(value, Dispatch) or (isinstance(value, Signature) and value.node is value.call is call.node):
        return value.options
    return keywords_of(call.node, call.site)


def _of_schedules(module: Module) -> Iterator[PrioritySetting]:
    for scheduled in schedule_of(module):
        entry = scheduled.options.get("priority")
        if entry is not None:
            yield PrioritySetting(entry, None, entry.reported_in(module, scheduled.node))


# -- which priority something runs at ---------------------------------------------------------------------------


def own_options(value: Value) -> Mapping:
    """The options that a task or a signature is sent with where the dispatch gives none.

    Those of the decorator, and over them those of the signature. A task of a module that cannot be read is taken to
    have none.
    """
    if isinstance(value, Signature):
        return own_options(task_of(value.task, value.module) or value.task).merged(value.options)
    if isinstance(value, Task):
        return _of_decorator(value)
    return Mapping({}, isinstance(value, NamedTask) or (isinstance(value, UnreadableTask) and bool(value.dotted)))


def _of_decorator(task: Task) -> Mapping:
    base = task.options.get("base")
    if task.options.lacks("priority"):
        return task.options.merged(Mapping({}, base is None or not lineage(base.value).defines("priority")))
    if task.options.constant("priority") is None:
        # in a decorator, and only there, None stands for the default: Task.bind replaces it
        entries = {name: entry for name, entry in task.options.entries.items() if name != "priority"}
        return Mapping(entries, task.options.complete)
    return task.options


def runs_at_default(value: Value) -> bool:
    """Whether at least one message of it is known to be sent without a priority, unless the dispatch gives one."""
    return _runs_at_default(value, set())


def later_at_default(chain: Workflow) -> bool:
    """Whether a task of a chain after the first is known to have no priority of its own."""
    return _later_at_default(chain, set())


def _runs_at_default(value: Value, seen: set[ast.expr]) -> bool:
    """As :func:`runs_at_default`; ``seen`` holds the workflows that were asked: a loop may put one into itself."""
    if not isinstance(value, Workflow):
        return own_options(value).lacks("priority")
    if value.node in seen:
        return False
    seen.add(value.node)
    if value.kind == "chain" and value.options.get("priority"):
        return _later_at_default(value, seen)
    if not value.options.lacks("priority"):
        return False
    if value.kind in ("chain", "group", "chord"):
        members = [*value.members.elements, *([value.body] if value.body else [])]
        return any(_runs_at_default(member.value, seen) for member in distinct(members))
    return True  # the message of a map, a starmap or a chunk is Celery's own task


def _later_at_default(chain: Workflow, seen: set[ast.expr]) -> bool:
    members = distinct(later_members(chain))
    return any(_runs_at_default(member.value, seen) or _is_plain_signature(member) for member in members)


def _is_plain_signature(member: Element) -> bool:
    """Whether a member is a signature without a priority, ``task.si(pk)``, of a task that nobody knows.

    Of one of several known tasks, where one of these has no priority of its own.
    """
    node, value = member.node, member.value
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in ("s", "si"):
        return False
    if isinstance(value, Signature):
        is_open = isinstance(value.task, UnreadableTask) and not value.task.dotted and value.options.lacks("priority")
        return is_open and any(own_options(task).lacks("priority") for task in _gone_over(node.func.value, member.site))
    return value is UNKNOWN and isinstance(node.func.value, ast.Name)


def _gone_over(node: ast.expr, site: Site) -> list[Value]:
    """The things that a name of a loop stands for one after the other, as far as they are known."""
    bindings = reaching(node.id, site) if isinstance(node, ast.Name) else []
    loops_over = bindings[0].value if len(bindings) == 1 and bindings[0].kind == "loop" else None
    items = value_of(loops_over, bindings[0].site) if loops_over is not None else UNKNOWN
    return [element.value for element in items.elements] if isinstance(items, Items) else []


def may_be_inherited(project: Project) -> bool:
    """Whether a project may have each task of a chain hand its priority on to the next.

    https://docs.celeryq.dev/en/stable/userguide/configuration.html#task-inherit-parent-priority
    """
    values = configured(project, "TASK_INHERIT_PARENT_PRIORITY")
    return not all(isinstance(value, ast.Constant) and not value.value for value in values)


def later_members(chain: Workflow) -> list[Element]:
    """The members of a chain that are not, or not only, its first.

    A group with a task behind it is one: a chord, which hands its options to both.
    """
    members = chain.members.elements
    first = members[0].value if members else None
    begins = 2 if isinstance(first, Workflow) and first.kind == "group" and not members[0].loop else 1
    return [member for index, member in enumerate(members) if index >= begins or member.loop]


def is_from_bulk(workflow: Workflow) -> bool:
    """Whether members are added to a workflow once per item of something."""
    return any(is_in_bulk(member) for member in workflow.members.elements)


def is_in_bulk(member: Element) -> bool:
    """Whether a member is added to its workflow once per item of something."""
    loop = member.loop
    return loop is not None and not loops.goes_over_few(loop) and not is_exempt(loop, member.site)
