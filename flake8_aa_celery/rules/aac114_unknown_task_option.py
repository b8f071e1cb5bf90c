"""AAC114: an option of a task that nothing reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.knowledge.celery import TASK_OPTIONS
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.rewrites import RenameKey, RenameOption, Spot
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.tasks.options import WrittenOption

#: What is written where something else is meant, and resembles it too little.
_CONFUSED = {
    "backoff": "retry_backoff",
    "exponential_backoff": "retry_backoff",
    "queue_name": "queue",
    "retries": "max_retries",
    "retry_delay": "default_retry_delay",
    "soft_timeout": "soft_time_limit",
    "timeout": "time_limit",
}
_AT_DISPATCH = "give it to `apply_async`"
_PUBLISHING = "`default_retry_delay` says how long a retry waits"
#: What belongs elsewhere, with what to do instead.
_ELSEWHERE = {
    "countdown": _AT_DISPATCH,
    "delay": "give `countdown` to `apply_async`",
    "eta": _AT_DISPATCH,
    "interval_max": _PUBLISHING,
    "interval_start": _PUBLISHING,
    "interval_step": _PUBLISHING,
    "retry_policy": _AT_DISPATCH,
    "unique": "`base=QueueOnce` keeps a task from being queued twice",
}
#: What belongs into ``once`` where the task is one of celery-once.
_OF_ONCE = {"graceful": '`once={"graceful": True}`', "keys": '`once={"keys": […]}`'}
_LIMITS = frozenset({"soft_time_limit", "time_limit"})
#: How much of two names must be the same for one to be the other misspelled.
_RESEMBLANCE = 0.8


def check(option: WrittenOption, module: Module) -> Iterator[Violation]:
    """
    A task has an option that Celery does not know.

    Flags an option that no task has, where it resembles one or is known to be taken for one: `timeout`, `retries`,
    `retry_delay`, `soft_timeout`, `task_time_limit`, `exponential_backoff`, `backoff`, `queue_name`, `unique`; what
    belongs to a dispatch: `countdown`, `eta`, `delay`, `retry_policy`, `interval_start` and its kin, once a task; and
    `keys` and `graceful` beside a class of celery-once, which belong into `once`. It is reported where it is written,
    once for all tasks that share it.

    ## Why
    Celery makes an attribute of whatever it is given and says nothing. Nobody reads it: a task with `timeout=60` runs
    without a limit, one with `retries=10` gives up after 3. `delay=5` does worse: it takes the place of the method.
    In Alliance Auth no limit helps, as its workers use threads, where Celery keeps none: give the calls that may hang
    a timeout of their own.

    ## Example
    ```python
    from celery import shared_task


    @shared_task(timeout=60)
    def update_all(): ...
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task(time_limit=60)
    def update_all(): ...
    ```

    ## Leaves alone
    - what Celery or celery-once take beside the attributes of a task: `autoretry_for`, `retry_backoff`,
      `retry_jitter`, `retry_kwargs`, `once`, `queue` …;
    - names that resemble none of them, and `keys` or `graceful` where the task is none of celery-once;
    - tasks whose `base` defines the attribute, or cannot be read;
    - an attribute that the task itself reads: `self.timeout`.

    ## Fix
    Writes the option that is meant. Unsafe: from then on it does something. Nothing is done where the task has that
    option already, and where it belongs elsewhere.

    ## Profile
    Both: the options are Celery's.

    ## Proof
    - `test_defining.py::test_an_unknown_option_is_accepted_and_means_nothing`: the limit is not set, no error.

    ## References
    - [Celery: task options](https://docs.celeryq.dev/en/stable/userguide/tasks.html#list-of-options)
    """
    advice, meant = _elsewhere(option), _meant(option.name)
    if advice:
        yield Violation.at(option.node, f"{_wrong(option.name)}: {advice}")
    elif meant:
        yield Violation.at(
            option.node, f"{_wrong(option.name)}: {_instead(meant, module)}", _fix(option, meant, module)
        )


def _wrong(name: str) -> str:
    if name == "delay":
        return "the option `delay` replaces the task's own `delay()`, which then raises TypeError"
    return f"no task has an option `{name}`"


def _elsewhere(option: WrittenOption) -> str:
    """What to do with an option that belongs in another place; empty for any other."""
    if option.name in _OF_ONCE:
        return f"write {_OF_ONCE[option.name]}" if bases_of(option.task).is_once else ""
    return _ELSEWHERE.get(option.name, "")


def _instead(meant: str, module: Module) -> str:
    if meant in _LIMITS and module.project.settings.is_of_alliance_auth:
        return f"`{meant}` is what Celery reads, though not in Alliance Auth"
    return f"`{meant}` is what Celery reads"


def _meant(name: str) -> str:
    """The option that somebody meant who wrote ``name``; empty where it is none that is known."""
    name = name.removeprefix("task_")
    if name in TASK_OPTIONS or name in _CONFUSED:
        return _CONFUSED.get(name, name)
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, sorted(TASK_OPTIONS), n=1, cutoff=_RESEMBLANCE)), "")


def _fix(option: WrittenOption, meant: str, module: Module) -> Fix | None:
    if option.entry.module is not module or not option.task.options.lacks(meant):
        return None
    key = option.entry.key
    in_call = RenameOption(option.name, meant, Spot.of(option.entry.node))
    return Fix("unsafe", f"Write `{meant}`", in_call if key is None else RenameKey(meant, Spot.of(key)))
