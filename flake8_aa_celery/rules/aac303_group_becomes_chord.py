"""AAC303: a group that a task follows is a chord."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.canvas.workflows import is_unrolled
from flake8_aa_celery.model.configuration.result_backend import has_result_backend
from flake8_aa_celery.model.resolve.values import Workflow
from flake8_aa_celery.rules.words import called, shortened
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.canvas.workflows import Followed
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Value


def check(followed: Followed, module: Module) -> Iterator[Violation]:
    """
    A group that a task follows becomes a chord, which cannot be started without a result backend.

    Flags a `group` before another member of a chain, be the chain written with `chain(…)`, with `|`, or filled in a
    list, in a project that configures no result backend.

    ## Why
    What follows a group has to wait until all of its tasks are done, so Celery makes a chord of the two. Without a
    result backend it raises `NotImplementedError: Starting chords requires a result backend` where the chain is
    started; tasks before the group are not sent either. Alliance Auth has no result backend.

    ## Example
    ```python
    from celery import group, shared_task


    @shared_task
    def update_character(pk): ...


    @shared_task
    def report(): ...


    @shared_task
    def update_all(pks):
        (group(update_character.si(pk) for pk in pks) | report.si()).delay()
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
    - projects with a result backend, as AAC301 finds it;
    - a group at the end of a chain, for which nobody waits;
    - a group of a single signature, which takes the place of the group.

    ## Settings
    `result-backend` (`"auto"`): `true` or `false` where the backend is configured in a place that is not seen.

    ## Profile
    Both: it is so in every project. With the profile `celery` only where the project says that there is no backend,
    by `result_backend = None` or the setting: elsewhere one may come from the environment.

    ## Proof
    - `test_results_and_workflows.py::test_a_group_piped_into_a_task_becomes_a_chord`: `(group(…) | task).delay()`
      raises.
    - `test_results_and_workflows.py::test_a_group_before_a_task_in_a_chain_becomes_a_chord`: so does
      `chain(group(…), task).delay()`.
    - `test_results_and_workflows.py::test_a_group_in_the_middle_of_a_chain_becomes_a_chord`: what stands before
      the group is not sent.
    - `test_results_and_workflows.py::test_a_group_of_one_before_a_task_is_no_chord`: which is left alone.

    ## References
    - [Celery: chords](https://docs.celeryq.dev/en/stable/userguide/canvas.html#chords)
    - [Alliance Auth: Can I use long-running tasks?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#can-i-use-long-running-tasks)
    """
    if _is_group(followed.member.value) and not has_result_backend(module.project):
        what = f"before {shortened(called(followed.following.value), 30)} this `group` becomes a chord"
        yield Violation.at(followed.node, f"{what}, which raises without a result backend: use a `chain`")


def _is_group(value: Value) -> bool:
    """Whether a member of a chain is a group that Celery makes a chord of."""
    return isinstance(value, Workflow) and value.kind == "group" and not is_unrolled(value)
