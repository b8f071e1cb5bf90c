"""AAC203: the highest priorities are for what needs to run right now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.priorities.bulk_priorities import bulk_priorities_of
from flake8_aa_celery.rules.words import recipient, shortened
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.priorities.settings import PrioritySetting


def check(setting: PrioritySetting, module: Module) -> Iterator[Violation]:
    """
    A priority is 1 or 2, which are for what has to run right now.

    Flags a priority that resolves to 1 or 2, wherever Celery takes one.

    ## Why
    All apps share the queues of Alliance Auth. A task at priority 1 or 2 goes before nearly everything that the other
    apps and Alliance Auth itself have waiting, and while such tasks keep coming nothing else runs. Where it truly is
    that urgent, say so with `noqa` and a reason.

    ## Example
    ```python
    from celery import shared_task


    @shared_task(priority=1)
    def update_all(): ...
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task(priority=4)
    def update_all(): ...
    ```

    ## Leaves alone
    - a priority that cannot be resolved;
    - 0, which is AAC201, and a value that is no priority, which is AAC202;
    - what is sent many times or by a schedule, which is AAC204.

    ## Settings
    `highest-priority` (3): the most urgent priority that is not flagged.

    ## Profile
    Alliance Auth alone, which defines what the numbers mean.

    ## Proof
    - `test_brokers_redis.py::test_lower_numbers_are_served_first`: whatever was sent before.
    - `test_brokers_redis.py::test_a_message_sent_later_at_a_higher_priority_goes_first`: what waits gives way.

    ## References
    - [Alliance Auth: How can I use priorities for tasks?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#how-can-i-use-priorities-for-tasks)
    """
    allowed = module.project.settings.highest_priority
    if type(setting.value) is int and 0 < setting.value < allowed and not _is_in_bulk(setting, module):
        what = f"{shortened(recipient(setting.receiver), 30)} gets priority {setting.value}, before all other apps"
        yield Violation.at(setting.node, f"{what} (1 is the most urgent): use {allowed} or a higher number")


def _is_in_bulk(setting: PrioritySetting, module: Module) -> bool:
    """Whether what is sent so is sent many times, which is the greater mistake."""
    return any(
        found.setting.node is setting.node and found.setting.value == setting.value
        for found in bulk_priorities_of(module)
    )
