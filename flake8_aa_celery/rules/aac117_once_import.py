"""AAC117: celery-once's own class where Alliance Auth has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rewrites import ImportInstead
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module

_INSTEAD = ImportInstead("allianceauth.services.tasks", "QueueOnce")


def check(node: ast.expr | ast.stmt, module: Module) -> Iterator[Violation]:
    """
    `QueueOnce` comes from celery-once instead of from Alliance Auth.

    Flags `from celery_once import QueueOnce`, and `celery_once.QueueOnce` as the class of a task, in a project that
    imports Alliance Auth anywhere.

    ## Why
    Alliance Auth's `QueueOnce` is graceful: a task that is queued already is left out. celery-once's raises
    `AlreadyQueued` at the caller, unless Alliance Auth's was imported before: what happens depends on the order.

    ## Example
    ```python
    from allianceauth.eveonline.models import EveCharacter
    from celery import shared_task
    from celery_once import QueueOnce


    @shared_task(base=QueueOnce)
    def update_all(): ...
    ```

    ## Instead
    ```python
    from allianceauth.eveonline.models import EveCharacter
    from allianceauth.services.tasks import QueueOnce
    from celery import shared_task


    @shared_task(base=QueueOnce)
    def update_all(): ...
    ```

    ## Leaves alone
    - projects that do not import Alliance Auth;
    - a module that derives a class of its own from celery-once's;
    - what is imported in a handler, where Alliance Auth's cannot be.

    ## Fix
    Imports it from `allianceauth.services.tasks`. Unsafe: a dispatch that raised `AlreadyQueued` is dropped without
    a word. Nothing is done to an import under another name, or inside a block.

    ## Profile
    Alliance Auth alone: it is its class. Off by default: once Alliance Auth's is imported anywhere, both are
    graceful.

    ## Proof
    - `test_celery_once.py::test_alliance_auths_queue_once_is_graceful`: sending twice is no error.
    - `test_celery_once.py::test_a_once_task_that_is_queued_already_raises_at_the_caller`: with celery-once's it is.
    - `test_celery_once.py::test_importing_alliance_auths_class_makes_celery_onces_own_graceful`: until it is imported.
    - `test_fixes.py::test_alliance_auths_class_sends_what_celery_onces_did`: what the fix does.

    ## References
    - [Alliance Auth: celery-once](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html)
    """
    message = "celery-once's `QueueOnce` raises `AlreadyQueued`: import that of `allianceauth.services.tasks`"
    yield Violation.at(node, message, Fix("unsafe", "Import Alliance Auth's", _INSTEAD))
