"""AAC304: a result answers nothing without a result backend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.configuration.result_backend import has_result_backend
from flake8_aa_celery.model.results.uses import is_only_revoked
from flake8_aa_celery.rules.words import called, shortened
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.results.uses import ResultUse


def check(use: ResultUse, module: Module) -> Iterator[Violation]:
    """
    A result is asked something that it cannot answer without a result backend.

    Flags `get`, `wait`, `join`, `collect`, `ready`, `successful`, `failed`, `forget`, `status`, `state`, `result`,
    `info` and `traceback` on what a dispatch returned, and `AsyncResult(…)`, `GroupResult(…)`,
    `GroupResult.restore(…)` and `ResultSet(…)`, in a project that configures no result backend.

    ## Why
    A worker leaves what became of a task in the result backend, and nowhere else. Without one, waiting for a result
    and forgetting it raise `NotImplementedError`, and any question raises `AttributeError: 'DisabledBackend' object
    has no attribute '_get_task_meta_for'`. Alliance Auth has no result backend: let the task itself write down or
    send what it found out.

    ## Example
    ```python
    # app/views.py
    from django.http import JsonResponse

    from .tasks import update_character


    def update(request, pk):
        result = update_character.delay(pk)
        return JsonResponse({"done": result.ready()})

    # app/tasks.py
    from celery import shared_task


    @shared_task
    def update_character(pk): ...
    ```

    ## Instead
    ```python
    # app/views.py
    from django.http import JsonResponse

    from .tasks import update_character


    def update(request, pk):
        result = update_character.delay(pk)
        return JsonResponse({"task": result.id})

    # app/tasks.py
    from celery import shared_task


    @shared_task
    def update_character(pk): ...
    ```

    ## Leaves alone
    - projects with a result backend, as AAC301 finds it;
    - `id`, `task_id` and `revoke()`, and an `AsyncResult` that only serves to revoke a task;
    - the same names on anything but the result of a dispatch;
    - a wait inside a task, which Celery refuses with a backend and without: it is reported once, as AAC305.

    ## Settings
    `result-backend` (`"auto"`): `true` or `false` where the backend is configured in a place that is not seen.

    ## Profile
    Both: it is so in every project. With the profile `celery` only where the project says that there is no backend,
    by `result_backend = None` or the setting: elsewhere one may come from the environment.

    ## Proof
    - `test_results_and_workflows.py::test_waiting_for_a_result_needs_a_result_backend`: `get`, `wait`, `collect` and
      `forget` raise.
    - `test_results_and_workflows.py::test_asking_a_result_needs_a_result_backend`: `ready`, `successful`,
      `failed` raise.
    - `test_results_and_workflows.py::test_reading_a_result_needs_a_result_backend`: the attributes raise.
    - `test_results_and_workflows.py::test_an_async_result_by_id_needs_a_result_backend`: `AsyncResult(id)` is made
      without a word and answers nothing.
    - `test_results_and_workflows.py::test_revoke_needs_no_result_backend`: which is left alone.

    ## References
    - [Celery: keeping Results](https://docs.celeryq.dev/en/stable/getting-started/first-steps-with-celery.html#keeping-results)
    - [Alliance Auth: Can I use long-running tasks?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#can-i-use-long-running-tasks)
    """
    if not has_result_backend(module.project) and not (use.dispatch is None and is_only_revoked(use, module)):
        yield Violation.at(use.node, _message(use))


def _message(use: ResultUse) -> str:
    if use.dispatch is None:
        return f"`{use.name}` knows nothing without a result backend: have the task save what you need"
    instead = "there is nothing to forget" if use.name == "forget" else "do the rest in that task"
    result = f"the result of {shortened(called(use.dispatch.receiver), 30)}"
    return f"`{use.name}` of {result} raises without a result backend: {instead}"
