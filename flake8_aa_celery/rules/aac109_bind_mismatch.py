"""AAC109: a task that expects itself and does not get it, or the other way round."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.calling.uses import is_caught_somewhere, passes_itself
from flake8_aa_celery.model.code.syntax import keyword_of
from flake8_aa_celery.model.tasks.bound import (
    cannot_take_itself,
    lacks_itself,
    may_be_passed_otherwise,
    may_be_sent_otherwise,
    speaks_of_self,
    uses_itself,
)
from flake8_aa_celery.rewrites import DropOption, SetOption, Spot
from flake8_aa_celery.rules.words import fitted
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Task
    from flake8_aa_celery.violation import Safety


def check(task: Task, module: Module) -> Iterator[Violation]:
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
    Adds `bind=True`. Safe where the body uses `self` as a task and no call, dispatch or signature of the whole project,
    test code included, can pass something for it: that could only raise. Unsafe where it cannot be known: `*args`, a
    partial signature, a task in a list or handed to somebody, one of a module that is itself handed to somebody
    (`getattr(tasks, name)`), a class of tasks with an `apply_async` of its own. Nothing is done where a call passes
    `self`: it would be one argument too many.

    Drops `bind=True` where the function has no parameter, which is safe: the call could only raise. Unsafe where
    something around a call catches that, or where it cannot be known who calls it. Nothing is done
    where the option comes from elsewhere, and to a bound task whose body speaks of `self`.

    ## Profile
    Both: it is Celery that passes the task.

    ## Proof
    - `test_defining.py::test_self_without_bind_takes_the_callers_first_argument`: `self` is a parameter like others.
    - `test_defining.py::test_bind_without_a_parameter_raises_at_the_caller`: Celery refuses the call.

    ## References
    - [Celery: bound tasks](https://docs.celeryq.dev/en/stable/userguide/tasks.html#bound-tasks)
    """
    message = "" if task.is_method or may_be_passed_otherwise(task) else _message(task)
    if message:
        yield Violation.at(task.node, message, _fix(task))


def _message(task: Task) -> str:
    """What is wrong with a task; empty where nothing is."""
    if lacks_itself(task):
        return fitted(
            "`{}` takes `self` but is not bound, so its first argument lands there: add `bind=True`", task.name
        )
    if cannot_take_itself(task):
        form = "`{}` is bound but has no parameter for the task, so it raises: add `self`, or drop `bind=True`"
        return fitted(form, task.name)
    return ""


def _fix(task: Task) -> Fix | None:
    spot = Spot.of(task.decorator)
    if task.bound:
        written = isinstance(task.decorator, ast.Call) and keyword_of(task.decorator, "bind") is not None
        can_go = written and not speaks_of_self(task)
        may_work = is_caught_somewhere(task) or may_be_sent_otherwise(task)
        safety: Safety = "unsafe" if may_work else "safe"
        return Fix(safety, "Drop `bind=True`", DropOption("bind", spot)) if can_go else None
    passed = passes_itself(task)
    if not task.options.lacks("bind") or passed:
        return None
    is_known = passed is False and not may_be_sent_otherwise(task)
    safety = "safe" if is_known and uses_itself(task) else "unsafe"
    return Fix(safety, "Add `bind=True`", SetOption("bind", "True", spot))
