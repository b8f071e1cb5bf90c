"""AAC413: an option that something is sent with and that means nothing to Celery."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.calling.send_options import SEND_OPTIONS
from flake8_aa_celery.model.resolve.values import Dispatch, Task
from flake8_aa_celery.rewrites import OptionIntoKwargs, RenameKey, RenameOption, Spot
from flake8_aa_celery.rules.words import called
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.calling.send_options import UnreadOption
    from flake8_aa_celery.model.code.module import Module

#: What people write, and the option that they mean.
_CONFUSED = {
    "arg": "args", "args_list": "args", "delay": "countdown", "execute_at": "eta", "expire": "expires",
    "expiry": "expires", "id": "task_id", "kwarg": "kwargs", "queue_name": "queue", "run_at": "eta",
    "seconds": "countdown", "soft_timeout": "soft_time_limit", "timeout": "time_limit", "wait": "countdown",
}  # fmt: skip
#: What belongs into the decorator of the task: a dispatch cannot say it.
_OF_DECORATOR = frozenset({
    "acks_late", "acks_on_failure_or_timeout", "autoretry_for", "base", "bind", "default_retry_delay", "max_retries",
    "rate_limit", "reject_on_worker_lost", "retry_backoff", "retry_backoff_max", "retry_jitter", "retry_kwargs",
    "throws", "track_started",
})  # fmt: skip
#: From this likeness on, from 0 to 1, a name is taken for a misspelt one.
_RESEMBLANCE = 0.8
#: What a name may resemble: those that people write, not what Celery hands itself.
_LIKELY = sorted({
    "args", "compression", "countdown", "delivery_mode", "eta", "exchange", "expires", "headers", "ignore_result",
    "kwargs", "link", "link_error", "priority", "queue", "retry", "retry_policy", "routing_key", "serializer",
    "shadow", "soft_time_limit", "task_id", "time_limit",
} & SEND_OPTIONS)  # fmt: skip
#: So short a name resembles too much.
_SHORTEST = 4


def check(option: UnreadOption, module: Module) -> Iterator[Violation]:
    """
    An option is sent along that Celery does not know.

    Flags an option given to `apply_async`, `.set`, `signature`, `send_task`, `self.retry` or in the `options` of a
    schedule that Celery does not read and that resembles one (`prioritty`), is often taken for one (`delay`, `timeout`,
    `expire`), belongs into the decorator of the task (`max_retries`, `acks_late`), or is a parameter of the task.

    ## Why
    `apply_async` takes any keyword and sends what it does not know along with the message, where nothing reads it. No
    error is raised: the task runs at once instead of later, at the default priority, or without its argument.

    ## Example
    ```python
    from celery import shared_task


    @shared_task
    def update(pk, force=False): ...


    def refresh(pk):
        update.apply_async(args=[pk], delay=60, force=True)
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task
    def update(pk, force=False): ...


    def refresh(pk):
        update.apply_async(args=[pk], kwargs={"force": True}, countdown=60)
    ```

    ## Leaves alone
    - names that resemble no option: brokers have options of their own;
    - `delay(…)`, which hands everything to the task;
    - a task whose class has an `apply_async` of its own, or cannot be read;
    - `max_retries` of `self.retry` and of a chord.

    ## Fix
    Writes the option that is meant, where that is not given as well, or puts the argument into `kwargs`. Unsafe: from
    then on it does something. Nothing is done about what belongs into the decorator.

    ## Profile
    Both: it is so in every project.

    ## Proof
    - `test_sending.py::test_an_unknown_option_is_a_property_of_the_message`: it is sent, and read by nobody.
    - `test_sending.py::test_an_unknown_option_that_is_set_on_a_signature_means_nothing`: by `.set`.
    - `test_sending.py::test_an_unknown_option_of_a_signature_means_nothing`: by `signature`.
    - `test_sending.py::test_an_unknown_option_of_a_schedule_entry_means_nothing`: in a schedule.
    - `test_sending.py::test_an_unknown_option_of_send_task_means_nothing`: by `send_task`.
    - `test_retrying.py::test_an_unknown_option_of_a_retry_is_lost`: by `self.retry`.
    - `test_retrying.py::test_max_retries_of_a_dispatch_mean_nothing`: a dispatch cannot say how often to retry.
    - `test_sending.py::test_acks_late_is_an_option_of_a_task_and_not_of_a_dispatch`: nor when to acknowledge.
    - `test_fixes.py::test_an_option_that_nobody_read_is_read`: what the fix does.

    ## References
    - [Celery: calling tasks](https://docs.celeryq.dev/en/stable/userguide/calling.html)
    - [Celery: `Task.apply_async`](https://docs.celeryq.dev/en/stable/reference/celery.app.task.html#celery.app.task.Task.apply_async)
    """
    name = option.name
    if option.is_parameter:
        where = "`kwargs`" if isinstance(option.owner, (Dispatch, Task)) or option.owner is None else "its arguments"
        message = f"`{name}` is an argument of {called(option.task)}, but is sent as an option, which nothing reads: "
        yield Violation.at(option.node, f"{message}put it into {where}", _fix_argument(option, module))
    elif name in _OF_DECORATOR:
        message = f"`{name}` is no option of a dispatch, and nothing reads it: it belongs into the task's decorator"
        yield Violation.at(option.node, message)
    elif meant := _meant(name):
        message = f"nothing reads an option `{name}`: `{meant}` is what Celery knows"
        yield Violation.at(option.node, message, _fix_name(option, meant, module))


def _meant(name: str) -> str:
    """The option that somebody meant who wrote ``name``; empty where it is none that is known."""
    if name in _CONFUSED:
        return _CONFUSED[name]
    if len(name) < _SHORTEST:
        return ""
    from difflib import get_close_matches

    return next(iter(get_close_matches(name.lower(), _LIKELY, n=1, cutoff=_RESEMBLANCE)), "")


def _fix_name(option: UnreadOption, meant: str, module: Module) -> Fix | None:
    if option.entry.module is not module or not option.given.lacks(meant):
        return None
    key = option.entry.key
    in_call = RenameOption(option.name, meant, Spot.of(option.entry.node))
    return Fix("unsafe", f"Write `{meant}`", in_call if key is None else RenameKey(meant, Spot.of(key)))


def _fix_argument(option: UnreadOption, module: Module) -> Fix | None:
    """The fix that puts an argument into the ``kwargs`` of a dispatch, where these can be seen."""
    sent, entry = option.owner, option.entry
    if not isinstance(sent, Dispatch) or sent.method not in ("apply_async", "apply_async_on_commit"):
        return None
    call = sent.node
    if entry.module is not module or not any(keyword.value is entry.node for keyword in call.keywords):
        return None
    kwargs = call.args[1] if len(call.args) > 1 else next((w.value for w in call.keywords if w.arg == "kwargs"), None)
    if kwargs is not None and not isinstance(kwargs, ast.Dict):
        return None
    if any(keyword.arg is None for keyword in call.keywords) or any(isinstance(a, ast.Starred) for a in call.args):
        return None
    rewrite = OptionIntoKwargs(option.name, Spot.of(call), Spot.of(kwargs) if kwargs is not None else None)
    return Fix("unsafe", f"Put `{option.name}` into `kwargs`", rewrite)
