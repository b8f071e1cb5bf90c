"""Where a task waits for the result of another.

Celery refuses it with a ``RuntimeError`` unless told otherwise: with every worker waiting, nobody is left to work.
https://docs.celeryq.dev/en/stable/userguide/tasks.html#avoid-launching-synchronous-subtasks
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.knowledge.celery import RESULT_WAITS
from flake8_aa_celery.model.resolve.evaluation import keywords_of
from flake8_aa_celery.model.resolve.task_functions import task_around
from flake8_aa_celery.model.results.uses import result_uses_of, standing_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Site
    from flake8_aa_celery.model.resolve.values import Dispatch, Task
    from flake8_aa_celery.model.results.uses import ResultUse


class Wait(NamedTuple):
    """A call that waits for a result.

    :param node: ``update.delay().get()``.
    :param result: what it waits for, as an expression.
    :param dispatch: the dispatch; None for a result that was made by hand.
    :param task: the task that waits.
    """

    node: ast.Call
    result: ast.expr
    dispatch: Dispatch | None
    task: Task


@fact
def waits_of(module: Module) -> list[Wait]:
    """Every wait for a result inside a task, except where the code says that it is meant."""
    return [*_on_dispatches(module), *_on_results_made_by_hand(module)]


@fact
def uses_without_wait_of(module: Module) -> list[ResultUse]:
    """What else is asked of results: neither such a wait, nor what one waits for."""
    of_waits = {id(node) for wait in waits_of(module) for node in (wait.node, wait.result)}
    return [use for use in result_uses_of(module) if id(use.node) not in of_waits]


def _on_dispatches(module: Module) -> Iterator[Wait]:
    for use in result_uses_of(module):
        if use.name in RESULT_WAITS and isinstance(use.node, ast.Call):
            yield from _wait(use.node, use.site, use.dispatch)


def _on_results_made_by_hand(module: Module) -> Iterator[Wait]:
    made = {id(use.node) for use in result_uses_of(module) if use.dispatch is None}
    for call in module.calls_of(RESULT_WAITS) if made else ():
        function = call.node.func
        if isinstance(function, ast.Attribute) and not made.isdisjoint(
            map(id, standing_for(function.value, call.site))
        ):
            yield from _wait(call.node, call.site, None)


def _wait(node: ast.Call, site: Site, dispatch: Dispatch | None) -> Iterator[Wait]:
    task = task_around(site)
    if task is not None and isinstance(node.func, ast.Attribute) and not _is_allowed(node, site):
        yield Wait(node, node.func.value, dispatch, task)


def _is_allowed(node: ast.Call, site: Site) -> bool:
    """Whether the call switches Celery's check off, or may do so in ``**options``."""
    given = keywords_of(node, site)
    if not given.lacks("disable_sync_subtasks"):
        return given.constant("disable_sync_subtasks") is not True
    return any(
        isinstance(block.node, (ast.With, ast.AsyncWith))
        and any(_allows(item.context_expr, site) for item in block.node.items)
        for block in site.block.around()
    )


def _allows(context: ast.expr, site: Site) -> bool:
    return site.module.origin(context, site) == "celery.result.allow_join_result()"
