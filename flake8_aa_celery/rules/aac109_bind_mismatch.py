"""AAC109: a task that expects itself and does not get it, or the other way round."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.arguments import of_dispatch, of_signature
from flake8_aa_celery.rules import rule
from flake8_aa_celery.violation import Fix, Violation, spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.facts import Task
    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.settings import Settings
    from flake8_aa_celery.violation import Safety

#: What a task asks itself for, and nothing else is likely to have.
_OF_A_TASK = frozenset(
    {"AsyncResult", "apply_async", "backend", "default_retry_delay", "delay", "max_retries", "replace", "request"}
    | {"retry", "s", "si", "signature", "update_state"}
)


@rule("AAC109", "bind-mismatch", fix="safe or unsafe")
def check(module: Module, settings: Settings) -> Iterator[Violation]:
    """
    A task has `self` without `bind=True`, or `bind=True` without a parameter to take it.

    Flags a task whose first parameter is called `self` and that is not bound, and a bound task without a positional
    parameter.

    ## Why
    Only with `bind=True` does Celery pass the task as first argument. Without it, the first argument of the caller
    lands in `self`, and `.delay(1)` raises `TypeError` for the one that is missing. A bound task without a
    parameter raises `TypeError` whenever it is sent.

    ## Example
    ```python
    from celery import shared_task


    @shared_task
    def update_owner(self, owner_pk): ...
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task(bind=True)
    def update_owner(self, owner_pk): ...
    ```

    ## Leaves alone
    - a `bind` that cannot be resolved;
    - methods, of which AAC111 speaks;
    - tasks with a decorator below the task decorator, or with a class of their own that sees to how they are called:
      it may add or take the argument.

    ## Fix
    Adds `bind=True`. Safe where the body uses `self` as a task, which could only raise; unsafe elsewhere: somebody may
    pass a value for it. Drops `bind=True` where the function has no parameter, which is safe: the call could only
    raise. Nothing is done where a call in this module passes `self`, where the option comes from elsewhere, and to
    a bound task whose body speaks of `self`.

    ## Profile
    Both: it is Celery that passes the task.

    ## Proof
    - `test_defining.py::test_self_without_bind_takes_the_callers_first_argument`: `self` is a parameter like others.
    - `test_defining.py::test_bind_without_a_parameter_raises_at_the_caller`: Celery refuses the call.

    ## References
    - [Celery: bound tasks](https://docs.celeryq.dev/en/stable/userguide/tasks.html#bound-tasks)
    """
    for task in module.tasks:
        if not task.decorators_below and not task.is_method:
            message = _mismatch(task)
            if message:
                yield Violation.at(task.node, message, _fix(task))


def _mismatch(task: Task) -> str:
    arguments = task.node.args
    positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    if task.bound is False and positional[:1] == ["self"]:
        return f"`{task.name}` takes `self` but is not bound: add `bind=True`, or its first argument lands there"
    if task.bound and not positional and arguments.vararg is None:
        return f"`{task.name}` is bound but has no parameter for the task: add `self` or drop `bind=True`"
    return ""


def _fix(task: Task) -> Fix | None:
    place = {"name": "bind", "spot": spot(task.decorator)}
    if task.bound:
        written = isinstance(task.decorator, ast.Call) and any(word.arg == "bind" for word in task.decorator.keywords)
        return Fix("safe", "Drop `bind=True`", "drop_option", place) if written and not _speaks_of_self(task) else None
    if not task.options.lacks("bind") or _is_passed_self(task):
        return None
    safety: Safety = "safe" if _uses_itself(task) else "unsafe"
    return Fix(safety, "Add `bind=True`", "set_option", {**place, "code": "True"})


def _speaks_of_self(task: Task) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "self" for node in ast.walk(task.node))


def _uses_itself(task: Task) -> bool:
    """Whether the body asks ``self`` for something that only a task has."""
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
        and node.attr in _OF_A_TASK
        for node in ast.walk(task.node)
    )


def _is_passed_self(task: Task) -> bool:
    """Whether a call in this module gives the task so many arguments that one of them is for ``self``."""
    most = len(task.parameters.by_position) - 1
    if task.parameters.takes_any_positional:
        return False
    sent = [of_dispatch(each) for each in task.module.dispatches if each.task is task]
    sent += [of_signature(each) for each in task.module.signatures if each.task is task]
    return any(given.positional > most or "self" in given.names for given in sent)
