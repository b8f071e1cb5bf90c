"""What may happen in a call that is worth showing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.effects.blocking import what_blocks
from flake8_aa_celery.model.effects.bodies import runs_what_it_is_handed
from flake8_aa_celery.model.effects.graph import Effect
from flake8_aa_celery.model.effects.logging import LOGS
from flake8_aa_celery.model.effects.retrying import RETRIES
from flake8_aa_celery.model.effects.sending import SENDS
from flake8_aa_celery.model.effects.transactions import OPENS_TRANSACTION

if TYPE_CHECKING:
    from collections.abc import Callable

    from flake8_aa_celery.model.effects.bodies import Step
    from flake8_aa_celery.trace.elements import Kind


#: What is sent that cannot be told: ``globals()[name].apply_async()``.
UNKNOWN_TASK = "a task that is not known"


class Happening(NamedTuple):
    """Something that a call may do.

    :param of: what it does, in a word or two; empty where it does not.
    """

    kind: Kind
    of: Callable[[Step], str]


def _waits(step: Step) -> str:
    """What a call waits for, in a handler too."""
    return what_blocks(step.call)


def _logs(step: Step) -> str:
    """The level of what is logged, or the name of what logs."""
    return LOGS.of(step).rpartition(".")[2]


def _sends(step: Step) -> str:
    """What is sent; also where nobody knows which task that is: ``apply_async`` is a word of Celery's own."""
    return SENDS.of(step) or (UNKNOWN_TASK if step.call.name == "apply_async" and not step.callees else "")


#: Of a call that does several of these the first is shown.
HAPPENINGS = (
    Happening("sends", _sends),
    Happening("waits", _waits),
    Happening("retries", RETRIES.of),
    Happening("logs", _logs),
    Happening("transaction", OPENS_TRANSACTION.of),
)


def happening_in(step: Step) -> tuple[Kind, str] | None:
    """What happens in a call itself; None where that is nothing to be shown."""
    return next(((happening.kind, what) for happening in HAPPENINGS if (what := happening.of(step))), None)


def _any_of(step: Step) -> str:
    found = happening_in(step)
    return found[1] if found else ""


#: A call leads to something that is shown.
IS_SHOWN = Effect("is shown", _any_of, handed=runs_what_it_is_handed)
