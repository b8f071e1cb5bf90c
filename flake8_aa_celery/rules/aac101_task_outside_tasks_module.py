"""AAC101: a task in a module where nobody looks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.resolve.modules import is_tasks_module
from flake8_aa_celery.model.resolve.occurrences import apps_of
from flake8_aa_celery.rewrites import MoveToTasksModule
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Task


def check(task: Task, module: Module) -> Iterator[Violation]:
    """
    A task is defined in a module that is no tasks module.

    Flags every task whose module is neither called `tasks` nor part of a package called `tasks`.

    ## Why
    A worker knows the tasks of the modules that it has imported. `autodiscover_tasks()` imports `tasks` of every
    installed app and no other module. A task elsewhere is registered only where something else happens to import
    its module: a worker that did not drops its messages as those of an unknown task.

    ## Example
    ```python
    # app/helpers.py
    from celery import shared_task


    @shared_task
    def update_all(): ...
    ```

    ## Instead
    ```python
    # app/tasks.py
    from celery import shared_task


    @shared_task
    def update_all(): ...
    ```

    ## Leaves alone
    - the module that creates the `Celery(...)` application: its `debug_task` is known wherever the application is;
    - modules of a package called `tasks`: they are imported by its `__init__.py`.

    ## Fix
    Moves the task to the package's `tasks.py`, with the imports it needs and the comments above it, and imports it
    in the module where it stood. Its decorator gets the name that it has now, so that schedules and waiting messages
    find it. A `tasks.py` is made where there is none. Unsafe: other code may rest on where the task is. Nothing is
    done, and `-v` says why, where the task uses what its module defines, where `tasks.py` leads to that module by
    whatever imports, has such a name already, is excluded, or would stand beside a package `tasks`, where the folder
    is no package or no app whose `tasks.py` anything would import, where a `noqa` stands at its decorator, and to a
    static method.

    ## Settings
    `tasks-modules` (`["tasks"]`): the modules and packages that tasks belong in.

    ## Profile
    Alliance Auth alone: its documentation asks for `tasks.py`. Other projects list their modules in `imports`, or
    import them where their application is made.

    ## Proof
    - `test_defining.py::test_autodiscovery_imports_modules_called_tasks_and_no_other`: tasks elsewhere are unknown.

    ## References
    - [Celery: autodiscover_tasks](https://docs.celeryq.dev/en/stable/reference/celery.html#celery.Celery.autodiscover_tasks)
    """
    if is_tasks_module(module) or apps_of(module):
        return
    wanted = next(iter(module.project.settings.tasks_modules), "tasks")
    message = f"the task `{task.name}` is defined in `{module.file_name}`: move it to `{wanted}.py`"
    yield Violation.at(task.node, message, _fix(task, wanted))


def _fix(task: Task, wanted: str) -> Fix | None:
    if task.site.block.kind != "module" or task.registered_name is None or task.spelling == "removed":
        return None
    name = task.registered_name if task.options.lacks("name") else ""
    in_package = "." in task.module.dotted
    rewrite = MoveToTasksModule(wanted, name, task.position, in_package=in_package)
    return Fix("unsafe", f"Move it to `{wanted}.py`", rewrite)
