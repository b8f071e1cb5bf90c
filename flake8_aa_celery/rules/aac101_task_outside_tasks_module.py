"""AAC101: a task in a module where nobody looks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.patterns import first_plain
from flake8_aa_celery.rewrites import MoveToTasksModule
from flake8_aa_celery.rules.words import fitted, shortened
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Task
    from flake8_aa_celery.model.tasks.places import Misplaced


def check(misplaced: Misplaced, module: Module) -> Iterator[Violation]:
    """
    Tasks are defined in a module that is no tasks module.

    Flags, once and at its first task, a module with tasks that is neither called `tasks` nor part of a package called
    `tasks`. The message says whether a tasks module imports it: then its tasks are registered all the same.

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
    - modules of a package called `tasks`: they are imported by its `__init__.py`;
    - modules that the setting `tasks-modules` names.

    ## Fix
    Moves each task to the package's `tasks.py`, with the imports it needs and the comments above it, and imports it
    in the module where it stood. Its decorator gets the name that it has now, so that schedules and waiting messages
    find it. A `tasks.py` is made where there is none. Unsafe: other code may rest on where the task is. Nothing is
    done, and `-v` says why, where the task uses what its module defines, where `tasks.py` leads to that module by
    whatever imports, has such a name already, is excluded, or would stand beside a package `tasks`, where the folder
    is no package or no app whose `tasks.py` anything would import, where a `noqa` stands at its decorator, and to a
    static method.

    ## Settings
    `tasks-modules` (`["tasks"]`): the modules and packages that tasks belong in, by their names or by patterns such as
    `tasks_*`.

    ## Profile
    Alliance Auth alone: its documentation asks for `tasks.py`. Other projects list their modules in `imports`, or
    import them where their application is made.

    ## Proof
    - `test_defining.py::test_autodiscovery_imports_modules_called_tasks_and_no_other`: tasks elsewhere are unknown.

    ## References
    - [Celery: autodiscover_tasks](https://docs.celeryq.dev/en/stable/reference/celery.html#celery.Celery.autodiscover_tasks)
    """
    wanted = first_plain(module.project.settings.tasks_modules, "tasks")
    yield Violation.at(misplaced.tasks[0].node, _message(misplaced, module, wanted), _fix(misplaced, wanted))


def _message(misplaced: Misplaced, module: Module, wanted: str) -> str:
    name, others = misplaced.tasks[0].name, len(misplaced.tasks) - 1
    tasks = f"`{{}}` and {others} more are" if others else "the task `{}` is"
    where, it = f"{tasks} defined in `{shortened(module.file_name, 24)}`", "them" if others else "it"
    if misplaced.is_imported:
        return fitted(f"{where}, registered as `{wanted}.py` imports it: move {it}, or set `tasks-modules`", name)
    return fitted(f"{where}: move {it} to `{wanted}.py`, where workers look for tasks", name)


def _fix(misplaced: Misplaced, wanted: str) -> Fix | None:
    moves = [_move(task, wanted) for task in misplaced.tasks if _can_move(task)]
    if not moves:
        return None
    first, *others = moves
    first.others = tuple(others)
    return Fix("unsafe", f"Move it to `{wanted}.py`", first)


def _can_move(task: Task) -> bool:
    return task.site.block.kind == "module" and task.registered_name is not None and task.spelling != "removed"


def _move(task: Task, wanted: str) -> MoveToTasksModule:
    name = (task.registered_name or "") if task.options.lacks("name") else ""
    in_package = "." in task.module.dotted
    return MoveToTasksModule(wanted, name, task.position, in_package=in_package, line=task.node.lineno)
