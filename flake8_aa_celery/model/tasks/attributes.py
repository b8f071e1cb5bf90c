"""What a task asks itself for: attributes that no task has, and what one run leaves there for the next."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.handlers import caught_by
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import dotted_name, last_part
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import positional_parameters
from flake8_aa_celery.model.knowledge.celery import TASK_OPTIONS
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.model.resolve.task_classes import run_by_workers_of
from flake8_aa_celery.model.tasks.decorators import hands_on_everything

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Task

#: What ``self.request`` can be asked for, and ``self`` cannot.
OF_A_REQUEST = frozenset({
    "args", "callbacks", "called_directly", "chain", "children", "chord", "correlation_id", "delivery_info",
    "errbacks", "eta", "group", "group_index", "headers", "hostname", "id", "is_eager", "kwargs", "logfile",
    "loglevel", "origin", "parent_id", "properties", "replaced_task_nesting", "reply_to", "retries", "root_id",
    "shadow", "stamped_headers", "stamps", "taskset", "timelimit", "utc",
})  # fmt: skip
#: What classes of celery-once and Celery's class for Django have beside what any task has.
_OF_CLASSES = frozenset({
    "apply_async_on_commit", "config", "default_timeout", "delay_on_commit", "get_key", "once", "once_backend",
    "once_config", "unlock_before_run",
})  # fmt: skip
#: Everything that a task can be asked for.
OF_A_TASK = TASK_OPTIONS | _OF_CLASSES


class UnknownAttribute(NamedTuple):
    """An attribute that a bound task asks itself for, and that no task has."""

    node: ast.Attribute
    task: Task


@fact
def unknown_attributes_of(module: Module) -> list[UnknownAttribute]:
    """What the bound tasks of a module ask themselves for that no task has and that nobody sets."""
    found = [found for task in run_by_workers_of(module) for found in _unknown_in(task)]
    return [each for each in found if not _may_be_set(each, module)]


def _may_be_set(unknown: UnknownAttribute, module: Module) -> bool:
    """Whether somebody sets such an attribute: the module, or one in which a class of the task stands."""
    modules = {module, *(owner.module for owner in bases_of(unknown.task).classes)}
    return any(unknown.node.attr in _set_in(each) for each in modules)


def _unknown_in(task: Task) -> Iterator[UnknownAttribute]:
    name = own_name(task)
    if name is None:
        return
    bases = bases_of(task)
    known = OF_A_TASK | task.options.entries.keys() | asked_by_name(task.node, name)
    for node in _read_of(name, task.node.body):
        if node.attr not in known and not node.attr.startswith("_") and not bases.may_define(node.attr):
            yield UnknownAttribute(node, task)


def own_name(task: Task) -> str | None:
    """What a bound task calls itself; None where it is not certain that this is the task."""
    if not task.bound or not all(hands_on_everything(decorator, task.site) for decorator in task.decorators_below):
        return None
    names = positional_parameters(task.node)[:1]
    return names[0] if names and len(task.scope.bindings.get(names[0], ())) == 1 else None


def _read_of(name: str, body: list[ast.stmt]) -> Iterator[ast.Attribute]:
    """The attributes of a name that are read, but not where somebody catches that there is none."""
    for statement in body:
        for node in _walk(statement, name):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and _is_name(node.value, name):
                yield node


def _walk(node: ast.AST, name: str) -> Iterator[ast.AST]:
    """A piece of code and its parts in which a name means the same, but for what is tried."""
    if isinstance(node, ast.ClassDef) or (isinstance(node, FUNCTIONS) and name in positional_parameters(node)):
        return
    yield node
    tried = (isinstance(node, ast.Try) and any(_are_of_attributes(caught_by(each)) for each in node.handlers)) or (
        isinstance(node, ast.With) and any(map(_suppresses_it, node.items))
    )
    for child in ast.iter_child_nodes(node):
        if not (tried and isinstance(node, (ast.Try, ast.With)) and child in node.body):
            yield from _walk(child, name)


def _are_of_attributes(caught: Iterable[ast.expr]) -> bool:
    return any(last_part(dotted_name(each) or "") == "AttributeError" for each in caught)


def _suppresses_it(item: ast.withitem) -> bool:
    call = item.context_expr
    return (
        isinstance(call, ast.Call)
        and last_part(dotted_name(call.func) or "") == "suppress"
        and _are_of_attributes(call.args)
    )


def asked_by_name(code: ast.AST, itself: str) -> set[str]:
    """The attributes of a name for which ``hasattr(self, "x")`` and ``getattr(self, "x", None)`` ask."""
    return {
        part.args[1].value
        for part in ast.walk(code)
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id in ("getattr", "hasattr")
        if len(part.args) > 1 and _is_name(part.args[0], itself)
        if isinstance(part.args[1], ast.Constant) and isinstance(part.args[1].value, str)
    }


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


@fact
def _set_in(module: Module) -> frozenset[str]:
    """The attributes that a module sets on anything, by whatever way."""
    found: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            found.add(node.attr)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr":
            found.update(str(part.value) for part in node.args[1:2] if isinstance(part, ast.Constant))
    return frozenset(found)
