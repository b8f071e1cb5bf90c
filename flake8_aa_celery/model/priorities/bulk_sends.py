"""What is sent many times: in a loop, and by a function that a loop calls."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.calling.bulk import bulk_loop_of, has_own_queue, is_exempt
from flake8_aa_celery.model.calling.misplaced import misplaced_options_of
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.configuration.default_priority import is_normal_by_default
from flake8_aa_celery.model.configuration.result_backend import has_result_backend
from flake8_aa_celery.model.effects.bodies import Step, may_lead_on
from flake8_aa_celery.model.effects.graph import Effect, graph_of
from flake8_aa_celery.model.effects.sending import dispatch_of, sent_name
from flake8_aa_celery.model.priorities.settings import is_from_bulk, runs_at_default
from flake8_aa_celery.model.resolve.loops import bulk_loop
from flake8_aa_celery.model.resolve.occurrences import dispatches_of
from flake8_aa_celery.model.resolve.values import Dispatch, Workflow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.effects.graph import Stage


class BulkSend(NamedTuple):
    """A dispatch that is made once per item at the default priority.

    :param node: where to report it: the dispatch, or the call in the loop that leads to it.
    :param way: the calls by which that leads to it, which is in the last one; none where it stands in the loop.
    """

    dispatch: Dispatch
    node: ast.expr
    way: list[Stage]


@fact
def bulk_sends_of(module: Module) -> list[BulkSend]:
    """What a module sends many times at the default priority, itself or by functions that it calls."""
    if not is_normal_by_default(module.project):
        return []
    in_loops = [BulkSend(each, each.node, []) for each in dispatches_of(module) if _is_bulk(each, module)]
    return [*in_loops, *sent_in_loops_by_calls(module, SENDS_AT_DEFAULT)]


def _is_bulk(dispatch: Dispatch, module: Module) -> bool:
    return _is_sent_in_bulk(dispatch, module) and _is_at_default(dispatch) and not _is_misplaced(dispatch, module)


def _is_sent_in_bulk(dispatch: Dispatch, module: Module) -> bool:
    receiver = dispatch.receiver
    if dispatch.method == "send_task":
        return False
    in_loop = bulk_loop_of(dispatch) is not None
    if isinstance(receiver, Workflow) and receiver.kind in ("group", "chord"):
        is_of_many = receiver.kind == "group" and is_from_bulk(receiver) and not has_own_queue(dispatch)
        return (in_loop or is_of_many) and has_result_backend(module.project)
    return in_loop


def _is_at_default(dispatch: Dispatch) -> bool:
    return dispatch.options.lacks("priority") and runs_at_default(dispatch.receiver)


def _is_misplaced(dispatch: Dispatch, module: Module) -> bool:
    """Whether the dispatch has options in a place where they do not count, which is the greater mistake."""
    return any(found.dispatch is dispatch for found in misplaced_options_of(module))


def sent_in_loops_by_calls(module: Module, effect: Effect) -> Iterator[BulkSend]:
    """The calls in loops that lead to a dispatch: of several that lead to the same one the first.

    :param effect: what a dispatch has that is meant.
    """
    graph, told = graph_of(module.project), set[ast.expr]()
    for call in filter(may_lead_on, module.all_calls()):
        loop = bulk_loop(call.site)
        if loop is None or is_exempt(loop, call.site) or dispatch_of(call) is not None:
            continue
        way = graph.way_of(Step(call), effect)
        dispatch = dispatch_of(way[-1].step.call) if way else None
        if dispatch is not None and dispatch.node not in told:
            told.add(dispatch.node)
            yield BulkSend(dispatch, call.node, way)


def _sent_at_default(step: Step) -> str:
    """The task that a call sends at the default priority once; empty where it stands in a loop, which is told there."""
    dispatch = dispatch_of(step.call)
    if dispatch is None or dispatch.loop is not None or isinstance(dispatch.receiver, Workflow):
        return ""
    is_meant = dispatch.method != "send_task" and _is_at_default(dispatch) and not has_own_queue(dispatch)
    is_handler = any(block.kind == "handler" for block in step.call.site.block.around())
    return sent_name(dispatch.receiver) if is_meant and not is_handler else ""


#: A call sends a task at the default priority, or something that it leads to does.
SENDS_AT_DEFAULT = Effect("sends at default", _sent_at_default)
