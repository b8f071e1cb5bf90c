"""AAC121: options for retries that retry nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.tasks.retry_options import LostRetryOptions


def check(lost: LostRetryOptions, module: Module) -> Iterator[Violation]:
    """
    A task has options for retries that do nothing.

    Flags `max_retries`, `default_retry_delay`, `retry_backoff`, `retry_backoff_max`, `retry_jitter` and `retry_kwargs`
    of a task that never retries: it has no `autoretry_for`, and nothing that it leads to calls `retry`. Flags the last
    four of a task that retries by `self.retry` alone, and a `countdown` in `retry_kwargs` beside `retry_backoff`. One
    report a task, at the first of these options; a dict that tasks share is reported once.

    ## Why
    The options say how often and when a task is retried, and not that it is. A task with `max_retries=5` and nothing
    that retries fails for good the first time. `retry_backoff` and its like are read by `autoretry_for` and by nothing
    else: `self.retry()` waits three minutes each time, whatever they say. Celery accepts all of it without a word.

    ## Example
    ```python
    from celery import shared_task


    @shared_task(max_retries=5, default_retry_delay=60)
    def update_prices(): ...
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task(autoretry_for=(OSError,), max_retries=5, default_retry_delay=60)
    def update_prices(): ...
    ```

    ## Leaves alone
    - options that switch retries off: `max_retries=0`, `max_retries=None`, `retry_backoff=False`;
    - an option that the task, its class or anything that it leads to reads: `self.max_retries`;
    - a task that hands itself to what cannot be read, and one whose `base` or decorators cannot be read;
    - an option of a shared dict that means something to another of its tasks.

    ## Profile
    Both: it is Celery that retries.

    ## Proof
    - `test_retrying.py::test_an_option_for_retries_does_not_retry`: one failure, and no retry.
    - `test_retrying.py::test_options_of_automatic_retries_mean_nothing_to_self_retry`: 180 seconds each time.
    - `test_retrying.py::test_retry_backoff_overrides_the_countdown_of_retry_kwargs`: nobody looks at the countdown.

    ## References
    - [Celery: retrying](https://docs.celeryq.dev/en/stable/userguide/tasks.html#retrying)
    """
    names = _listed([f"`{option.name}`" for option in lost.options])
    several = len(lost.options) > 1
    if lost.why == "nothing retries":
        message = f"{_who(lost)}, so {names} {'do' if several else 'does'} nothing: add `autoretry_for`"
    elif lost.why == "self.retry retries":
        cure = f"drop {'them' if several else 'it'}" if lost.says_when else "give `self.retry` a `countdown`"
        message = f"{names} of `{lost.task.name}` {'are' if several else 'is'} for `autoretry_for`: {cure}"
    else:
        message = "`retry_backoff` overrides the `countdown` in `retry_kwargs`: drop one of the two"
    yield Violation.at(lost.options[0].node, message)


def _who(lost: LostRetryOptions) -> str:
    if not lost.others:
        return f"`{lost.task.name}` never retries"
    return f"`{lost.task.name}` and {lost.others} more never retry"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
