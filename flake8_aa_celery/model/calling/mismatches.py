"""Where a task is given arguments that it cannot take: by a dispatch, a signature, a chain or a schedule."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.canvas.misplaced import no_signatures_of
from flake8_aa_celery.model.canvas.workflows import followers, starters
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.syntax import root_name
from flake8_aa_celery.model.knowledge.celery import APPLY_ASYNC_OPTIONS
from flake8_aa_celery.model.periodic.schedules import schedule_of
from flake8_aa_celery.model.resolve import arguments
from flake8_aa_celery.model.resolve.occurrences import dispatches_of, signatures_of, workflows_of
from flake8_aa_celery.model.resolve.values import NamedTask, Signature, Task, UnreadableTask, Workflow
from flake8_aa_celery.model.tasks import parameters

if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.periodic.rows import ScheduleRow
    from flake8_aa_celery.model.periodic.schedules import ScheduleEntry
    from flake8_aa_celery.model.resolve.arguments import Arguments
    from flake8_aa_celery.model.resolve.values import Dispatch, Target


#: What gives a task its arguments beside options.
_PAIR = frozenset({"args", "kwargs"})


class Mismatch(NamedTuple):
    """A task and arguments that do not fit it.

    :param node: the call that gives it these arguments.
    :param task: the task, as it is spoken of there.
    :param reason: why they do not fit: "it has no parameter `pk`".
    """

    node: ast.expr
    task: Target | None
    reason: str


class RefusedResult(NamedTuple):
    """A signature of a chain that fits but for the result of the task before it.

    :param node: where to report it: the signature, or the chain where the signature stands in another file.
    :param reason: why the result does not fit: "it takes no positional arguments, not 1".
    """

    node: ast.expr
    signature: Signature
    reason: str


@fact
def mismatches_of(module: Module) -> list[Mismatch]:
    """The dispatches and signatures of a module whose arguments do not fit, each once.

    Not a signature that a schedule starts, which is given the schedule's arguments, too, and not one that fits but
    for a result: these are :func:`mismatch_of_entry` and :func:`refused_results_of`. Not a dispatch that stands where
    only a signature can, either, which is the greater mistake.
    """
    following = {id(found.call): found for workflow in workflows_of(module) for found in followers(workflow)}
    known = {id(entry.signature.call) for entry in schedule_of(module) if entry.signature}
    found: list[Mismatch] = []
    for made in signatures_of(module):
        follower = following.get(id(made.call))
        if id(made.call) not in known:
            reason = _of_follower(follower) if follower else _on_its_own(made)
            if reason and not _is_given_others(made):
                known.add(id(made.call))
                found.append(Mismatch(made.call, made.task, reason))
    known.update(following)
    misplaced = {id(mistaken.node) for mistaken in no_signatures_of(module)}
    for dispatch in dispatches_of(module):
        if id(dispatch.node) not in misplaced:
            found += _dispatched(dispatch, known)
    return found


@fact
def refused_results_of(module: Module) -> list[RefusedResult]:
    """The signatures in the chains of a module that cannot take the result of the task before them, each once."""
    found: dict[int, RefusedResult] = {}
    for chain in workflows_of(module):
        for signature in followers(chain):
            reason = _of_result(signature) if id(signature.call) not in found else None
            if reason:
                node = signature.call if signature.module is module else chain.node
                found[id(signature.call)] = RefusedResult(node, signature, reason)
    return list(found.values())


def mismatch_of_entry(entry: ScheduleEntry) -> Mismatch | None:
    """Why the task of a schedule's entry cannot take what it is started with."""
    target = entry.signature.task if entry.signature else NamedTask(entry.task_name, None)
    given = arguments.of_entry(entry.fields, entry.site)
    if entry.signature:
        given = arguments.of_signature(entry.signature).after(given)
    reason = _reason(target, given, entry.module)
    return Mismatch(entry.node, parameters.task_of(target, entry.module), reason) if reason else None


def mismatch_of_row(row: ScheduleRow) -> Mismatch | None:
    """Why the task of a row of django-celery-beat cannot take what it is started with."""
    fields = row.arguments if row.task_name else None
    if fields is None:
        return None
    target = NamedTask(row.task_name, None)
    reason = _reason(target, arguments.of_entry(fields, row.site), row.module)
    return Mismatch(row.node, parameters.task_of(target, row.module), reason) if reason else None


def _reason(target: Target | None, given: Arguments, module: Module, *, partial: bool = False) -> str | None:
    taken = parameters.parameters_of(target, module)
    return parameters.mismatch(taken, given, partial=partial) if taken is not None else None


def _on_its_own(signature: Signature) -> str | None:
    """What is wrong with a signature wherever it is used; a partial one may be given more in front."""
    given = arguments.of_signature(signature)
    return _reason(signature.task, given, signature.module, partial=signature.immutable is not True)


def _is_given_others(signature: Signature) -> bool:
    """Whether a signature is given other arguments after it was made: ``sig.args += (1,)``, ``sig.kwargs["x"] = 1``."""
    statement, scope = signature.site.statement, signature.site.scope
    targets = statement.targets if isinstance(statement, ast.Assign) and statement.value is signature.node else []
    names = {target.id for target in targets if isinstance(target, ast.Name)}
    return any(
        isinstance(part, ast.Attribute) and part.attr in _PAIR and root_name(part.value) in names
        for part in ast.walk(scope.node)
    )


def _of_follower(signature: Signature) -> str | None:
    """What is wrong with a signature that follows another one, where more is wrong than the result of that one."""
    if signature.immutable is None:
        return None
    given = arguments.of_signature(signature)
    if signature.immutable:
        return _reason(signature.task, given, signature.module)
    whole = given.after(arguments.PREVIOUS_RESULT)
    return _on_its_own(signature) or (
        _reason(signature.task, given, signature.module) and _reason(signature.task, whole, signature.module)
    )


def _of_result(signature: Signature) -> str | None:
    """Why a signature cannot take the result before it, where that alone is what does not fit."""
    if signature.immutable is not False:
        return None
    given = arguments.of_signature(signature)
    if _reason(signature.task, given, signature.module):
        return None
    return _reason(signature.task, given.after(arguments.PREVIOUS_RESULT), signature.module)


def _dispatched(dispatch: Dispatch, known: Set[int]) -> Iterator[Mismatch]:
    given = arguments.of_dispatch(dispatch)
    if not isinstance(dispatch.receiver, (Signature, Workflow)):
        reason = _of_dispatch(dispatch, dispatch.task, given)
        if reason:
            yield Mismatch(dispatch.node, dispatch.task, reason)
        return
    for signature in starters(dispatch.receiver):
        if signature.immutable is False and id(signature.call) not in known:
            reason = _of_dispatch(dispatch, signature.task, arguments.of_signature(signature).after(given))
            if reason:
                yield Mismatch(dispatch.node, signature.task, reason)


def _of_dispatch(dispatch: Dispatch, target: Target | None, given: Arguments) -> str | None:
    """What is wrong with a dispatch; of what may be one of several tasks, if there is something with each."""
    if isinstance(target, UnreadableTask) and target.among:
        reasons = [_of_one(dispatch, task, given) if isinstance(task, Task) else None for task in target.among]
        return reasons[0] if all(reasons) else None
    return _of_one(dispatch, target, given)


def _of_one(dispatch: Dispatch, target: Target | None, given: Arguments) -> str | None:
    """What is wrong with a dispatch, apart from options that ``delay`` is given: a mistake of another kind."""
    taken = parameters.parameters_of(target, dispatch.module)
    if taken is None:
        return None
    if dispatch.method.startswith("delay"):
        options = {name for name in given.names if not taken.accepts(name)} & APPLY_ASYNC_OPTIONS
        given = given._replace(names=tuple(name for name in given.names if name not in options))
    reason = parameters.mismatch(taken, given)
    missing = parameters.names_missing(taken, given) if reason else []
    if missing and all(name in dispatch.options.entries for name in missing):
        return f"`{missing[0]}` is given to `{dispatch.method}` itself: put it into `kwargs`"
    return reason
