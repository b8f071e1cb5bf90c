"""Where tasks are sent by themselves, and where a signature is made of them that no workflow holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.graph import starters, workflows
from flake8_aa_celery.graph.elements import Edge
from flake8_aa_celery.model.periodic.schedules import schedule_of
from flake8_aa_celery.model.resolve.occurrences import dispatches_of, local_calls_of, signatures_of
from flake8_aa_celery.model.resolve.values import Signature, UnreadableTask, Workflow
from flake8_aa_celery.places import below

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.graph.elements import Priority
    from flake8_aa_celery.graph.nodes import Nodes
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Dispatch, Value


def edges(module: Module, nodes: Nodes) -> Iterator[Edge]:
    """An edge for each dispatch of a task, each signature that goes elsewhere, and each call in the same process."""
    if module.in_document:
        return
    for dispatch in dispatches_of(module):
        if not isinstance(dispatch.receiver, Workflow):
            sent = nodes.priority(dispatch.receiver, dispatch.options)
            yield from _edge(dispatch, dispatch.task, sent, nodes, per_item=dispatch.loop is not None)
    seen = _dispatched(module) | workflows.signatures(module)
    for signature in signatures_of(module):
        if id(signature.call) not in seen:
            sent = nodes.priority(signature)
            yield from _edge(signature, signature.task, sent, nodes, per_item=False)
    for call in local_calls_of(module):
        if call.method == "signature":  # which is an edge already
            continue
        source = nodes.starter(starters.starter_at(call.site))
        yield Edge(source, nodes.task(call.task), call.method, None, False, below(module.path), call.node.lineno)


def _dispatched(module: Module) -> set[int]:
    """The ids of the calls that made the signatures which are sent by themselves or given to a schedule."""
    receivers = [dispatch.receiver for dispatch in dispatches_of(module)]
    sent = {id(receiver.call) for receiver in receivers if isinstance(receiver, Signature)}
    return sent | {id(entry.signature.call) for entry in schedule_of(module) if entry.signature}


def _edge(
    found: Dispatch | Signature, task: Value | None, sent: Priority, nodes: Nodes, *, per_item: bool
) -> Iterator[Edge]:
    possible = task.among if isinstance(task, UnreadableTask) and task.among else (task,)
    for each in possible:
        target = nodes.target(each, found.module) if each is not None else None
        if target is not None:
            source = nodes.starter(starters.starter_at(found.site))
            yield Edge(source, target, found.method, sent, per_item, below(found.module.path), found.node.lineno)
