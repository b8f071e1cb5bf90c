"""What runs while Django saves a row: the receivers of its signals, and a model's own ``save``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.django.transactions import running
from flake8_aa_celery.model.knowledge.django import SAVES
from flake8_aa_celery.model.resolve import orm
from flake8_aa_celery.model.resolve.classes import class_around
from flake8_aa_celery.model.resolve.signals import signals_of

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.scopes import Site


def while_saving(site: Site) -> str | None:
    """What a place is part of that runs while a row is saved, as a message calls it; None for anything else."""
    function = running(site)
    if function is None or not isinstance(function.node, FUNCTIONS) or function.block.site is None:
        return None
    signals = signals_of(function.node, function.block.site)
    if signals:
        return f"a receiver of `{signals[0]}`"
    owner = class_around(function, site.module) if function.node.name in SAVES else None
    return f"a model's `{function.node.name}`" if owner and orm.is_model(owner) else None
