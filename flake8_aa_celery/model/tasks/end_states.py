"""States that tasks set themselves, and that do not last."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import last_part
from flake8_aa_celery.model.code.syntax import is_none, without_call
from flake8_aa_celery.model.resolve.arguments import by_name
from flake8_aa_celery.model.resolve.task_functions import task_around
from flake8_aa_celery.model.resolve.values import Constant, Mapping, Origin
from flake8_aa_celery.model.tasks.bound import is_itself

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Block, CallSite, Site
    from flake8_aa_celery.model.resolve.values import Entry, Task

    End = Literal["ignored", "nothing", "something"]

_UPDATES = frozenset({"update_state"})
_PARAMETERS = ("task_id", "state", "meta")
#: The states in which a task has ended.
_ENDED = frozenset({"FAILURE", "REVOKED", "SUCCESS"})
#: What ends a task otherwise than by a return: methods of it, and functions.
_LEAVES = frozenset({"_exit", "abort", "exit", "replace", "retry"})


class SetState(NamedTuple):
    """A state of the end that a task sets itself, and that does not last or cannot be read.

    :param state: which.
    :param end: how the task then ends: it returns something, which is stored with SUCCESS, or nothing; or it raises
        ``Ignore``, so that the state stays.
    """

    node: ast.Call
    state: str
    end: End


@fact
def set_states_of(module: Module) -> list[SetState]:
    """Every such state of a module, whether the project has a result backend or not."""
    found: list[SetState] = []
    for call in module.calls_of(_UPDATES):
        task = _updated(call)
        given = by_name(call.node, call.site, _PARAMETERS)
        is_of_another = given.get("task_id") is not None and given.constant("task_id") is not None
        if task is None or not given.complete or is_of_another or not task.options.lacks("ignore_result"):
            continue
        state = _state(given.get("state"))
        end = _end_after(call.site) if state in _ENDED and call.site.scope is task.scope else None
        if end is not None and _is_lost(state, end, given.get("meta")):
            found.append(SetState(call.node, state, end))
    return found


def _is_lost(state: str, end: End, meta: Entry | None) -> bool:
    """Whether nobody sees a state and its meta in the end: a failure without a type cannot be read."""
    if state == "SUCCESS":
        return end == "nothing" and meta is not None
    return end != "ignored" or (state == "FAILURE" and _lacks_type(meta))


def _updated(call: CallSite) -> Task | None:
    """The task that sets its own state by a call."""
    task, function = task_around(call.site), call.node.func
    if task is None or not isinstance(function, ast.Attribute):
        return None
    is_current = call.site.module.origin(function.value, call.site) == "celery.current_task"
    return task if is_current or is_itself(function.value, task) else None


def _state(entry: Entry | None) -> str:
    """The name of a state, written as a text or taken of ``celery.states``; empty where it is not known."""
    value = entry.value if entry is not None else None
    if isinstance(value, Constant):
        return value.value if isinstance(value.value, str) else ""
    if isinstance(value, Origin) and value.dotted.startswith("celery.states."):
        return last_part(value.dotted)
    return ""


def _lacks_type(meta: Entry | None) -> bool:
    value = meta.value if meta is not None else None
    return isinstance(value, Mapping) and bool(value.entries) and value.lacks("exc_type")


# -- what comes after it ------------------------------------------------------------------------------------------


def _end_after(site: Site) -> End | None:
    """How a task ends after a place, unless something fails; None where it raises, or may do so on purpose."""
    for block, statement in _outwards(site):
        if block.kind == "finally":
            return None
        body = block.body
        following = body[body.index(statement) + 1 :] if statement in body else []
        for each in following:
            if isinstance(each, ast.Return) and not (isinstance(each.value, ast.Call) and _leaves(each.value)):
                return "nothing" if each.value is None or is_none(each.value) else "something"
            if isinstance(each, ast.Raise):
                return "ignored" if _is_ignore(each, site) else None
            if any(_may_leave(part) for part in ast.walk(each)):
                return None
            if isinstance(each, (ast.Break, ast.Continue)):
                break
    return "nothing"


def _is_ignore(statement: ast.Raise, site: Site) -> bool:
    raised = without_call(statement.exc) if statement.exc is not None else None
    return raised is not None and site.module.origin(raised, site) == "celery.exceptions.Ignore"


def _outwards(site: Site) -> Iterator[tuple[Block, ast.stmt]]:
    """The statement of a place and those around it, each with its block, up to the body of the function."""
    block, place = site.block, site
    yield block, place.statement
    while block.kind != "function":
        around, outer = block.site, block.parent
        if around is None or outer is None:
            return
        block, place = outer, around
        yield block, place.statement


def _may_leave(node: ast.AST) -> bool:
    return isinstance(node, ast.Raise) or (isinstance(node, ast.Call) and _leaves(node))


def _leaves(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in _LEAVES
