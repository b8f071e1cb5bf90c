"""AAC204: what is sent many times must not go before everything else."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.resolve.values import Workflow
from flake8_aa_celery.model.tasks.options import gives_options
from flake8_aa_celery.rewrites import ReplaceExpression, SetOption, UseApplyAsync
from flake8_aa_celery.rules.ways import place, trace
from flake8_aa_celery.rules.words import is_literal, recipient, shortened
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.priorities.bulk_priorities import BulkPriority
    from flake8_aa_celery.model.priorities.settings import PrioritySetting


def check(found: BulkPriority, module: Module) -> Iterator[Violation]:
    """
    What is sent once per item, or by a schedule, has a high priority.

    Flags a priority that resolves to 1, 2, 3 or 4 on a dispatch in a loop or comprehension, or in a function that such
    a loop calls, however far away, on a workflow whose members come from one, and on a scheduled task; also where it
    comes from the signature or the task's decorator.

    ## Why
    All apps share the queues of Alliance Auth. A thousand messages at priority 3 are all served before the first one
    at 5, so nothing else happens until they are done. What runs by a schedule has nobody waiting for it.

    ## Example
    ```python
    from celery import shared_task

    from .models import Character


    @shared_task
    def update_character(pk): ...


    @shared_task
    def update_all():
        for character in Character.objects.all():
            update_character.apply_async(args=[character.pk], priority=3)
    ```

    ## Instead
    ```python
    from celery import shared_task

    from .models import Character


    @shared_task
    def update_character(pk): ...


    @shared_task
    def update_all():
        for character in Character.objects.all():
            update_character.apply_async(args=[character.pk], priority=7)
    ```

    ## Leaves alone
    - a loop over a literal or a slice of at most three elements;
    - a dispatch that is directly followed by `break` or `return`;
    - what a function sends that a loop calls where it has a `queue` of its own, or stands in an `except` handler;
    - a priority that cannot be resolved, and 0, which is AAC201.

    ## Fix
    Writes the bulk priority where the number stands in the code, and gives it to a dispatch whose task has a high
    priority in its decorator. Unsafe: what is sent runs later. Nothing is done to a value that a name stands for:
    others may use that name.

    ## Settings
    `bulk-priority` (7): the priority that the message names and the fix writes.

    ## Profile
    Alliance Auth alone, which defines what the numbers mean.

    ## Proof
    - `test_brokers_redis.py::test_lower_numbers_are_served_first`: whatever was sent before.
    - `test_priority.py::test_a_decorators_priority_holds_for_every_dispatch`: so a loop of `delay` is at it, too.
    - `test_schedules.py::test_a_schedule_entrys_options_are_those_of_apply_async`: a schedule has priorities, too.

    ## References
    - [Alliance Auth: How can I use priorities for tasks?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#how-can-i-use-priorities-for-tasks)
    """
    setting, instead = found.setting, module.project.settings.bulk_priority
    if found.way:
        yield Violation.at(setting.node, _message_of_way(found, instead), trace=trace(found.way))
    else:
        yield Violation.at(setting.node, _message(setting, instead), _fix(setting, str(instead)))


def _message_of_way(found: BulkPriority, instead: int) -> str:
    what, by = shortened(recipient(found.setting.receiver), 26), shortened(found.way[-2].what, 25)
    how = f"is sent by `{by}()` for each item at priority {found.setting.value}, before all others: use {instead}"
    return f"{what} {how} ({shortened(place(found.way[-1]), 30)})"


def _message(setting: PrioritySetting, instead: int) -> str:
    how = "is sent for each item of a loop"
    if setting.place == "schedule":
        how = "is started by the schedule"
    elif isinstance(setting.receiver, Workflow) and setting.receiver.kind in ("chain", "group", "chord"):
        how = "is made in bulk"
    what = f"{shortened(recipient(setting.receiver), 26)} {how} at priority {setting.value}, before all others"
    return f"{what} (1 is the most urgent): use {instead}"


def _fix(setting: PrioritySetting, priority: str) -> Fix | None:
    node = setting.node
    title = f"Use priority {priority}"
    if is_literal(setting):
        return Fix("unsafe", title, ReplaceExpression(priority))
    if setting.place != "task" or not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    if node.func.attr.startswith("apply_async"):
        return Fix("unsafe", title, SetOption("priority", priority))
    if node.func.attr.startswith("delay") and not gives_options(node):
        return Fix("unsafe", title, UseApplyAsync(options={"priority": priority}))
    return None
