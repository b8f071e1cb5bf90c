"""AAC302: what a group does can be collected by nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.workflows import groups_sent
from flake8_aa_celery.rules import rule
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.settings import Settings


@rule("AAC302", "group-without-backend")
def check(module: Module, settings: Settings) -> Iterator[Violation]:
    """Nothing can collect the results of a group without a result backend.

    Flagged is a `group` that is started (`delay`, `apply_async`, a call) or returned from a function, in a project
    that configures no result backend. It is reported once, where the group is made.

    ## Why
    The tasks of the group run, all at once. But the `GroupResult` that comes back answers nothing: whether they
    are done, failed, or what they returned cannot be known without a result backend, which Alliance Auth does not
    have. Its FAQ supports chains only, which also leave room in the queues for the tasks of other apps.

    ## Example
    ```python
    from celery import group, shared_task

    @shared_task
    def update_character(pk): ...

    @shared_task
    def update_all(pks):
        group(update_character.si(pk) for pk in pks).delay()
    ```

    ## Instead
    ```python
    from celery import chain, shared_task

    @shared_task
    def update_character(pk): ...

    @shared_task
    def update_all(pks):
        chain([update_character.si(pk) for pk in pks]).delay()
    ```
    A task that fails ends its chain. Where the others must run all the same, dispatch them one by one.

    ## Leaves alone
    A project with a result backend, as AAC301 finds it. A group that is neither started nor returned. A group at
    the end of a chain, since nobody waits for it; one that a task follows is AAC303.

    ## Settings
    `result-backend` (`auto`): `true` or `false` where the backend is configured in a place that is not seen.

    ## Profile
    Both. For a plain Celery project the message leaves out what Alliance Auth supports.

    ## Proof
    - `test_results_and_workflows.py::test_a_group_runs_but_its_result_is_unusable`: its members run, `.get()` raises.
    - `test_results_and_workflows.py::test_a_group_at_the_end_of_a_chain_runs`: which is left alone.

    ## References
    - [Alliance Auth: Can I use long-running tasks?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#can-i-use-long-running-tasks)
    - [Celery: Groups](https://docs.celeryq.dev/en/stable/userguide/canvas.html#groups)
    """
    groups = groups_sent(module)
    if not groups or module.project.has_result_backend():
        return
    advice = "the FAQ supports chains only" if settings.profile == "alliance-auth" else "configure one, or use a chain"
    for _, node in groups:
        yield Violation.at(
            node, f"this `group` runs, but nothing can collect its results without a result backend: {advice}"
        )
