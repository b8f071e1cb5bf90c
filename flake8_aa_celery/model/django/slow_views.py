"""Views that keep the user waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.django.views import views_of
from flake8_aa_celery.model.effects.blocking import BLOCKS
from flake8_aa_celery.model.effects.bodies import Body
from flake8_aa_celery.model.effects.graph import graph_of
from flake8_aa_celery.model.resolve.occurrences import local_calls_of
from flake8_aa_celery.model.results.uses import result_uses_of

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.django.views import View
    from flake8_aa_celery.model.effects.graph import Stage


class SlowView(NamedTuple):
    """A view that waits for something but a task, itself or in what it leads to.

    :param way: the calls from the view on, the last of which waits.
    """

    view: View
    way: list[Stage]


@fact
def slow_views_of(module: Module) -> list[SlowView]:
    """The views of a module that wait, each with the first call that leads there.

    Not those that run a task or wait for one: that is a mistake of its own.
    """
    graph = graph_of(module.project)
    of_tasks = {id(call.node) for call in local_calls_of(module)} | {id(use.node) for use in result_uses_of(module)}
    found: list[SlowView] = []
    for view in views_of(module):
        steps = (step for step in graph.steps(Body(view.scope)) if id(step.call.node) not in of_tasks)
        way = next((way for step in steps if BLOCKS.through(step) and (way := graph.way_of(step, BLOCKS))), None)
        found += [SlowView(view, way)] if way else []
    return found
