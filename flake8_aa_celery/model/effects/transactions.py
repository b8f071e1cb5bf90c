"""Which functions run in a transaction of their own making."""

from __future__ import annotations

import ast

from flake8_aa_celery.model.code.names import origin
from flake8_aa_celery.model.code.syntax import without_call
from flake8_aa_celery.model.effects.bodies import Step
from flake8_aa_celery.model.effects.graph import Effect
from flake8_aa_celery.model.knowledge.django import ATOMIC


def _opened_by(step: Step) -> str:
    """``transaction.atomic``, where that is what a call opens."""
    called = origin(without_call(step.call.node.func), step.call.site)
    return "transaction.atomic" if called == ATOMIC else ""


#: A call opens a transaction, or something that it leads to does.
OPENS_TRANSACTION = Effect("opens a transaction", _opened_by)


def is_atomic(node: ast.expr, step: Step) -> bool:
    """Whether a context manager or decorator is Django's ``atomic``."""
    return origin(without_call(node), step.call.site) == ATOMIC
