"""AAC102: a task that is tied to one application, or registered in a way that Celery removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.configuration.applications import has_one_application, imports_of_application
from flake8_aa_celery.model.resolve.occurrences import apps_of
from flake8_aa_celery.model.resolve.task_functions import tasks_of
from flake8_aa_celery.rewrites import Spot, UseSharedTask
from flake8_aa_celery.rules.words import fitted
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Task


def check(task: Task, module: Module) -> Iterator[Violation]:
    """
    A task is registered in another way than by `@shared_task`.

    Flags `@app.task` of a Celery application, and the spellings that Celery 5 removed: `from celery import task`,
    `celery.task`, `celery.decorators`, `@periodic_task`.

    ## Why
    `@app.task` ties an app to the one project whose Celery application it imports: nobody else can install it.
    A task made with `@shared_task` belongs to whatever application the worker runs. The removed spellings raise an
    `ImportError` or `AttributeError` when the module is imported, so that the worker does not start.

    ## Example
    ```python
    from myauth.celery import app


    @app.task
    def update_all(): ...
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task
    def update_all(): ...
    ```

    ## Leaves alone
    - the module that creates the `Celery(...)` application: a task there belongs to it;
    - `.task` of anything that is not known to be a Celery application.

    ## Fix
    Puts `@shared_task` in the place of the decorator, keeps its options, adds the import, and takes out the one
    that nothing uses any more. Safe: the task has the same name and options, and a removed spelling could only
    raise. An import from a file of the project stays, with a `noqa`: it makes the application, and without it tasks
    would be sent to the default one. Unsafe where the project has more than one application, or one that is not made
    the current one: a shared task is sent by the current application.

    Nothing is done to `@periodic_task`, whose schedule belongs in the settings, and to a task with `shared` or
    `lazy`, which only an application knows; beside such a task, the other tasks of an application stay as they are.

    ## Profile
    Both for the spellings that Celery removed. `@app.task` is flagged with the profile of Alliance Auth alone: an app
    that others install cannot know their application, a project knows its own.

    ## Proof
    - `test_defining.py::test_a_task_of_one_application_is_unknown_to_another`: `@shared_task` registers with every one.
    - `test_defining.py::test_the_old_task_decorators_are_gone`: importing them raises.

    ## References
    - [Celery: using the @shared_task decorator](https://docs.celeryq.dev/en/stable/django/first-steps-with-django.html#using-the-shared-task-decorator)
    - [Celery 5: removed `celery.task` and `celery.decorators`](https://docs.celeryq.dev/en/stable/history/whatsnew-5.0.html)
    """
    flagged = ("app", "removed") if module.project.settings.is_of_alliance_auth else ("removed",)
    # what a decorator of the project does is to be changed there, where it is one decorator for many tasks
    if task.spelling in flagged and task.maker is None and not apps_of(module):
        yield Violation.at(task.decorator, _message(task), _fix(task, module))


def _message(task: Task) -> str:
    if task.spelling == "app":
        form = "`{}` is tied to one Celery application, so no other site can use it: register it with `@shared_task`"
        return fitted(form, task.name)
    return fitted(
        f"Celery 5 has no `{task.removed_origin}`, so this raises: register `{{}}` with `@shared_task`", task.name
    )


def _fix(task: Task, module: Module) -> Fix | None:
    if task.spelling == "removed":
        return Fix("safe", "Use `@shared_task`", UseSharedTask()) if _can_be_shared(task) else None
    of_applications = [other for other in tasks_of(module) if other.spelling == "app" and other.maker is None]
    if not all(map(_can_be_shared, of_applications)):
        return None  # half of the module would belong to one application, and half of it to any
    others = [Spot.of(other.decorator) for other in of_applications]
    rewrite = UseSharedTask(imports_of_application(task), others)
    if has_one_application(task.module.project):
        return Fix("safe", "Use `@shared_task`", rewrite)
    return Fix("unsafe", "Use `@shared_task`: the current application sends it", rewrite)


def _can_be_shared(task: Task) -> bool:
    own = any(not task.options.lacks(option) for option in ("shared", "lazy"))
    return not own and not task.removed_origin.endswith("periodic_task")
