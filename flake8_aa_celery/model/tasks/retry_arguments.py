"""Retries whose arguments replace those of the message, and are too few."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.resolve import arguments
from flake8_aa_celery.model.resolve.arguments import by_name
from flake8_aa_celery.model.resolve.occurrences import dispatches_of, signatures_of
from flake8_aa_celery.model.tasks import parameters
from flake8_aa_celery.model.tasks.retries import retries_of

if TYPE_CHECKING:
    import ast

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.arguments import Arguments
    from flake8_aa_celery.model.resolve.values import Parameters, Task
    from flake8_aa_celery.model.tasks.retries import Retry

_PAIR = ("args", "kwargs")


class LostArguments(NamedTuple):
    """A retry that gives its task new arguments, without some that it must have.

    :param replaced: what it gives: ``args``, ``kwargs`` or both.
    :param missing: the parameters that get nothing.
    """

    node: ast.Call
    task: Task
    replaced: list[str]
    missing: list[str]


@fact
def lost_arguments_of(module: Module) -> list[LostArguments]:
    """Every such retry of a module."""
    found: list[LostArguments] = []
    for retry in retries_of(module):
        taken = parameters.parameters_of(retry.task, module)
        lost = _lost(retry, taken) if taken is not None else None
        if lost is not None:
            found.append(lost)
    return found


def _lost(retry: Retry, taken: Parameters) -> LostArguments | None:
    call, task = retry
    given = by_name(call.node, call.site, _PAIR)
    replaced = [name for name in _PAIR if given.get(name) is not None and given.constant(name) is not None]
    if not given.complete or not replaced:
        return None
    new = arguments.of_pair(given.get("args"), given.get("kwargs"), call.site)
    if new.more_positional or new.more_names:
        return None
    kept = _sent(task)
    if not kept and "kwargs" not in replaced:
        return None  # all that it must have may come by name
    most = max((each.positional for each in kept), default=len(taken.by_position))
    positional = new.positional if "args" in replaced else most
    names = {name for each in kept for name in each.names} if "kwargs" not in replaced else set(new.names)
    filled = {*taken.by_position[:positional], *names}
    if any(_may_hide(each, replaced) for each in kept):
        return None
    missing = [name for name in (*taken.by_position, *taken.keyword_only) if name in taken.required - filled]
    return LostArguments(call.node, task, replaced, missing) if missing else None


def _may_hide(sent: Arguments, replaced: list[str]) -> bool:
    """Whether what a message keeps of its arguments cannot be seen."""
    return (sent.more_positional and "args" not in replaced) or (sent.more_names and "kwargs" not in replaced)


def _sent(task: Task) -> list[Arguments]:
    """What the dispatches and signatures of its own module give a task."""
    found = [arguments.of_dispatch(sent) for sent in dispatches_of(task.module) if sent.receiver is task]
    return found + [arguments.of_signature(made) for made in signatures_of(task.module) if made.task is task]
