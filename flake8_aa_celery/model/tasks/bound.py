"""Whether a task is given itself as its first argument, whether it can take itself, and what it does with itself."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.syntax import names_in, positional_parameters
from flake8_aa_celery.model.knowledge.celery import DISPATCH_METHODS, OF_A_TASK, SIGNATURE_METHODS
from flake8_aa_celery.model.resolve.classes import bases_of

if TYPE_CHECKING:
    from flake8_aa_celery.model.resolve.values import Task


#: What a class of tasks can override to change what they are given.
_SENDING = DISPATCH_METHODS | SIGNATURE_METHODS | {"apply", "signature_from_request"}


def is_itself(node: ast.expr, task: Task) -> bool:
    """Whether an expression in the body of a task is the task: the parameter that it is passed as, or its name."""
    if not isinstance(node, ast.Name):
        return False
    return node.id == task.name or (task.bound is not False and positional_parameters(task.node)[:1] == [node.id])


def lacks_itself(task: Task) -> bool:
    """Whether a task has ``self`` as its first parameter, and Celery passes something else."""
    return task.bound is False and positional_parameters(task.node)[:1] == ["self"]


def cannot_take_itself(task: Task) -> bool:
    """Whether Celery passes a task itself, and it has no parameter for that."""
    return bool(task.bound) and not positional_parameters(task.node) and task.node.args.vararg is None


def may_be_passed_otherwise(task: Task) -> bool:
    """Whether a decorator below its own, or its class, may see to what a task is given first."""
    bases = bases_of(task)
    return bool(task.decorators_below) or not bases.complete or bases.defines("__call__") or bases.defines("run")


def may_be_sent_otherwise(task: Task) -> bool:
    """Whether a class of the project that the task is one of sends it in ways of its own, maybe with more arguments."""
    bases = bases_of(task)
    return any(bases.defines(name) for name in _SENDING)


def speaks_of_self(task: Task) -> bool:
    """Whether the name ``self`` stands anywhere in a task."""
    return "self" in names_in(task.node)


def uses_itself(task: Task) -> bool:
    """Whether the body asks ``self`` for something that only a task has."""
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
        and node.attr in OF_A_TASK
        for node in ast.walk(task.node)
    )
