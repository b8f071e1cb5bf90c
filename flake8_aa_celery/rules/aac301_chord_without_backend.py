"""AAC301: a chord cannot be started without a result backend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.configuration.result_backend import has_result_backend
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Workflow


def check(workflow: Workflow, module: Module) -> Iterator[Violation]:
    """
    A chord cannot be started without a result backend.

    Flags every `chord`, whether it is started here or elsewhere, in a project that configures no result backend.

    ## Why
    A chord calls its body when all tasks of its header have reported to the result backend that they are done. Without
    one Celery raises `NotImplementedError: Starting chords requires a result backend` where the chord is started, and
    sends nothing. Alliance Auth has no result backend.

    ## Example
    ```python
    from celery import chord, shared_task


    @shared_task
    def update_character(pk): ...


    @shared_task
    def report(): ...


    @shared_task
    def update_all(pks):
        chord([update_character.si(pk) for pk in pks], report.si()).delay()
    ```

    ## Instead
    ```python
    from celery import chain, shared_task


    @shared_task
    def update_character(pk): ...


    @shared_task
    def report(): ...


    @shared_task
    def update_all(pks):
        chain([*(update_character.si(pk) for pk in pks), report.si()]).delay()
    ```

    ## Leaves alone
    - projects in which a result backend is configured anywhere outside of their tests: `Celery(backend=…)`,
      `app.conf.result_backend`, `app.conf.update(result_backend=…)`, `CELERY_RESULT_BACKEND`, `result_backend` in a
      configuration module;
    - a `group` that a task follows, which becomes a chord, too: that is AAC303.

    ## Settings
    `result-backend` (`"auto"`): `true` or `false` where the backend is configured in a place that is not seen, such
    as an environment variable, or where what is configured in the project does not count.

    ## Profile
    Both: it is so in every project. With the profile `celery` only where the project says that there is no backend,
    by `result_backend = None` or the setting: elsewhere one may come from the environment.

    ## Proof
    - `test_results_and_workflows.py::test_a_called_chord_needs_a_result_backend`: `chord(header)(body)` raises and
      sends nothing.
    - `test_results_and_workflows.py::test_a_delayed_chord_needs_a_result_backend`: so does
      `chord(header, body).delay()`.

    ## References
    - [Celery: important notes on chords](https://docs.celeryq.dev/en/stable/userguide/canvas.html#important-notes)
    - [Alliance Auth: Can I use long-running tasks?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#can-i-use-long-running-tasks)
    """
    if workflow.kind == "chord" and not has_result_backend(module.project):
        message = "this `chord` raises when it is started, as there is no result backend: use a `chain`"
        yield Violation.at(workflow.node, message)
