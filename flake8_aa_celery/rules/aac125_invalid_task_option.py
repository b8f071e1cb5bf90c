"""AAC125: an option with a value that it cannot have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.tasks.option_values import seconds_of
from flake8_aa_celery.rewrites import ReplaceExpression, WrapExpression
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.tasks.option_values import Fault, FaultyOption

_MESSAGES: dict[Fault, str] = {
    "no rate": "a worker does not start with this `rate_limit` of `{task}`: write a number and `/s`, `/m` or `/h`",
    "soft above hard": "sending `{task}` raises `ValueError`: its `soft_time_limit` must be below its `time_limit`",
    "soft equals hard": "the `soft_time_limit` of `{task}` never comes: put it below its `time_limit`",
    "timedelta": "sending `{task}` raises `TypeError`: `{option}` is a number of seconds, and no `timedelta`",
    "no collection": "`{option}` of `{task}` raises `TypeError` when it is imported: write a tuple, `(…,)`",
    "raised elsewhere": "`{task}` is never retried for `TimeLimitExceeded`: use `soft_time_limit` and its exception",
}


def check(faulty: FaultyOption, module: Module) -> Iterator[Violation]:
    """
    An option of a task has a value that Celery refuses, or that undoes what it is for.

    Flags a `rate_limit` that is no rate; a `soft_time_limit` above the `time_limit` or equal to it; either of them as a
    `timedelta`; an `autoretry_for` or `dont_autoretry_for` that is one exception and no tuple or list; an
    `autoretry_for` with `TimeLimitExceeded`. The attributes of a class of tasks are options, too.

    ## Why
    The decorator takes nearly everything. What is wrong shows later: when the worker starts (`rate_limit="10/min"`
    stops it with a `KeyError`), at each `delay` (limits that are no numbers, or a soft limit above the hard one), or
    never: two equal limits kill the task before it hears of the soft one, and `TimeLimitExceeded` is raised in the main
    process of the worker, where no `autoretry_for` sees it.

    ## Example
    ```python
    from celery import shared_task


    @shared_task(autoretry_for=OSError, rate_limit="10/min")
    def update_prices(): ...
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task(autoretry_for=(OSError,), rate_limit="10/m")
    def update_prices(): ...
    ```

    ## Leaves alone
    - values that cannot be resolved;
    - a rate without a unit, which is one per second, and numbers;
    - sets and generators of exceptions: any collection will do;
    - two equal limits with the profile `alliance-auth`, whose workers take no limits at all.

    ## Fix
    Writes `(OSError,)` for `OSError`, and the seconds for `timedelta(minutes=5)`. Safe: the old code could only raise.

    ## Profile
    Both: it is Celery that refuses.

    ## Proof
    - `test_retrying.py::test_autoretry_for_must_be_a_tuple_or_list`: `TypeError` when the task is registered.
    - `test_workers.py::test_a_time_limit_must_be_a_number_where_the_broker_writes_json`: a `timedelta` is refused.
    - `test_workers.py::test_a_soft_time_limit_that_equals_the_hard_one_leaves_no_time`: the process is killed.
    - `test_workers.py::test_autoretry_for_a_hard_time_limit_never_retries`: nobody sees the exception.
    - `test_options.py::test_a_soft_time_limit_above_the_hard_one_is_refused_at_every_send`: `ValueError`.
    - `test_options.py::test_a_worker_does_not_start_with_a_rate_limit_that_is_none`: `KeyError`.
    - `test_options.py::test_the_attributes_of_a_class_are_options_as_those_of_a_decorator_are`: refused alike.
    - `test_fixes.py::test_a_safe_fix_sends_what_could_only_raise`: what the fix does.

    ## References
    - [Celery: task options](https://docs.celeryq.dev/en/stable/userguide/tasks.html#list-of-options)
    """
    if faulty.fault == "soft equals hard" and module.project.settings.is_of_alliance_auth:
        return
    option = faulty.option
    message = _MESSAGES[faulty.fault].format(task=option.task, option=option.name)
    yield Violation.at(faulty.place.reported_in(module, option.node), message, _fix(faulty, module))


def _fix(faulty: FaultyOption, module: Module) -> Fix | None:
    if faulty.place.module is not module:
        return None
    if faulty.fault == "no collection":
        return Fix("safe", "Make it a tuple", WrapExpression("(", ",)"))
    seconds = seconds_of(faulty.place) if faulty.fault == "timedelta" else None
    return Fix("safe", "Write the seconds", ReplaceExpression(str(seconds))) if seconds else None
