"""Tasks of other projects that are sent by their names, without a priority."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.calling.task_names import is_name_of_task
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.configuration.installed_apps import installed_apps_of
from flake8_aa_celery.model.periodic.schedules import schedule_of
from flake8_aa_celery.model.resolve.occurrences import dispatches_of
from flake8_aa_celery.model.resolve.values import NamedTask, Signature, Workflow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.periodic.schedules import ScheduleEntry
    from flake8_aa_celery.model.resolve.values import Dispatch

#: Packages whose tasks each process of Celery or of Alliance Auth has imported when a schedule is read.
_ALWAYS_THERE = frozenset({"allianceauth", "celery", "esi"})


class ForeignTask(NamedTuple):
    """A task outside the project that is sent by its name and without a priority.

    :param name: its registered name.
    :param node: where to report it.
    :param dispatch: what sends it; None for an entry of a schedule.
    :param entry: the entry of a schedule that starts it.
    """

    name: str
    node: ast.expr
    dispatch: Dispatch | None
    entry: ScheduleEntry | None


@fact
def foreign_tasks_of(module: Module) -> list[ForeignTask]:
    """Every such dispatch and entry of a module, each once; what has a priority in any form is left out."""
    found: dict[int, ForeignTask] = {}
    for dispatch in dispatches_of(module):
        for name, node in _named_in(dispatch):
            if _is_foreign(name, module):
                found.setdefault(id(node), ForeignTask(name, node, dispatch, None))
    if not module.in_document:
        for entry in schedule_of(module):
            if _is_started_unknown(entry, module) and entry.options.lacks("priority"):
                found.setdefault(id(entry.node), ForeignTask(entry.task_name or "", entry.node, None, entry))
    return list(found.values())


def _named_in(dispatch: Dispatch) -> Iterator[tuple[str, ast.expr]]:
    """The names of the tasks that a dispatch sends without a priority, and where to report each."""
    receiver, is_bare = dispatch.receiver, dispatch.options.lacks("priority")
    if isinstance(receiver, Workflow):
        for number, member in enumerate(receiver.members.elements):
            is_given = not is_bare or not receiver.options.lacks("priority")
            is_reached = is_given and (number == 0 or receiver.kind != "chain")
            if not is_reached and isinstance(member.value, Signature):
                yield from _of_signature(member.value, member.reported_in(dispatch.module, dispatch.node))
    elif isinstance(receiver, Signature):
        yield from _of_signature(receiver, dispatch.node) if is_bare else ()
    elif isinstance(receiver, NamedTask) and receiver.name and is_bare:
        yield receiver.name, dispatch.node


def _of_signature(signature: Signature, node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(signature.task, NamedTask) and signature.task.name and signature.options.lacks("priority"):
        yield signature.task.name, node


# -- what is foreign ----------------------------------------------------------------------------------------------


def _is_foreign(name: str, module: Module) -> bool:
    """Whether a registered name is that of a task outside the project which this module does not import."""
    owner, package = name.rpartition(".")[0], name.partition(".")[0]
    if not owner or package == "celery" or module.project.find(package, module) is not None:
        return False
    if any(dotted in (owner, name) for _, dotted in module.scopes.imports):
        return False
    return not is_name_of_task(name, module.project)


def _is_started_unknown(entry: ScheduleEntry, module: Module) -> bool:
    """Whether beat starts a task that it has not imported: of no app that the settings install."""
    name = entry.task_name
    if name is None or entry.signature is not None or not _is_foreign(name, module):
        return False
    packages = installed_apps_of(module.project).packages | _ALWAYS_THERE
    return not any(name.startswith(f"{package}.") for package in packages)
