"""Which calls send a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.effects.bodies import Step, runs_what_it_is_handed
from flake8_aa_celery.model.effects.graph import Effect
from flake8_aa_celery.model.resolve import prefilters
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import Dispatch, NamedTask, Signature, Task, UnreadableTask, Workflow

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.scopes import CallSite
    from flake8_aa_celery.model.resolve.values import Value


def dispatch_of(call: CallSite) -> Dispatch | None:
    """The dispatch that a call is, in the call of its function that is looked into."""
    value = value_of(call.node, call.site) if prefilters.canvas(call) else None
    return value if isinstance(value, Dispatch) and value.node is call.node else None


def _sent_by(step: Step) -> str:
    """What a call sends, as a message may name it: ``update_owner``."""
    dispatch = dispatch_of(step.call)
    return sent_name(dispatch.receiver) if dispatch is not None else ""


def sent_name(receiver: Value) -> str:
    """What is sent, in a word: the name of a task, or the kind of a workflow."""
    if isinstance(receiver, Signature):
        return sent_name(receiver.task)
    if isinstance(receiver, NamedTask):
        return (receiver.name or "a task").rpartition(".")[2]
    if isinstance(receiver, Workflow):
        return receiver.kind
    return receiver.name if isinstance(receiver, (Task, UnreadableTask)) else "a task"


#: A call sends a task, or something that it leads to does.
SENDS = Effect("sends", _sent_by, handed=runs_what_it_is_handed)
