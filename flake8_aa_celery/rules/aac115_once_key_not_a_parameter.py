"""AAC115: a lock on something that the task does not get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rules.words import shortened
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.calling.once_keys import FaultyKey
    from flake8_aa_celery.model.code.module import Module


def check(faulty: FaultyKey, module: Module) -> Iterator[Violation]:
    """
    A celery-once task is locked by an argument that it does not have.

    Flags a key in `once={"keys": […]}` that is no parameter of the task, `keys` that are one text, and a dispatch,
    signature or schedule entry that leaves a parameter among the keys to its default.

    ## Why
    celery-once looks each key up among the arguments of the call, before anything is sent. Where it is not there,
    whoever sends the task gets a `KeyError`, every time. A default is no argument of the call, and of a text it takes
    each letter for a key.

    ## Example
    ```python
    from allianceauth.services.tasks import QueueOnce
    from celery import shared_task


    @shared_task(base=QueueOnce, once={"keys": ["owner_id"], "graceful": True})
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
    - tasks with `**kwargs`;
    - tasks whose parameters are not known: a decorator below the task decorator may change them.

    ## Profile
    Both: celery-once is used with any Celery.

    ## Proof
    - `test_celery_once.py::test_a_once_key_that_is_no_parameter_raises_at_the_caller`: `KeyError`, nothing is sent.

    ## References
    - [celery-once: keys](https://github.com/cameronmaske/celery-once#keys)
    """
    yield Violation.at(faulty.node, _message(faulty))


def _message(faulty: FaultyKey) -> str:
    name, key = shortened(faulty.task.name, 30), shortened(faulty.key, 25)
    if faulty.why == "a text":
        return (
            f'`{name}` is locked by each letter of `{key}`, which raises `KeyError` when it is sent: write `["{key}"]`'
        )
    if faulty.why == "left out":
        return f"`{name}` is locked by `{key}`, which celery-once looks for among the arguments (`KeyError`): pass it"
    return f"`{name}` has no parameter `{key}`: sending it raises `KeyError`, correct its `keys`"
