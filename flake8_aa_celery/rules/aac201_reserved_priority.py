"""AAC201: priority 0 belongs to Alliance Auth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rewrites import ReplaceExpression
from flake8_aa_celery.rules.words import is_literal, recipient, shortened
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.priorities.settings import PrioritySetting


def check(setting: PrioritySetting, module: Module) -> Iterator[Violation]:
    """
    A priority is 0, which is reserved for Alliance Auth itself.

    Flags a priority that resolves to 0, wherever Celery takes one: `apply_async`, `.set`, `signature`, `send_task`,
    a call that starts a workflow, a task's decorator, the `options` of a schedule.

    ## Why
    All apps share the queues of Alliance Auth, and a worker empties the queue of priority 0 first. What an app puts
    there runs before Alliance Auth's own tasks, such as taking away the groups of somebody who left.

    ## Example
    ```python
    from celery import shared_task


    @shared_task
    def update_all(): ...


    def refresh():
        update_all.apply_async(priority=0)
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task
    def update_all(): ...


    def refresh():
        update_all.apply_async(priority=4)
    ```

    ## Leaves alone
    - a priority that cannot be resolved, such as a parameter;
    - `None`, which is AAC208, and `False` and `"0"`, which are AAC202.

    ## Fix
    Writes 5, the normal priority. Unsafe: the task runs later. Nothing is done to a value that a name stands for:
    others may use that name.

    ## Profile
    Alliance Auth alone: elsewhere 0 is a priority like any other.

    ## Proof
    - `test_priority.py::test_apply_async_sends_at_its_priority`: the priority of a call is that of its message.
    - `test_brokers_redis.py::test_priority_0_lands_in_the_unsuffixed_list`: 0 is the list that is served first.

    ## References
    - [Alliance Auth: How can I use priorities for tasks?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#how-can-i-use-priorities-for-tasks)
    - [Celery: Redis message priorities](https://docs.celeryq.dev/en/stable/userguide/routing.html#redis-message-priorities)
    """
    if type(setting.value) is int and setting.value == 0:
        what = f"{shortened(recipient(setting.receiver), 30)} gets priority 0"
        message = f"{what}, which is reserved for Alliance Auth: use 1 (most urgent) to 9 (least), 5 is normal"
        yield Violation.at(setting.node, message, _fix(setting))


def _fix(setting: PrioritySetting) -> Fix | None:
    if not is_literal(setting):
        return None
    return Fix("unsafe", "Use priority 5", ReplaceExpression("5"))
