"""Which priority the messages of a dispatch have, as far as the code tells."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.graph.elements import Priority
from flake8_aa_celery.model.priorities import settings as priorities
from flake8_aa_celery.model.resolve.values import UNKNOWN, NamedTask

if TYPE_CHECKING:
    from flake8_aa_celery.model.resolve.values import Mapping, Value
    from flake8_aa_celery.settings import Settings

#: The task whose message a map, a starmap or a chunk is, whatever the options of the task that it calls.
OF_CELERY = NamedTask("celery.map", None)

_HIGHEST = 9
_LONGEST = 30


def default(settings: Settings) -> Priority:
    """What runs without a priority: at 5 in Alliance Auth; elsewhere the application says, which nobody reads here."""
    return Priority(5, "default", "5") if settings.is_of_alliance_auth else Priority(None, "default", "default")


def of(value: Value, given: Mapping, otherwise: Priority) -> Priority:
    """What a task or signature is sent at.

    Of a map, a starmap or a chunk Celery sends a task of its own: :data:`OF_CELERY`.

    :param given: the options of the dispatch, or of a workflow that hands them on.
    :param otherwise: what holds where the code gives none.
    """
    options = priorities.own_options(value).merged(given)
    entry = options.get("priority")
    if entry is None:
        return otherwise if options.lacks("priority") else Priority(None, "unknown", "?")
    constant = priorities.constant(entry)
    if constant is UNKNOWN:
        text = ast.unparse(entry.node)
        return Priority(None, "unknown", text if len(text) <= _LONGEST else "?")
    valid = type(constant) is int and 0 <= constant <= _HIGHEST
    return Priority(constant if valid and isinstance(constant, int) else None, "given", str(constant))
