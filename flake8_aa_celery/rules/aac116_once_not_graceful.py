"""AAC116: a task that raises at whoever sends it twice."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.rewrites import AddKey, Spot
from flake8_aa_celery.rules.words import fitted
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.tasks.options import WrittenOption


def check(option: WrittenOption, module: Module) -> Iterator[Violation]:
    """
    A celery-once task says nothing of `graceful`, and so raises when it is queued already.

    Flags `once={…}` without a key `graceful` on a task with a `base`, whichever class that is. The dict is reported
    where it is written, once for all tasks that share it.

    ## Why
    `once` of a task replaces that of its class, and with it the `graceful` of Alliance Auth's `QueueOnce`. Sending the
    task while it is queued raises `AlreadyQueued` at the caller: a loop stops in the middle, a page shows an error.

    ## Example
    ```python
    from allianceauth.services.tasks import QueueOnce
    from celery import shared_task


    @shared_task(base=QueueOnce, once={"keys": ["owner_pk"]})
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
    - `graceful` set to anything;
    - a task without `once`: it has that of its class;
    - a task that is dispatched anywhere in the project with a handler for `AlreadyQueued` around it;
    - a task whose class, one of the project, has an `apply_async` of its own.

    ## Fix
    Adds `"graceful": True`. Unsafe: a dispatch that raised is dropped without a word.

    ## Profile
    Alliance Auth alone, whose class is graceful: with celery-once's own class everybody expects `AlreadyQueued`.

    ## Proof
    - `test_celery_once.py::test_once_options_on_a_task_replace_graceful`: the class's `graceful` is gone.
    - `test_celery_once.py::test_a_once_task_that_is_queued_already_raises_at_the_caller`: `AlreadyQueued`.
    - `test_celery_once.py::test_a_graceful_once_task_that_is_queued_already_is_dropped`: with `graceful` it is dropped.
    - `test_fixes.py::test_a_once_task_is_graceful_after_the_fix`: what the fix does.

    ## References
    - [celery-once: graceful](https://github.com/cameronmaske/celery-once#graceful)
    """
    form = '`once={…}` replaces the defaults, so sending `{}` twice raises `AlreadyQueued`: add `"graceful": True`'
    message = fitted(form, option.task.name)
    yield Violation.at(option.node, message, _fix(option, module))


def _fix(option: WrittenOption, module: Module) -> Fix | None:
    written = option.entry.node
    if option.entry.module is not module or not isinstance(written, (ast.Dict, ast.Call)):
        return None
    return Fix("unsafe", "Make it graceful", AddKey("graceful", "True", Spot.of(written)))
