"""AAC208: a priority of None is not the default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.calling import none_defaults as defaults
from flake8_aa_celery.model.resolve.values import Dispatch, Signature, Workflow
from flake8_aa_celery.rewrites import ReplaceExpression, WrapExpression
from flake8_aa_celery.rules.words import is_literal, recipient, shortened
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.priorities.settings import PrioritySetting


def check(setting: PrioritySetting, module: Module) -> Iterator[Violation]:
    """
    A priority is `None`, which is not the default: on Redis it is 0.

    Flags a priority that resolves to `None`, and a parameter that defaults to `None` and is passed on as the priority
    without a look at it.

    ## Why
    Celery takes the default priority only where none is given. `None` is given, and goes into the message; the Redis
    transport cannot make a number of it and puts the message into the queue that is served first. So what a helper
    sends that is called without a priority runs before everything else.

    ## Example
    ```python
    from celery import shared_task


    @shared_task
    def update_character(pk): ...


    def refresh(character, priority=None):
        update_character.apply_async(args=[character.pk], priority=priority)
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task
    def update_character(pk): ...


    def refresh(character, priority=None):
        update_character.apply_async(args=[character.pk], priority=priority or 5)
    ```

    ## Leaves alone
    - `priority or 5`, and a condition on the parameter around the dispatch or before it: `if priority is not None`,
      an early `return`, an assignment where it is `None`;
    - a parameter of a private function (`_refresh`) that every call in the file sets;
    - `@shared_task(priority=None)`: there, and only there, `None` stands for the default;
    - `apply_async(priority=None)` of a signature, chain or group, which drop it;
    - other values that may be `None`: they are not known.

    ## Fix
    Writes 5, the priority that is meant, for `None`, and `priority or 5` for a parameter that may be `None`. Unsafe:
    what is sent runs later.

    ## Profile
    Both: it is so in every project whose broker is Redis.

    ## Proof
    - `test_brokers_redis.py::test_a_priority_that_is_no_number_lands_with_0`: `None`, too.
    - `test_brokers_redis.py::test_a_tasks_priority_of_none_lands_with_0_by_apply_async`: it overrides the default.
    - `test_priority.py::test_a_priority_of_none_is_dropped_where_a_signature_is_sent`: why those are left alone.
    - `test_priority.py::test_none_in_a_decorator_is_the_default`: why that is left alone.

    ## References
    - [Celery: Redis message priorities](https://docs.celeryq.dev/en/stable/userguide/routing.html#redis-message-priorities)
    - [Alliance Auth: How can I use priorities for tasks?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#how-can-i-use-priorities-for-tasks)
    """
    message = _message(setting) if setting.place != "task" and not _is_dropped(setting) else None
    if message:
        yield Violation.at(setting.node, message, _fix(setting))


def _is_dropped(setting: PrioritySetting) -> bool:
    """Whether Celery drops the None: what ``apply_async`` of a signature or workflow is given and is None."""
    return isinstance(setting.owner, Dispatch) and isinstance(setting.owner.receiver, (Signature, Workflow))


def _message(setting: PrioritySetting) -> str | None:
    """What is wrong with a priority; None where nothing is."""
    if setting.value is None:
        what = f"{shortened(recipient(setting.receiver), 30)} gets priority None"
        return f"{what}, which Redis serves first, like 0: give a number (5 is normal), or leave it out"
    entry = setting.entry
    name = defaults.unguarded(entry.node, entry.site)
    return name and f"`{name}` may be None, which Redis serves first, like 0: use `{name} or 5`, the normal one"


def _fix(setting: PrioritySetting) -> Fix | None:
    if is_literal(setting):
        return Fix("unsafe", "Use priority 5", ReplaceExpression("5"))
    if setting.value is None or setting.node is not setting.entry.node:
        return None
    return Fix("unsafe", "Use priority 5 where it is None", WrapExpression("", " or 5", keep=True))
