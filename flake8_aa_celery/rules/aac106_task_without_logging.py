"""AAC106: a task that works in silence."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.tasks.bodies import is_slim, only_dispatches
from flake8_aa_celery.model.tasks.logs import has_logger, is_run, logger_of, logs, maker_of_logger
from flake8_aa_celery.rewrites import AddLogger, LogStart
from flake8_aa_celery.rules.words import fitted
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Task


def check(task: Task, module: Module) -> Iterator[Violation]:
    """
    A task logs nothing.

    Flags a task, be it a function or the `run` of a class, that does something of its own, and in whose body nothing is
    logged on any path.

    ## Why
    A worker logs that a task was received and that it ended, and no more. On which objects it worked, which of them
    it left out, and whether there was anything to do at all, only the task itself can say.

    ## Example
    ```python
    from celery import shared_task

    from app.models import Owner


    @shared_task
    def update_owner(owner_pk):
        owner = Owner.objects.get(pk=owner_pk)
        if not owner.is_active:
            return
        owner.update_structures()
    ```

    ## Instead
    ```python
    import logging

    from celery import shared_task

    from app.models import Owner

    logger = logging.getLogger(__name__)


    @shared_task
    def update_owner(owner_pk):
        owner = Owner.objects.get(pk=owner_pk)
        if not owner.is_active:
            logger.info("Owner %s is not active: not updated", owner)
            return
        owner.update_structures()
    ```

    ## Leaves alone
    - a task that logs on some path, or calls a function of its own module that does;
    - a slim task, which leaves the work and the logging to code that cannot be read: at most three statements beside
      docstring and imports, each a call, a fetch (`owner = Owner.objects.get(…)`), a `return` or `raise`, none of which
      calls anything of the same module;
    - a task whose class logs before or after each run, such as in `on_success`, and one whose class cannot be read;
    - an abstract class, which only says what others have in common;
    - a task that only raises, or does nothing;
    - a task that only dispatches others, in a loop too: these say what they do.

    ## Fix
    Writes `logger.info("<name> started: %s", …)` with the first argument of the task below the docstring. It takes the
    logger that the module makes, or else one that it imports; where there is none, it makes one as the fix of AAC105
    does. Unsafe: it says that the task ran, not what it did. Nothing is done where the name of the logger means
    something else in the task, and where the module has no logger but the class of one.

    ## Profile
    Alliance Auth alone: its documentation asks for logging in every task. Elsewhere a worker's own log or a
    monitoring service may do.

    ## References
    - [Celery: logging](https://docs.celeryq.dev/en/stable/userguide/tasks.html#logging)
    """
    if is_run(task) and not logs(task) and not is_slim(task) and not only_dispatches(task):
        message = fitted(
            "`{}` logs nothing, so nobody can see that it ran, and on what: add a line to the log", task.name
        )
        yield Violation.at(task.node, message, _fix(task))


def _fix(task: Task) -> Fix | None:
    module = task.module
    logger = logger_of(module)
    # a coroutine never runs, and where there is a logger without a name it cannot be told how to reach it
    if isinstance(task.node, ast.AsyncFunctionDef) or (logger is None and has_logger(module)):
        return None
    first = next(iter((*task.parameters.by_position, *task.parameters.keyword_only)), "")
    if logger is None:
        rewrite = LogStart("logger", task.name, first, AddLogger(**maker_of_logger(module)))
    else:
        rewrite = LogStart(logger.name, task.name, first if logger.formats else "")
    return Fix("unsafe", "Log that it started", rewrite)
