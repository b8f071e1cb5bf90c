"""AAC120: a task that a server can hold for as long as it likes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.configuration.settings import configured
from flake8_aa_celery.model.effects.bodies import Body
from flake8_aa_celery.model.effects.endless_calls import ASKS_NETWORK_FOR_EVER
from flake8_aa_celery.model.effects.graph import graph_of
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.rules.words import shortened
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.resolve.values import Task


def check(task: Task, module: Module) -> Iterator[Violation]:
    """
    A task calls the network and has no time limit.

    Flags a task that makes network calls without a timeout, itself or in what it leads to, and has neither
    `time_limit` nor `soft_time_limit`.

    ## Why
    Celery limits no task by itself. A server that accepts a connection and does not answer holds the worker process
    until somebody restarts it.

    ## Example
    ```python
    import requests
    from celery import shared_task


    @shared_task
    def fetch(url):
        return requests.get(url).text
    ```

    ## Instead
    ```python
    import requests
    from celery import shared_task


    @shared_task(time_limit=600)
    def fetch(url):
        return requests.get(url, timeout=30).text
    ```

    ## Leaves alone
    - calls that have a timeout, given to them or of their own, as those of httpx, aiohttp and django-esi have;
    - limits for the whole project: `task_time_limit`, `CELERY_TASK_TIME_LIMIT` and the soft ones;
    - options that cannot be resolved, and a `base` that sets them or cannot be read.

    ## Profile
    Plain Celery alone: Alliance Auth's workers use threads, where a limit does nothing. Off by default: the usual
    place is a limit for the whole project, which may stand where it is not seen.

    ## Proof
    - `test_defining.py::test_a_task_has_no_time_limit_unless_it_is_given_one`: there is none by default.

    ## References
    - [Celery: time limits](https://docs.celeryq.dev/en/stable/userguide/workers.html#time-limits)
    """
    way = graph_of(module.project).way(Body(task.scope), ASKS_NETWORK_FOR_EVER) if _has_no_limit(task) else []
    if way and not _limits_all(module.project):
        what = f"`{shortened(task.name, 35)}` calls `{shortened(way[-1].what, 30)}`"
        message = f"{what} without a timeout, which may hang: give it a `time_limit`"
        yield Violation.at(task.node, message)


def _has_no_limit(task: Task) -> bool:
    bases = bases_of(task)
    return all(task.options.lacks(limit) and not bases.may_define(limit) for limit in ("time_limit", "soft_time_limit"))


def _limits_all(project: Project) -> bool:
    return any(configured(project, setting) for setting in ("TASK_TIME_LIMIT", "TASK_SOFT_TIME_LIMIT"))
