"""Tasks that views run themselves, or wait for."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.calling.alternatives import is_sent_otherwise
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.django.views import views_of
from flake8_aa_celery.model.effects.blocking import is_exceptional, task_run_by
from flake8_aa_celery.model.effects.bodies import Body, Step
from flake8_aa_celery.model.effects.graph import Effect, graph_of
from flake8_aa_celery.model.knowledge.celery import RESULT_WAITS
from flake8_aa_celery.model.resolve.occurrences import local_calls_of
from flake8_aa_celery.model.resolve.signals import connections
from flake8_aa_celery.model.resolve.task_functions import task_around
from flake8_aa_celery.model.results.uses import result_uses_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Scope, Site
    from flake8_aa_celery.model.effects.graph import Stage
    from flake8_aa_celery.model.resolve.values import LocalCall
    from flake8_aa_celery.model.results.uses import ResultUse

#: What a setting's name holds by which tasks run where they are sent.
_EAGER = "always_eager"


class TaskInView(NamedTuple):
    """A task that a view or a receiver of a signal runs itself, or for whose result it waits.

    :param name: what runs it.
    :param by: the call that runs the task, or what is asked of its result; None where another function does.
    :param way: the calls by which another function comes to run the task; empty where it is this one.
    :param others: how many more views of the module come to run it by the same call.
    """

    name: str
    by: LocalCall | ResultUse | None
    way: list[Stage]
    others: int = 0

    @property
    def node(self) -> ast.expr:
        """Where to report it: the call that runs it, or that leads there."""
        return self.by.node if self.by is not None else self.way[0].step.call.node


@fact
def tasks_in_views_of(module: Module) -> list[TaskInView]:
    """The tasks that the views and receivers of a module run themselves, and those that they wait for."""
    calls = [call for call in local_calls_of(module) if not is_sent_otherwise(call.task, call.site)]
    waits = [
        use
        for use in result_uses_of(module)
        if use.name in RESULT_WAITS and use.dispatch is not None and not _is_eager(use.site)
    ]
    asked: list[LocalCall | ResultUse] = [*calls, *waits]
    answering = _answering(module)
    found = [TaskInView(name, by, []) for by in asked if (name := _name_around(by.site, answering))]
    direct = {id(each.by.node) for each in found if each.by is not None}
    return [*found, *_through_others(module, answering, direct)]


def _through_others(module: Module, answering: dict[Scope, str], direct: set[int]) -> Iterable[TaskInView]:
    """The tasks that views come to run by other functions: for each call that runs one the first of them.

    :param direct: the calls by which views run tasks themselves.
    """
    graph = graph_of(module.project)
    found: dict[int, TaskInView] = {}
    for scope, name in answering.items():
        steps = (step for step in graph.steps(Body(scope)) if step.callees and id(step.call.node) not in direct)
        way = next((way for step in steps if RUNS_TASK.through(step) and (way := graph.way_of(step, RUNS_TASK))), None)
        if way is not None:
            last = id(way[-1].step.call.node)
            known = found.get(last)
            found[last] = known._replace(others=known.others + 1) if known else TaskInView(name, None, way)
    return found.values()


def _is_eager(site: Site) -> bool:
    """Whether a place is reached only where tasks run at once anyway: below ``if app.conf.task_always_eager``."""
    return any(
        block.kind == "if" and isinstance(block.node, ast.If) and _EAGER in ast.unparse(block.node.test).lower()
        for block in site.block.around()
    )


def _answering(module: Module) -> dict[Scope, str]:
    """The functions of a module for which somebody waits at a page, with their names: views, and receivers."""
    found = {view.scope: view.name for view in views_of(module)}
    for node, site in module.scopes.functions:
        if any(not connection.is_of_celery for connection in connections(node, site)):
            found.setdefault(module.scopes.by_node[node], node.name)
    return found


def _name_around(site: Site, answering: dict[Scope, str]) -> str:
    function = site.scope.function()
    return answering.get(function, "") if function is not None else ""


def _run_by(step: Step) -> str:
    """The task that a call runs here; empty where another branch sends it, or where it is a task that runs another."""
    if task_around(step.call.site) is not None or is_exceptional(step.call):
        return ""
    run = task_run_by(step.call)
    return f"{run[0].name}{run[1]}" if run is not None and not is_sent_otherwise(run[0], step.call.site) else ""


def _is_followed(step: Step) -> bool:
    return not is_exceptional(step.call)


#: A call runs a task in this process, or something that it leads to does.
RUNS_TASK = Effect("runs a task", _run_by, _is_followed)
