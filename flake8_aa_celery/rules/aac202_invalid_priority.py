"""AAC202: a priority that is no whole number from 0 to 9."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.configuration.queue_priorities import highest_declared
from flake8_aa_celery.model.resolve.values import UNKNOWN
from flake8_aa_celery.rewrites import ReplaceExpression
from flake8_aa_celery.rules.words import is_literal, recipient, shortened
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.priorities.settings import PrioritySetting

_LOWEST, _HIGHEST = 0, 9


def check(setting: PrioritySetting, module: Module) -> Iterator[Violation]:
    """
    A priority is no whole number from 0 to 9.

    Flags a priority that resolves to a number below 0 or above 9, a string, a bool or a float, wherever Celery takes
    one.

    ## Why
    Celery takes any value, and the broker makes of it what it can. On Redis a negative number becomes 0, a number
    above 9 becomes 9, `2.5` becomes 2, `True` becomes 1, and a string that is no number lands in the queue that is
    served first. So `priority="low"` means the highest priority there is.

    ## Example
    ```python
    from celery import shared_task


    @shared_task
    def update_all(): ...


    def refresh():
        update_all.apply_async(priority="low")
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task
    def update_all(): ...


    def refresh():
        update_all.apply_async(priority=7)
    ```

    ## Leaves alone
    - a priority that cannot be resolved;
    - a number above 9 that the project's own queues allow: `task_queue_max_priority`, `x-max-priority`,
      `Queue(max_priority=…)`;
    - `None`, which is AAC208.

    ## Fix
    Writes the number that `"3"` or `3.0` means. Safe: the broker makes the same of it. Nothing is done to any other
    value: what it means cannot be known.

    ## Profile
    Both: what the broker does with such a value does not depend on Alliance Auth.

    ## Proof
    - `test_brokers_redis.py::test_a_priority_that_is_no_number_lands_with_0`: so it is served first.
    - `test_brokers_redis.py::test_a_priority_out_of_range_is_clamped`: below 0 is 0, above 9 is 9.
    - `test_brokers_redis.py::test_a_priority_is_what_int_makes_of_it`: `2.5` is 2, `True` is 1.

    ## References
    - [Celery: Redis message priorities](https://docs.celeryq.dev/en/stable/userguide/routing.html#redis-message-priorities)
    """
    value = setting.value
    if value is UNKNOWN or value is None or (type(value) is int and _is_allowed(value, module)):
        return
    what = f"{shortened(recipient(setting.receiver), 30)} gets priority {shortened(repr(value), 20)}"
    yield Violation.at(
        setting.node, f"{what}: use a whole number from 0 to 9, the lower the more urgent", _fix(setting)
    )


def _is_allowed(value: int, module: Module) -> bool:
    return _LOWEST <= value <= _HIGHEST or _HIGHEST < value <= highest_declared(module.project)


def _fix(setting: PrioritySetting) -> Fix | None:
    number = _meant(setting.value)
    if number is None or not is_literal(setting):
        return None
    return Fix("safe", f"Use priority {number}", ReplaceExpression(str(number)))


def _meant(value: object) -> int | None:
    """The priority that a text or a float is to the broker; None for 0, which would be another violation."""
    text = str(value) if isinstance(value, (str, float)) else ""
    digits = text.removesuffix(".0") if isinstance(value, float) else text
    return int(digits) if len(digits) == 1 and digits in "123456789" else None
