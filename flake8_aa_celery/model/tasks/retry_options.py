"""Options for retries that retry nothing, or that something else overrides."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import has_attribute, positional_parameters, without_call
from flake8_aa_celery.model.effects.bodies import Body
from flake8_aa_celery.model.effects.graph import Effect, graph_of
from flake8_aa_celery.model.resolve.classes import bases_of, lineage
from flake8_aa_celery.model.resolve.evaluation import keywords_of, value_of
from flake8_aa_celery.model.resolve.task_classes import are_of_tasks, run_by_workers_of
from flake8_aa_celery.model.resolve.values import Constant, Function, Instance, Items, Mapping, Origin, Rows
from flake8_aa_celery.model.tasks.decorators import hiding
from flake8_aa_celery.model.tasks.index import task_index_of
from flake8_aa_celery.model.tasks.options import WrittenOption, options_written_for
from flake8_aa_celery.model.tasks.retries import retries_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Literal

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import FunctionNode, Scope, Site
    from flake8_aa_celery.model.resolve.values import Entry, Task

    Why = Literal["nothing retries", "self.retry retries", "retry_backoff overrides"]

#: What ``autoretry_for`` alone reads.
_AUTOMATIC = frozenset({"retry_backoff", "retry_backoff_max", "retry_jitter", "retry_kwargs"})
_FOR_RETRIES = _AUTOMATIC | {"max_retries", "default_retry_delay"}
#: Decorators of libraries that run what they stand above, and retry nothing.
_HARMLESS = frozenset({"django.db.transaction.atomic", "django.db.transaction.non_atomic_requests"})
#: Through so many functions a task is followed that hands itself on.
_MOST_HANDS = 3


class LostRetryOptions(NamedTuple):
    """Options of a task for retries that mean nothing there.

    :param options: those of the task that are written in one place or next to each other, at least one.
    :param why: why they mean nothing.
    :param others: how many tasks more are given the same options by the dict that they share.
    """

    task: Task
    options: tuple[WrittenOption, ...]
    why: Why
    others: int

    @property
    def says_when(self) -> bool:
        """Whether every ``self.retry`` in the task says itself how long to wait."""
        calls = [retry.call for retry in retries_of(self.task.module) if retry.task is self.task]
        given = [keywords_of(call.node, call.site) for call in calls]
        return bool(given) and all("countdown" in each.entries or "eta" in each.entries for each in given)


@fact
def lost_retry_options_of(module: Module) -> list[LostRetryOptions]:
    """What the tasks of a module are told about retries in vain: for each task once, for a shared dict once."""
    found: list[LostRetryOptions] = []
    told: set[tuple[str, int, int]] = set()
    for task in run_by_workers_of(module):
        why, lost = _lost_by(task)
        options = tuple(
            option
            for option in options_written_for(task)
            if option.name in lost and _place(option.entry) not in told and not _is_needed_elsewhere(option)
        )
        if why is not None and options:
            told.update(_place(option.entry) for option in options)
            found.append(LostRetryOptions(task, options, why, max(len(_users(option)) for option in options) - 1))
    return found


def _lost_by(task: Task) -> tuple[Why | None, frozenset[str]]:
    """The options of a task that certainly mean nothing, and why."""
    given = {name for name, entry in task.options.entries.items() if name in _FOR_RETRIES and not _is_off(entry)}
    if not given or not _is_readable(task):
        return None, frozenset()
    if not _never_automatic(task):
        return "retry_backoff overrides", frozenset({"retry_kwargs"} if _is_overridden(task) else ())
    given = {name for name in given if not _is_asked_for(name, task)}
    if _may_retry(task):
        return "self.retry retries", frozenset(given & _AUTOMATIC)
    return "nothing retries", frozenset(given)


def _is_off(entry: Entry) -> bool:
    """Whether an option only says that there is nothing: ``max_retries=0``, ``retry_backoff=False``."""
    value = entry.value
    if isinstance(value, Mapping):
        return value.complete and not value.entries
    return isinstance(value, Constant) and not value.value


def _is_readable(task: Task) -> bool:
    """Whether all is known that may retry a task from outside of its body: its class, and its decorators."""
    bases = bases_of(task)
    return not (
        bases.may_define("retry")
        or any("retry" in _attributes_beside(found.scope, task.node) for found in bases.classes)
        or any(True for _ in hiding(task))
        or any(not _is_plain(decorator, task) for decorator in task.decorators_below)
    )


def _is_plain(decorator: ast.expr, task: Task) -> bool:
    """Whether a decorator is one that can be read and retries nothing."""
    value = value_of(without_call(decorator), task.site)
    if isinstance(value, Origin):
        return value.dotted in _HARMLESS
    return isinstance(value, Function) and not has_attribute(value.node, "retry")


def _never_automatic(task: Task) -> bool:
    """Whether a task certainly has no ``autoretry_for``, or an empty one."""
    given = task.options.get("autoretry_for")
    if given is None:
        return task.options.lacks("autoretry_for") and not bases_of(task).may_define("autoretry_for")
    value = given.value
    return isinstance(value, Items) and value.complete and not value.elements


def _is_overridden(task: Task) -> bool:
    """Whether ``retry_backoff`` says how long to wait, so that nothing looks at the countdown of ``retry_kwargs``."""
    backoff = task.options.constant("retry_backoff")
    given = task.options.get("retry_kwargs")
    value = given.value if given else None
    return (
        isinstance(backoff, (bool, int)) and backoff > 0 and isinstance(value, Mapping) and "countdown" in value.entries
    )


# -- what a task leads to ---------------------------------------------------------------------------------------


def _is_asked_for(name: str, task: Task) -> bool:
    """Whether code asks a task for an option: its body, what it leads to, or its class."""
    return graph_of(task.module.project).leads(Body(task.scope), _asks_for(name)) or any(
        name in _attributes(found.scope) for found in bases_of(task).classes
    )


def _asks_for(name: str) -> Effect:
    """A function asks anything for an attribute, or what it leads to does."""
    return _of_bodies(f"asks for {name}", lambda body: name in _attributes(body.scope))


def _of_bodies(name: str, in_body: Callable[[Body], bool]) -> Effect:
    """What a function has by no call, with all that it leads to or hands on."""
    return Effect(name, lambda step: "", handed=lambda step: True, in_body=in_body)


@fact
def _attributes(scope: Scope) -> frozenset[str]:
    """The attributes that the code of a function or class asks for."""
    return frozenset(part.attr for part in ast.walk(scope.node) if isinstance(part, ast.Attribute))


def _attributes_beside(scope: Scope, run: FunctionNode) -> Iterator[str]:
    """The attributes that the code of a class asks for, its ``run`` aside."""
    for method in ast.iter_child_nodes(scope.node):
        if method is not run:
            yield from (part.attr for part in ast.walk(method) if isinstance(part, ast.Attribute))


def _may_retry(task: Task) -> bool:
    """Whether anything that a task leads to may send it again, or it hands itself to what cannot be read."""
    body = Body(task.scope)
    return graph_of(task.module.project).leads(body, _SPEAKS_OF_RETRY) or (
        task.bound is None
        or (bool(task.bound) and any(_is_handed_on(name, body, 0) for name in positional_parameters(task.node)[:1]))
        or _is_handed_on(task.name, body, 0)
    )


def _speaks_of_retry(body: Body) -> bool:
    """Whether a function has an attribute ``retry`` of anything that may be a task."""
    if "retry" not in _attributes(body.scope):
        return False
    called = {id(step.call.node.func): step.call for step in graph_of(body.scope.module.project).steps(body)}
    return any(
        not (id(node) in called and _is_no_task(node.value, called[id(node)].site))
        for node in ast.walk(body.scope.node)
        if isinstance(node, ast.Attribute) and node.attr == "retry"
    )


_SPEAKS_OF_RETRY = _of_bodies("speaks of a retry", _speaks_of_retry)


def _is_no_task(node: ast.expr, site: Site) -> bool:
    """Whether an expression is known to be something else than a task: what it retries is no task."""
    value = value_of(node, site)
    if isinstance(value, Origin):
        return not value.dotted.startswith("celery.")
    if isinstance(value, Instance):
        bases = lineage(value.of)
        return bases.complete and not are_of_tasks(bases)
    return isinstance(value, (Constant, Function, Rows))


def _is_handed_on(name: str, body: Body, depth: int) -> bool:
    """Whether a function hands on what a name holds to something that cannot be read."""
    return any(not _is_taken(part, body, depth) for part in _bare_names(body.scope).get(name, ()))


@fact
def _bare_names(scope: Scope) -> dict[str, list[ast.Name]]:
    """The names in a function that are read for themselves: not asked for an attribute, and not called."""
    parts = list(ast.walk(scope.node))
    asked = {id(part.value) for part in parts if isinstance(part, ast.Attribute)}
    asked.update(id(part.func) for part in parts if isinstance(part, ast.Call))
    found: dict[str, list[ast.Name]] = {}
    for part in _names_within(scope.node):
        if id(part) not in asked and isinstance(part.ctx, ast.Load):
            found.setdefault(part.id, []).append(part)
    return found


def _names_within(node: ast.AST) -> Iterator[ast.Name]:
    """The names in the body of a function, without its decorators, annotations and defaults."""
    statements = node.body if isinstance(node, FUNCTIONS) else [node]
    return (part for statement in statements for part in ast.walk(statement) if isinstance(part, ast.Name))


def _is_taken(name: ast.Name, body: Body, depth: int) -> bool:
    """Whether a name is an argument of a function of the project that does not hand it on."""
    if depth >= _MOST_HANDS:
        return False
    for step in graph_of(body.scope.module.project).steps(body):
        place = _place_among_arguments(name, step.call.node)
        if place is not None and step.callees:
            return all(_keeps(callee, place, depth) for callee in step.callees)
    return False


def _place_among_arguments(name: ast.Name, call: ast.Call) -> int | str | None:
    """Where a call is given a name: the number of the argument, or its keyword."""
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    if name in call.args:
        return call.args.index(name)
    return next((keyword.arg for keyword in call.keywords if keyword.value is name and keyword.arg), None)


def _keeps(callee: Body, place: int | str, depth: int) -> bool:
    """Whether a plain function hands on nothing of what it is given at a place."""
    node, owner = callee.scope.node, callee.scope.parent
    if not isinstance(node, FUNCTIONS) or owner is None or owner.kind != "module":
        return False
    parameters = positional_parameters(node)
    if isinstance(place, int) and place >= len(parameters):
        return False
    parameter = parameters[place] if isinstance(place, int) else place
    is_known = parameter in parameters or any(parameter == each.arg for each in node.args.kwonlyargs)
    return is_known and not _is_handed_on(parameter, callee, depth + 1)


# -- options that tasks share -----------------------------------------------------------------------------------


def _is_needed_elsewhere(option: WrittenOption) -> bool:
    """Whether an option that is written outside of the decorator means something to another task."""
    return any(option.name not in _lost_by(task)[1] for task in _users(option) if task is not option.task)


def _users(option: WrittenOption) -> list[Task]:
    """The tasks that an option is written for; of one in a dict all that are given the dict."""
    if _is_within(option.entry.node, option.task.decorator):
        return [option.task]
    return _users_of(option.task.module.project).get(_place(option.entry), [option.task])


def _is_within(node: ast.expr, decorator: ast.expr) -> bool:
    return any(part is node for part in ast.walk(decorator))


@fact
def _users_of(project: Project) -> dict[tuple[str, int, int], list[Task]]:
    """The tasks of a project that have an option, by the place where that is written."""
    found: dict[tuple[str, int, int], list[Task]] = {}
    for task in task_index_of(project).tasks():
        for name, entry in task.options.entries.items():
            if name in _FOR_RETRIES:
                found.setdefault(_place(entry), []).append(task)
    return found


def _place(entry: Entry) -> tuple[str, int, int]:
    return entry.module.path, entry.node.lineno, entry.node.col_offset
