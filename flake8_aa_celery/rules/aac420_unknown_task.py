"""AAC420: a task that the module or class which it is asked of does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rules.words import shortened
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.calling.unknown_tasks import UnknownTask
    from flake8_aa_celery.model.code.module import Module


def check(unknown: UnknownTask, module: Module) -> Iterator[Violation]:
    """
    A task is asked of a module or class that does not have it.

    Flags `.delay`, `.s` and their like of a name that its module or class does not bind, and the import of a name from
    a tasks module that does not bind it, where that module or class is read whole.

    ## Why
    `tasks.update_all.delay()` looks the name up when it runs: after a task was renamed, what dispatches it raises
    `AttributeError`, often in a branch that no test runs. An import of a task that is gone raises `ImportError` when
    its module is imported: a worker whose tasks modules do so does not start.

    ## Example
    ```python
    from celery import shared_task


    @shared_task
    def update_all_groups(): ...


    # app/views.py
    from app import tasks


    def update(request):
        tasks.update_all_grups.delay()
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task
    def update_all_groups(): ...


    # app/views.py
    from app import tasks


    def update(request):
        tasks.update_all_groups.delay()
    ```

    ## Leaves alone
    - a module with `__getattr__`, `globals()`, `setattr` and their like, or with `from … import *` that cannot be read;
    - a class with a decorator, a metaclass, or a base that cannot be read, one without tasks, and `cls` and `self`;
    - an attribute that is set from outside, and a module of a package that is called so;
    - what stands in a `try` that catches `ImportError` or `AttributeError`, or under `hasattr`, `apps.is_installed` or
      `TYPE_CHECKING`, and what was imported there.

    ## Profile
    Both: Python is the same everywhere.

    ## Proof
    - `test_calling.py::test_a_task_that_a_module_lacks_raises_where_it_is_sent`: the claim.
    - `test_calling.py::test_a_tasks_module_that_imports_what_is_gone_stops_autodiscovery`: and for imports.

    ## References
    - [Celery: calling tasks](https://docs.celeryq.dev/en/stable/userguide/calling.html)
    """
    node, error = unknown.node, "ImportError" if unknown.is_import else "AttributeError"
    owner, name, nearest = shortened(unknown.owner, 35), shortened(unknown.name, 30), _nearest(unknown)
    message = f"`{owner}` has no `{name}`, which raises `{error}`"
    message += f": `{shortened(nearest, 30)}` is there" if nearest else ""
    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    yield Violation(node.lineno, node.col_offset, end_line, end_column, message)


def _nearest(unknown: UnknownTask) -> str:
    """A task that somebody may have meant; empty where none is called like that."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(unknown.name, unknown.known, n=1, cutoff=0.7)), "")
