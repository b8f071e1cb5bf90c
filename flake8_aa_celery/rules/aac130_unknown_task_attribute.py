"""AAC130: a task that asks itself for what only its request has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.tasks.attributes import OF_A_REQUEST, OF_A_TASK
from flake8_aa_celery.rewrites import ReplaceExpression
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.tasks.attributes import UnknownAttribute

#: What is written for something of the request, and resembles it too little.
_CONFUSED = {"task_id": "id", "request_id": "id", "retry_count": "retries", "num_retries": "retries"}
_RESEMBLANCE = 0.8


def check(unknown: UnknownAttribute, module: Module) -> Iterator[Violation]:
    """
    A bound task asks itself for something that no task has.

    Flags an attribute of the `self` of a bound task that no task has, where `self.request` has it (`self.retries`,
    `self.id`), where it resembles one of the two (`self.retires`), or where it is known to be taken for one
    (`self.task_id`).

    ## Why
    What belongs to one run of a task, such as its id and how often it was retried, is in `self.request`; `self` is the
    task itself, one object for all runs. `self.retries` raises `AttributeError`, in the worker, and often only on the
    way that is taken when something has gone wrong before.

    ## Example
    ```python
    from celery import shared_task


    @shared_task(bind=True)
    def update_all(self):
        if self.retries > 2:
            return
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task(bind=True)
    def update_all(self):
        if self.request.retries > 2:
            return
    ```

    ## Leaves alone
    - attributes that the class of the task or its decorator defines, and a `base` that cannot be read;
    - attributes that the module sets on anything: `self.id = 1`, `setattr(self, "id", 1)`;
    - names that resemble nothing that a task or a request has;
    - what stands in a `try` with a handler for `AttributeError`, and what `hasattr` or `getattr` asks for;
    - tasks below a decorator that cannot be read, which may pass something else.

    ## Fix
    Writes `self.request.retries`. Safe: the old code could only raise.

    ## Profile
    Both: the attributes are Celery's.

    ## Proof
    - `test_defining.py::test_what_belongs_to_the_request_is_no_attribute_of_the_task`: `AttributeError` in the worker.
    - `test_defining.py::test_the_request_knows_the_retries_of_a_run`: what is there instead.
    - `test_fixes.py::test_a_task_that_asks_its_request_has_an_answer`: what the fix does.

    ## References
    - [Celery: task request](https://docs.celeryq.dev/en/stable/userguide/tasks.html#task-request)
    """
    name, itself = unknown.node.attr, _itself(unknown)
    meant = _meant(name)
    if meant:
        message = f"no task has `{name}`, so `{itself}.{name}` raises `AttributeError`: write `{itself}.{meant}`"
        fix = Fix("safe", f"Write `{itself}.{meant}`", ReplaceExpression(f"{itself}.{meant}"))
        yield Violation.at(unknown.node, message, fix)


def _itself(unknown: UnknownAttribute) -> str:
    parameters = unknown.task.node.args
    return [*parameters.posonlyargs, *parameters.args][0].arg


def _meant(name: str) -> str:
    """What somebody meant who asks a task for ``name``; empty where nobody knows."""
    if name in OF_A_REQUEST or name in _CONFUSED:
        return f"request.{_CONFUSED.get(name, name)}"
    from difflib import get_close_matches

    (near, *_) = [*get_close_matches(name, sorted(OF_A_REQUEST | OF_A_TASK), n=1, cutoff=_RESEMBLANCE), ""]
    return f"request.{near}" if near in OF_A_REQUEST else near
