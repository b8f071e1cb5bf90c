"""AAC122: a lock that is not there, or another one than is written."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.tasks.once import uses_alliance_auth
from flake8_aa_celery.rewrites import SetImportedOption, Spot
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.tasks.locks import LostLock


def check(lost: LostLock, module: Module) -> Iterator[Violation]:
    """
    A task has `once` without a class that locks it, or with a key that celery-once does not read.

    Flags `once={…}` on a task whose `base` is no class of celery-once: Celery's own, or one of the project that does
    not derive from `QueueOnce`. Flags a key in the `once` of a celery-once task that is none of `keys`, `graceful`,
    `timeout` and `unlock_before_run`.

    ## Why
    Celery takes `once` as an attribute like any other, and nobody reads it: the task is queued as often as it is sent.
    Only the class `QueueOnce` locks. It looks for four keys and passes over all others: with `key` instead of `keys`
    the task is locked over all its arguments together, so that two of them may run for the same character.

    ## Example
    ```python
    from celery import shared_task


    @shared_task(once={"keys": ["owner_pk"], "graceful": True})
    def update_owner(owner_pk): ...
    ```

    ## Instead
    ```python
    from allianceauth.services.tasks import QueueOnce
    from celery import shared_task


    @shared_task(base=QueueOnce, once={"keys": ["owner_pk"], "graceful": True})
    def update_owner(owner_pk): ...
    ```

    ## Leaves alone
    - a `base` that cannot be read: it may lock;
    - a task, or a class of the project, that reads `once` itself;
    - projects whose application has a class of its own for all tasks (`task_cls`);
    - an empty `once`.

    ## Fix
    Adds `base=QueueOnce`: that of Alliance Auth where the project imports Alliance Auth, otherwise that of celery-once.
    Unsafe: what was sent twice is sent once. Nothing is done where `once` is not written in the decorator, or where the
    task has another `base`.

    ## Profile
    Both: celery-once is used with any Celery.

    ## Proof
    - `test_celery_once.py::test_once_options_without_a_once_base_lock_nothing`: three equal sends, three messages.
    - `test_celery_once.py::test_an_unknown_once_option_locks_over_all_arguments`: `key` is not `keys`.
    - `test_fixes.py::test_a_task_with_once_is_locked_after_the_fix`: what the fix does.

    ## References
    - [celery-once: usage](https://github.com/cameronmaske/celery-once#usage)
    """
    name = lost.option.task.name
    if lost.key is None:
        message = f"`once` locks nothing: no class of `{name}` reads it, add `base=QueueOnce`"
        yield Violation.at(lost.option.node, message, _fix(lost, module))
    else:
        yield Violation.at(_place(lost, module), f"celery-once does not read `{lost.key}`{_consequence(lost)}")


def _consequence(lost: LostLock) -> str:
    task, key = lost.option.task, lost.key
    parameters = task.parameters
    if lost.has_keys:
        return ": drop it, or write `graceful`, `timeout` or `unlock_before_run`"
    cure = f'`"keys": ["{key}"]`' if key in (*parameters.by_position, *parameters.keyword_only) else "`keys`"
    return f", so `{task.name}` is locked over all its arguments: write {cure}"


def _place(lost: LostLock, module: Module) -> ast.expr:
    entry = lost.entry
    if entry is None or entry.module is not module:
        return lost.option.node
    return entry.key or entry.node


def _fix(lost: LostLock, module: Module) -> Fix | None:
    option, decorator = lost.option, lost.option.task.decorator
    if not isinstance(decorator, ast.Call) or not option.task.options.lacks("base"):
        return None
    if not any(keyword.value is option.entry.node for keyword in decorator.keywords):
        return None
    source = "allianceauth.services.tasks" if uses_alliance_auth(module.project) else "celery_once"
    return Fix("unsafe", "Lock it", SetImportedOption("base", source, "QueueOnce", Spot.of(decorator)))
