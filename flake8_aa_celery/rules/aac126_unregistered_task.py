"""AAC126: a task that no worker knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rewrites import ImportInTasksModule
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.tasks.registration import Unregistered


def check(unregistered: Unregistered, module: Module) -> Iterator[Violation]:
    """
    A task stands in a module that no worker imports.

    Flags, once a module, the first task of a module, be it a function or a class of which it registers an object, where
    autodiscovery does not look for that module (`tasks` in each app that `INSTALLED_APPS` lists, or the names and
    packages that `autodiscover_tasks` is given), where `include`, `imports` and no other text of the project name it,
    and where nothing imports it that a worker may load: a module of tasks, of models or views, an `AppConfig`, the
    module of the application, and all that these import.

    ## Why
    A worker knows the tasks of those modules alone that it has imported. Whoever sends the task has imported its
    module, so that sending works; the worker answers "Received unregistered task" and drops the message.

    ## Example
    ```python
    # app/__init__.py
    # app/tasks.py
    # app/jobs.py
    from celery import shared_task


    @shared_task
    def update_all(): ...
    ```

    ## Instead
    ```python
    # app/__init__.py
    # app/tasks.py
    from app.jobs import update_all

    # app/jobs.py
    from celery import shared_task


    @shared_task
    def update_all(): ...
    ```

    ## Leaves alone
    - projects whose `include`, `imports` or autodiscovery cannot be resolved, or that import modules by names which
      are made while they run;
    - a module that makes the application, that runs a worker, or that lies in no package;
    - a module that Django or a well-known app imports by its name: `models`, `admin`, `auth_hooks` and others;
    - a module that is imported by one of which nobody can say whether a worker loads it.

    A management command, a script, test code and another module of tasks that no worker knows import nothing for a
    worker, nor does what is imported for type checkers alone.

    ## Fix
    Imports the module in the nearest tasks module, where there is one that workers find. Unsafe: whatever else the
    module does when it is imported is done in the worker then. Nothing is done where the module imports that tasks
    module itself, or where the tasks module has such a name already.

    ## Settings
    `tasks-modules` (`["tasks"]`): the modules that workers look for.

    ## Profile
    Both. In an app of Alliance Auth a worker looks for `tasks`; elsewhere the project must hold the call of
    `autodiscover_tasks`, or name modules in `include` or `imports`.

    ## Proof
    - `test_defining.py::test_a_task_that_the_worker_has_not_imported_is_refused`: its message is dropped.
    - `test_defining.py::test_autodiscovery_imports_modules_called_tasks_and_no_other`: a task elsewhere is unknown.
    - `test_defining.py::test_autodiscovery_does_not_look_into_a_package_called_tasks`: nor are its modules imported.
    - `test_defining.py::test_autodiscovery_finds_what_a_tasks_module_imports`: what the cure rests on.

    ## References
    - [Celery: autodiscover_tasks](https://docs.celeryq.dev/en/stable/reference/celery.html#celery.Celery.autodiscover_tasks)
    """
    task, others = unregistered.task, unregistered.others
    more = f" and {others} more" if others else ""
    listed_in = unregistered.unlisted_in
    cure = f"add its package to `{listed_in}`" if listed_in else "import it in a tasks module"
    message = f"no worker imports `{module.file_name}`, so it refuses `{task.name}`{more}: {cure}"
    yield Violation.at(task.definition, message, _fix(unregistered))


def _fix(unregistered: Unregistered) -> Fix | None:
    if unregistered.tasks_module is None:
        return None
    source, name = unregistered.way_there
    return Fix("unsafe", "Import it in the tasks module", ImportInTasksModule(unregistered.tasks_module, source, name))
