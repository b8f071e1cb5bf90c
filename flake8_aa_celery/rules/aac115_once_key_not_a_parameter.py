"""AAC115: a lock on something that the task does not get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.tasks.once import UnknownKey


def check(unknown: UnknownKey, module: Module) -> Iterator[Violation]:
    """
    A celery-once task is locked by an argument that it does not have.

    Flags a key in `once={"keys": […]}` that is no parameter of the task.

    ## Why
    celery-once looks each key up among the arguments of the call, before anything is sent. Where it is not there,
    whoever sends the task gets a `KeyError`, every time.

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
    name = unknown.task.name
    message = f"`{name}` has no parameter `{unknown.key}`: sending it raises `KeyError`, correct its `keys`"
    yield Violation.at(_place(unknown), message)


def _place(unknown: UnknownKey) -> ast.expr:
    """The key itself; where it is written elsewhere, for several tasks, the decorator of the one that lacks it."""
    element, decorator = unknown.element, unknown.task.decorator
    inside = decorator.lineno <= element.node.lineno <= (decorator.end_lineno or decorator.lineno)
    return element.node if inside and element.module is unknown.task.module else decorator
