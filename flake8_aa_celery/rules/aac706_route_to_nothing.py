"""AAC706: a route, an annotation or an import that leads to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.calling.routes import NamedInVain
    from flake8_aa_celery.model.code.module import Module


def check(named: NamedInVain, module: Module) -> Iterator[Violation]:
    """
    A route or an annotation matches no task, or an import of the configuration is no module.

    Flags a key of `task_routes` and `task_annotations` that begins with a package of this project and matches the name
    of no task, patterns included, a key that is the mere name of a task's function, and an entry of `imports` and
    `include` that should be a module of this project and is none.

    ## Why
    Celery looks a task's name up in its routes and asks for nothing else. A key that no name matches, because the task
    was renamed or moved, routes nothing: the task goes to the default queue, where the worker that was meant to take it
    does not look, and nobody complains. A module in `imports` that is not there stops the worker.

    ## Example
    ```python
    # celeryconfig.py
    task_routes = {"app.task.*": {"queue": "slow"}}

    # app/tasks.py
    from celery import shared_task


    @shared_task
    def update(): ...
    ```

    ## Instead
    ```python
    # celeryconfig.py
    task_routes = {"app.tasks.*": {"queue": "slow"}}

    # app/tasks.py
    from celery import shared_task


    @shared_task
    def update(): ...
    ```

    ## Leaves alone
    - names and patterns that begin with no package of this project;
    - regular expressions, functions that route, and what cannot be resolved;
    - patterns where the name of a task in the project cannot be resolved, and those that lead to modules which may make
      tasks in ways that are not followed.

    ## Profile
    Both: it is so in every project.

    ## Proof
    - `test_settings.py::test_a_route_to_no_task_is_ignored`: the task goes to the default queue.
    - `test_settings.py::test_an_import_that_is_no_module_stops_the_worker`: `ModuleNotFoundError`.

    ## References
    - [Celery: routing](https://docs.celeryq.dev/en/stable/userguide/routing.html#automatic-routing)
    """
    if named.is_module:
        message = f"`{named.name}` in `{named.setting}` is no module of this project: the worker does not start"
    else:
        advice = f"did you mean `{named.meant}`?" if named.meant else "correct or drop it"
        message = f"`{named.name}` in `{named.setting}` matches no task of this project: {advice}"
    yield Violation.at(named.node, message)
