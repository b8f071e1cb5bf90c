"""Options of a chain that reach its first task alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.configuration.settings import configured
from flake8_aa_celery.model.priorities.settings import given_by, later_members, own_options
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.model.resolve.occurrences import canvas_of
from flake8_aa_celery.model.resolve.values import Dispatch, Signature, Task, Workflow

if TYPE_CHECKING:
    import ast

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.resolve.values import Entry, Value

#: The options that each task of a chain needs for itself; a delay is meant to be that of the whole.
_OF_EACH = ("expires", "queue", "routing_key")
#: Settings by which a task gets a queue without being told.
_ROUTING = ("TASK_ROUTES", "CELERY_ROUTES")


class FirstOnly(NamedTuple):
    """An option that is given to a chain of which a later task certainly does without.

    :param node: where to report it.
    :param call: where the chain is given it.
    """

    name: str
    entry: Entry
    chain: Workflow
    node: ast.expr
    call: ast.expr


@fact
def first_only_of(module: Module) -> list[FirstOnly]:
    """Every such option, one for each place that it is written in."""
    found: dict[int, FirstOnly] = {}
    for call, value in canvas_of(module):
        chain = value.receiver if isinstance(value, Dispatch) else value
        if not isinstance(chain, Workflow) or chain.kind != "chain":
            continue
        if isinstance(value, Dispatch) and value.method == "()":
            continue  # calling a chain makes an argument of it
        given = given_by(call, value)
        for name in _OF_EACH:
            entry = given.get(name)
            is_none = given.constant(name) is None
            if entry is not None and not is_none and _lacks(chain, name) and _matters(name, module.project):
                option = FirstOnly(name, entry, chain, entry.reported_in(module, call.node), call.node)
                found.setdefault(id(entry.node), option)
    return list(found.values())


def _lacks(chain: Workflow, name: str) -> bool:
    """Whether a later task of a chain is known to have no such option of its own."""
    return any(_is_without(member.value, name) for member in later_members(chain))


def _is_without(value: Value, name: str) -> bool:
    if not isinstance(value, Signature) or not own_options(value).lacks(name):
        return False
    return not isinstance(value.task, Task) or not bases_of(value.task).may_define(name)


def _matters(name: str, project: Project) -> bool:
    """Whether a task needs to be given an option: not a queue where the project's settings may know the one of each."""
    return name == "expires" or not any(configured(project, setting) for setting in _ROUTING)
