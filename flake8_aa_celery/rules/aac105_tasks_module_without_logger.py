"""AAC105: tasks of which nobody can see what they did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.tasks.logs import maker_of_logger
from flake8_aa_celery.rewrites import AddLogger
from flake8_aa_celery.rules.words import fitted
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.tasks.logs import MissingLogger


def check(missing: MissingLogger, module: Module) -> Iterator[Violation]:
    """
    A module that defines tasks has no logger.

    Flags, at its first task, a module that defines tasks, be they functions or classes, and in which no name is bound
    to a logger.

    ## Why
    A task runs in another process, at another time, with nobody watching. What it does not log is not known:
    neither that it ran, nor on what, nor why it failed.

    ## Example
    ```python
    from celery import shared_task


    @shared_task
    def update_character(character_pk): ...
    ```

    ## Instead
    ```python
    import logging

    from celery import shared_task

    logger = logging.getLogger(__name__)


    @shared_task
    def update_character(character_pk):
        logger.info("Updating character %s", character_pk)
        ...
    ```

    ## Leaves alone
    Modules with a logger of any kind: imported, be it by a star import, or made by `getLogger`, `get_task_logger`,
    `get_extension_logger`, `LoggerAddTag`, `AppLogger`, structlog, loguru, or a class whose name ends in `Logger`.

    ## Fix
    Adds `logger = logging.getLogger(__name__)` below the imports, or `logger = get_extension_logger(__name__)` where
    the module imports from Alliance Auth. Safe: a logger that nobody uses does nothing. Nothing is done where the
    module means something else by `logger`.

    ## Profile
    Alliance Auth alone: its documentation asks for logging in every task. Elsewhere a worker's own log or a
    monitoring service may do.

    ## References
    - [Celery: logging](https://docs.celeryq.dev/en/stable/userguide/tasks.html#logging)
    - [Alliance Auth: logging from custom apps](https://allianceauth.readthedocs.io/en/latest/development/custom/logging.html)
    """
    maker = maker_of_logger(module)
    made = f"logging.{maker['name']}" if maker["module"] == "logging" else maker["name"]
    form = f"`{{}}` has tasks but no logger, so nobody sees what they do: add `logger = {made}(__name__)`"
    message = fitted(form, module.file_name)
    fix = Fix("safe", "Add a logger", AddLogger(**maker))
    yield Violation.at(missing.task.definition, message, fix)
