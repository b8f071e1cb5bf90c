"""Tasks of celery-once that send themselves while they run, and are kept out by their own lock."""

from __future__ import annotations

import ast
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.canvas.workflows import sent_at_once
from flake8_aa_celery.model.code.handlers import caught_by, tries_around
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import dotted_name, last_part
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import positional_parameters
from flake8_aa_celery.model.effects.bodies import Body, runs_what_it_is_handed
from flake8_aa_celery.model.effects.graph import Stage, graph_of
from flake8_aa_celery.model.effects.sending import dispatch_of
from flake8_aa_celery.model.resolve.arguments import by_parameter
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.model.resolve.returns import frame_of
from flake8_aa_celery.model.resolve.task_classes import run_by_workers_of
from flake8_aa_celery.model.resolve.task_functions import task_of_function
from flake8_aa_celery.model.resolve.values import (
    BoundMethod,
    ClassTask,
    Constant,
    Dispatch,
    Function,
    Instance,
    Items,
    Signature,
    Task,
    Workflow,
    is_static_method,
)
from flake8_aa_celery.model.tasks.once import once_of
from flake8_aa_celery.model.tasks.parameters import task_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Scope
    from flake8_aa_celery.model.effects.bodies import Step

    _Own = dict[tuple[int, str], str]

#: What a class may define that decides itself what is locked, and when.
_LOCKING = ("apply_async", "delay", "get_key", "after_return", "__call__")
#: Options that let a message past the lock, or change it.
_UNLOCKING = ("once", "retries")


class SelfSending(NamedTuple):
    """A dispatch of a celery-once task in a run of its own, for the same keys.

    :param way: the calls from the task on, the last of which sends it.
    """

    task: Task
    way: list[Stage]


@fact
def self_sending_of(module: Module) -> list[SelfSending]:
    """The dispatches by which celery-once tasks of a module send themselves and are kept out."""
    return [
        SelfSending(task, way)
        for task in run_by_workers_of(module)
        if _is_locked(task)
        for way in _ways_to_itself(task)
    ]


def _is_locked(task: Task) -> bool:
    """Whether a task certainly is locked until it has run."""
    bases, once = bases_of(task), once_of(task)
    if not bases.is_once or not bases.complete or any(map(bases.defines, _LOCKING)):
        return False
    return once is not None and once.complete and once.constant("unlock_before_run") is not True


def _ways_to_itself(task: Task) -> Iterator[list[Stage]]:
    """The ways from a task to the calls that send it, each call once."""
    graph = graph_of(task.module.project)
    start = _Run(_body_of(task), [], _parameters_of(task.scope))
    seen, waiting = {start.key}, [start]
    told: set[ast.Call] = set()
    while waiting:
        run = waiting.pop(0)
        for step in graph.steps(run.body):
            dispatch = dispatch_of(step.call)
            if dispatch is not None:
                if step.call.node not in told and _is_kept_out(dispatch, task, run.own):
                    told.add(step.call.node)
                    yield [*run.way, Stage(step, task.name)]
                continue
            for callee in (*step.callees, *(step.handed if runs_what_it_is_handed(step) else ())):
                after = _Run(callee, [*run.way, Stage(step, callee.name)], _handed_on(step, callee, run.own))
                if after.key not in seen:
                    seen.add(after.key)
                    waiting.append(after)


class _Run(NamedTuple):
    """A function that runs as part of a task.

    :param way: the calls from the task on that lead to it.
    :param own: which parameters of the task certainly stand behind names, by the function that these belong to.
    """

    body: Body
    way: list[Stage]
    own: _Own

    @property
    def key(self) -> Hashable:
        """What tells it from others."""
        return self.body.key, frozenset(self.own.items())


def _body_of(task: Task) -> Body:
    """What a worker runs, with the object that it is given, if that is one of a class."""
    if isinstance(task, ClassTask) and not task.is_static:
        itself = BoundMethod(Function(task.node, task.run), Instance(task.owner, is_exact=True))
        frame = frame_of(itself, None, task.run)
        if frame is not None:
            return Body(frame.scope, frame)
    return Body(task.scope)


def _parameters_of(scope: Scope) -> _Own:
    """The parameters of a function that are bound to nothing else, by themselves."""
    node = scope.node
    arguments = node.args if isinstance(node, FUNCTIONS) else None
    each = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs] if arguments else []
    names = [parameter.arg for parameter in each]
    return {(id(scope), name): name for name in names if _is_never_changed(name, scope)}


def _is_never_changed(name: str, scope: Scope) -> bool:
    return len(scope.bindings.get(name, ())) == 1 and name not in scope.spoilt


def _handed_on(step: Step, callee: Body, own: _Own) -> _Own:
    """What stands behind names in a function that is called, beside those of the functions around it."""
    scope, given = callee.scope, step.call.node
    found = {place: key for place, key in own.items() if place[0] != id(scope)}
    if not isinstance(scope.node, FUNCTIONS) or callee not in step.callees:
        return found
    if task_of_function(scope.node, scope.module) is not None:
        return found  # which may be given itself first
    names = positional_parameters(scope.node)
    is_method = scope.parent is not None and scope.parent.kind == "class" and not is_static_method(scope.node)
    by_position = zip(names[is_method:], takewhile(_is_single, given.args), strict=False)
    for name, argument in (*by_position, *((each.arg or "", each.value) for each in given.keywords)):
        key = _behind(argument, step.call.site.scope, own)
        if key is not None and _is_never_changed(name, scope):
            found[id(scope), name] = key
    return found


def _is_single(node: ast.expr) -> bool:
    return not isinstance(node, ast.Starred)


def _behind(node: ast.expr, scope: Scope, own: _Own) -> str | None:
    """The parameter of the task that an expression is; None where that is not known."""
    owner = scope.owner_of(node.id) if isinstance(node, ast.Name) else None
    return own.get((id(owner), node.id)) if isinstance(node, ast.Name) and owner is not None else None


def _is_kept_out(dispatch: Dispatch, task: Task, own: _Own) -> bool:
    if dispatch.method == "send_task" or _may_pass(dispatch) or _is_caught(dispatch):
        return False
    return any(
        _is_same(task_of(sent.task, sent.module), task) and not _may_pass(sent) and _is_for_the_same(sent, task, own)
        for sent in _sent_by(dispatch)
    )


def _sent_by(dispatch: Dispatch) -> list[Dispatch | Signature]:
    """What a dispatch sends by itself: of a chain the first, of a group all."""
    receiver = dispatch.receiver
    if not isinstance(receiver, Workflow):
        return [dispatch]
    return [sent for each in sent_at_once(receiver) if isinstance(sent := each.value, Signature)]


def _may_pass(sent: Dispatch | Signature) -> bool:
    """Whether something is sent with options for the lock."""
    return any(not sent.options.lacks(option) for option in _UNLOCKING)


def _is_same(sent: Task | None, task: Task) -> bool:
    """Whether two tasks are defined in the same place."""
    return (
        sent is not None and sent.definition.lineno == task.definition.lineno and sent.module.path == task.module.path
    )


def _is_caught(dispatch: Dispatch) -> bool:
    """Whether somebody expects that it is kept out."""
    return any(
        last_part(dotted_name(caught) or "") == "AlreadyQueued"
        for block in tries_around(dispatch.site)
        if isinstance(block.node, ast.Try)
        for handler in block.node.handlers
        for caught in caught_by(handler)
    )


# -- over which arguments ---------------------------------------------------------------------------------------


def _is_for_the_same(sent: Dispatch | Signature, task: Task, own: _Own) -> bool:
    """Whether the arguments that the lock is over certainly are those of the run."""
    keys = _keys_of(task)
    if keys is None:
        return False
    if not keys:
        return True
    given = by_parameter(sent, task.parameters)
    return given is not None and all(
        key in given and _behind(given[key].node, given[key].site.scope, own) == key for key in keys
    )


def _keys_of(task: Task) -> frozenset[str] | None:
    """The parameters that a task is locked over; None where that is not known, or differs from call to call."""
    once = once_of(task)
    entry = once.get("keys") if once else None
    if entry is not None:
        value = entry.value
        if not isinstance(value, Items) or not value.complete:
            return None
        keys = [item.value for item in (element.value for element in value.elements) if isinstance(item, Constant)]
        known = frozenset(key for key in keys if isinstance(key, str))
        return known if len(known) == len(value.elements) else None
    parameters = task.parameters
    names = frozenset((*parameters.by_position, *parameters.keyword_only))
    varies = parameters.takes_any_positional or parameters.takes_any_keyword or names != parameters.required
    return None if varies else names
