"""AAC104: a function among the tasks that is none, and that nothing there calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Function


def check(function: Function, module: Module) -> Iterator[Violation]:
    """
    A function in a tasks module is no task and helps none.

    Flags a public function at the top level of a tasks module that has no decorator and is used nowhere in the project,
    if the module defines tasks or imports anything of Celery's.

    ## Why
    Either the task decorator was forgotten, and whoever dispatches the function gets an `AttributeError`; or it
    belongs to another module, where whoever looks for it looks first.

    ## Example
    ```python
    from celery import shared_task


    @shared_task
    def update_owner(owner_pk): ...


    def update_all(): ...
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task
    def update_owner(owner_pk): ...


    @shared_task
    def update_all(): ...
    ```

    ## Leaves alone
    - functions whose name begins with an underscore, and functions with a decorator;
    - functions that the module calls, hands on, or names in any other way;
    - functions that another file of the project imports, or names in a text such as `"app.tasks.setup"`;
    - modules of a package called `tasks` that have nothing to do with Celery.

    ## Settings
    `tasks-modules` (`["tasks"]`): the modules and packages that tasks belong in.

    ## Profile
    Both: modules of tasks are Celery's custom everywhere. Off by default: other projects may well use the function.

    ## References
    - [Celery: tasks](https://docs.celeryq.dev/en/stable/userguide/tasks.html)
    """
    message = f"`{function.node.name}` is no task and nothing here calls it: decorate it or move it elsewhere"
    yield Violation.at(function.node, message)
