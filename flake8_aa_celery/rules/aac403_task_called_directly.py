"""AAC403: a task that is called like a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.calling.alternatives import is_sent_otherwise
from flake8_aa_celery.model.django.commands import is_run_by_hand
from flake8_aa_celery.model.django.views import view_around
from flake8_aa_celery.model.effects.blocking_loops import blocking_loops_of
from flake8_aa_celery.model.resolve.modules import is_tasks_module
from flake8_aa_celery.rules.words import fitted, fix_by_delay, shortened
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import LocalCall


def check(call: LocalCall, module: Module) -> Iterator[Violation]:
    """
    A task is called like a function, outside of the modules of tasks.

    Flags `update(x)` where `update` is a task that another file of the project defines.

    ## Why
    Calling a task runs it here and now, in the process of the caller: no worker, no queue, no priority, no retry, no
    time limit, no lock of celery-once. That is fine among tasks; anywhere else it is easily mistaken for a dispatch.

    ## Example
    ```python
    # app/models.py
    from .tasks import update_owner


    def add_owner(owner_pk):
        update_owner(owner_pk)

    # app/tasks.py
    from celery import shared_task


    @shared_task
    def update_owner(owner_pk): ...
    ```

    ## Instead
    ```python
    # app/models.py
    from .tasks import update_owner


    def add_owner(owner_pk):
        update_owner.delay(owner_pk)

    # app/tasks.py
    from celery import shared_task


    @shared_task
    def update_owner(owner_pk): ...
    ```

    ## Leaves alone
    - modules of tasks, the module that defines the task, and test code;
    - management commands: whoever starts one sits in front of it and may well want to wait;
    - names whose definition cannot be read: they may be plain functions;
    - a function that sends the same task on another path (`if settings.DEBUG: …`, `else: t.delay(x)`);
    - what other rules report: a call in a view (AAC603), and in a loop of a task (AAC306).

    ## Fix
    Calls `delay`. Unsafe: the task runs later, in a worker. Nothing is done where what the task returns is used,
    and where an argument is not known to be a number, a text, a key, or a list or dict of them: JSON may not carry it.

    ## Profile
    Both: it is so in every project. Off by default: the caller may well mean it.

    ## Proof
    - `test_calling.py::test_a_task_called_directly_runs_in_this_process`: no worker has a part in it.
    - `test_fixes.py::test_a_task_that_ran_in_the_callers_process_is_sent`: what the fix does.

    ## References
    - [Celery: calling tasks](https://docs.celeryq.dev/en/stable/userguide/calling.html#basics)
    """
    if call.method != "()" or call.task.module is module or is_tasks_module(module) or is_run_by_hand(module):
        return
    if not _is_left_alone(call, module):
        name = call.task.name
        message = fitted(
            f"calling `{{}}` runs the task here and now, in no worker: use `{shortened(name, 30)}.delay`", name
        )
        yield Violation.at(call.node, message, fix_by_delay(call))


def _is_left_alone(call: LocalCall, module: Module) -> bool:
    """Whether another rule speaks of the same place, or the same task is sent on another path."""
    if is_sent_otherwise(call.task, call.site):
        return True
    return view_around(call.site) is not None or any(
        loop.block is not None and loop.block.encloses(call.site.block) for loop in blocking_loops_of(module)
    )
