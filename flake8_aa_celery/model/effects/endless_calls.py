"""What a task leads to that waits for ever where nobody answers: network calls and commands without a timeout."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.files import files, modules_with
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import reaching
from flake8_aa_celery.model.code.scopes import CallSite
from flake8_aa_celery.model.effects.bodies import Body, Step, runs_what_it_is_handed
from flake8_aa_celery.model.effects.graph import Effect, Stage, graph_of
from flake8_aa_celery.model.knowledge.standard_library import LOCAL
from flake8_aa_celery.model.knowledge.timeouts import METHODS, PLAIN_ADAPTERS, Waiting, waiting
from flake8_aa_celery.model.resolve.evaluation import keywords_of, value_of
from flake8_aa_celery.model.resolve.task_classes import run_by_workers_of
from flake8_aa_celery.model.resolve.values import Constant, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import Scope, Site

_TIMEOUT = "timeout"
_SETS_DEFAULT = frozenset({"setdefaulttimeout"})
_MOUNTS = frozenset({"mount"})
#: How a method of a session is replaced by one with a timeout.
_REPLACES = re.compile(rb"\.(?:request|send|get|post)\s*=[^=]")


class EndlessCall(NamedTuple):
    """A call that waits for ever if nobody answers.

    :param task: the name of the first task that leads to it, or of its class.
    :param way: the calls from the one to be reported on, the last of which waits; that one alone where it stands in
        the module of the task.
    :param others: how many more calls of the module lead to the same.
    """

    task: str
    way: list[Stage]
    others: int


@fact
def endless_calls_of(module: Module) -> list[EndlessCall]:
    """The calls without a timeout that the tasks of a module lead to, each once.

    In the module itself they are reported where they stand, elsewhere at the call that leads out of the module.
    """
    found: dict[ast.Call, EndlessCall] = {}
    seen: set[ast.Call] = set()
    reached: set[object] = set()
    for task in run_by_workers_of(module):
        for way in _ways_from(task.scope, reached):
            first, last = way[0].step.call.node, way[-1].step.call.node
            if first not in seen and last in found:
                found[last] = found[last]._replace(others=found[last].others + 1)
            elif first not in seen:
                found[last] = EndlessCall(task.name, way, 0)
            seen.add(first)
    return sorted(found.values(), key=lambda endless: endless.way[0].line)


def _ways_from(task: Scope, seen: set[object]) -> Iterator[list[Stage]]:
    """The ways to a call without an end: from where they leave the module of the task, or that call alone.

    :param task: the function that a worker runs.
    :param seen: what other tasks of the module have led to, which is left out.
    """
    graph = graph_of(task.module.project)
    for body in graph.reached(Body(task), task.module, seen):
        for step in graph.steps(body):
            way = graph.way_of(step, WAITS_FOR_EVER)
            if way and (len(way) == 1 or way[1].module is not task.module):
                yield way


def _waits_for_ever(step: Step) -> str:
    """What a call waits for, as a message may name it, if it has no timeout."""
    call = step.call
    dotted = _origin(call) if _may_wait(call) else ""
    how = waiting(dotted) if dotted else None
    if how is None or _has_timeout(call, how) or _has_one_by_itself(call, how):
        return ""
    return dotted.replace("()", "")


def _may_wait(call: CallSite) -> bool:
    """Whether a call may be one of a library that waits, by its name."""
    return not isinstance(call.node.func, ast.Attribute) or call.node.func.attr in METHODS


def _origin(call: CallSite) -> str:
    called = value_of(call.node.func, call.site)
    if isinstance(called, Origin):
        return called.dotted
    return call.site.module.origin(call.node.func, call.site) or ""


def _has_timeout(call: CallSite, how: Waiting) -> bool:
    """Whether a call is given a timeout, or may be, or does not wait at all."""
    given = call.node.args
    if any(isinstance(argument, ast.Starred) for argument in given):
        return True
    if len(given) + len(call.node.keywords) < how.needed:
        return True
    by_position = how.position is not None and len(given) > how.position
    return by_position or not keywords_of(call.node, call.site).lacks(_TIMEOUT)


def _has_one_by_itself(call: CallSite, how: Waiting) -> bool:
    """Whether a timeout holds for a call that is not given to it: by default, or of what it is a method of."""
    project = call.site.module.project
    if how.by_default and _has_default_timeout(project):
        return True
    if how.on_session and _sessions_are_changed(project):
        return True
    made = _made(call) if how.of_object else None
    return how.of_object and (made is None or not keywords_of(made.node, made.site).lacks(_TIMEOUT))


def _made(call: CallSite) -> CallSite | None:
    """The call that made the object whose method a call is: ``PoolManager(timeout=5)``, as far as it is seen."""
    function = call.node.func
    owner = function.value if isinstance(function, ast.Attribute) else None
    if isinstance(owner, ast.Call):
        return CallSite(owner, call.site, "")
    if not isinstance(owner, ast.Name):
        return None
    bindings = reaching(owner.id, call.site)
    value = bindings[0].value if len(bindings) == 1 else None
    return CallSite(value, bindings[0].site, "") if isinstance(value, ast.Call) else None


@fact
def _has_default_timeout(project: Project) -> bool:
    """Whether a project sets a timeout for all sockets that have none of their own."""
    return any(
        not call.node.args or not _is_none(call.node.args[0], call.site)
        for module in _holding(project, re.compile(rb"\bsetdefaulttimeout\b"))
        for call in module.calls_of(_SETS_DEFAULT)
    )


def _is_none(node: ast.expr, site: Site) -> bool:
    value = value_of(node, site)
    return isinstance(value, Constant) and value.value is None


@fact
def _sessions_are_changed(project: Project) -> bool:
    """Whether a project gives sessions a timeout: by an adapter of its own, or by a method in place of theirs."""
    if any(True for _ in files(project, lambda data: b"partial" in data and _REPLACES.search(data) is not None)):
        return True
    return any(
        not _is_plain_adapter(call)
        for module in _holding(project, re.compile(rb"\.mount\s*\("))
        for call in module.calls_of(_MOUNTS)
    )


def _is_plain_adapter(call: CallSite) -> bool:
    adapter = value_of(call.node.args[1], call.site) if len(call.node.args) > 1 else None
    return isinstance(adapter, Origin) and adapter.dotted in PLAIN_ADAPTERS


def _holding(project: Project, wanted: re.Pattern[bytes]) -> Iterator[Module]:
    return modules_with(project, lambda data: wanted.search(data) is not None)


#: A call waits for ever if nobody answers, or something that it leads to does.
WAITS_FOR_EVER = Effect("waits for ever", _waits_for_ever, handed=runs_what_it_is_handed)


def _asks_network(step: Step) -> str:
    found = _waits_for_ever(step)
    return "" if found.startswith(LOCAL) else found


#: A call asks the network without a timeout, or something that it leads to does.
ASKS_NETWORK_FOR_EVER = Effect("asks the network for ever", _asks_network, handed=runs_what_it_is_handed)
