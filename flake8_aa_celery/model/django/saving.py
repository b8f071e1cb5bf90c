"""What runs while Django saves a row: the receivers of its signals, and a model's own ``save``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.names import last_part, origin
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.django.signals import connections
from flake8_aa_celery.model.django.transactions import running
from flake8_aa_celery.model.knowledge.django import SAVES, SIGNALS_OF_SAVING
from flake8_aa_celery.model.resolve import orm
from flake8_aa_celery.model.resolve.classes import class_around

if TYPE_CHECKING:
    import ast

    from flake8_aa_celery.model.code.scopes import FunctionNode, Site


def while_saving(site: Site) -> str | None:
    """What a place is part of that runs while a row is saved, as a message calls it; None for anything else."""
    function = running(site)
    if function is None or not isinstance(function.node, FUNCTIONS) or function.block.site is None:
        return None
    signal = receives(function.node, function.block.site)
    if signal:
        return f"a receiver of `{signal}`"
    owner = class_around(function, site.module) if function.node.name in SAVES else None
    return f"a model's `{function.node.name}`" if owner and orm.is_model(owner) else None


def receives(node: FunctionNode, site: Site) -> str | None:
    """The signal of Django's ORM that a function is connected to, by ``@receiver`` or ``signal.connect``."""
    for connection in connections(node, site):
        found = next((name for part in connection.signals if (name := _signal(part, connection.site))), None)
        if found:
            return found
    return None


def _signal(node: ast.expr, site: Site) -> str | None:
    dotted = origin(node, site) or ""
    name = last_part(dotted)
    return name if name in SIGNALS_OF_SAVING and dotted == f"django.db.models.signals.{name}" else None
