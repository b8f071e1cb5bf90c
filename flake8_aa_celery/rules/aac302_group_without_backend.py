"""AAC302: what a group does can be collected by nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.expressions.facts import Signature, Workflow
from flake8_aa_celery.model.sending.workflows import groups_sent
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.expressions.facts import Mapping, Value
    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.settings import Settings


def check(module: Module, settings: Settings) -> Iterator[Violation]:
    """
    A group is sent whose results nothing can collect without a result backend.

    Flags a `group` that is started (`delay`, `apply_async`, a call) or returned from a function, in a project that
    configures no result backend: once, where the group is made.

    ## Why
    The tasks of the group run. But the `GroupResult` that comes back answers nothing: whether they are done or have
    failed, and what they returned, cannot be known without a result backend, which Alliance Auth does not have. Its
    FAQ supports chains only, which also leave room in the queues for the tasks of other apps.

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
    - projects with a result backend, as AAC301 finds it;
    - a group that is neither started nor returned;
    - a group at the end of a chain, for which nobody waits, and one that a task follows, which is AAC303.

    ## Fix
    Writes `chain` for `group`, where every member is known to be an immutable signature without a countdown.
    Unsafe: the tasks run one after the other, and when one fails, those behind it do not run.

    ## Settings
    `result-backend` (`"auto"`): `true` or `false` where the backend is configured in a place that is not seen.

    ## Profile
    Both: it is so in every project. With the profile `celery` only where the project says that there is no backend,
    by `result_backend = None` or the setting: elsewhere one may come from the environment.

    ## Proof
    - `test_results_and_workflows.py::test_a_group_runs_but_its_result_is_unusable`: its members run, `.get()` raises.
    - `test_results_and_workflows.py::test_a_group_at_the_end_of_a_chain_runs`: which is left alone.

    ## References
    - [Alliance Auth: Can I use long-running tasks?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#can-i-use-long-running-tasks)
    - [Celery: groups](https://docs.celeryq.dev/en/stable/userguide/canvas.html#groups)
    """
    groups = groups_sent(module)
    if not groups or module.project.has_result_backend():
        return
    advice = "the FAQ supports chains only" if settings.profile == "alliance-auth" else "configure one, or use a chain"
    for group, node in groups:
        message = f"this `group` runs, but nothing can collect its results without a result backend: {advice}"
        yield Violation.at(node, message, _fix(group, module))


def _fix(group: Workflow, module: Module) -> Fix | None:
    if group.module is not module or not group.members.complete or not group.members.elements:
        return None
    if not all(_can_wait(member.value) for member in group.members.elements) or _is_delayed(group, module):
        return None
    title = "Make it a `chain`: one task after the other, none behind one that fails"
    return Fix("unsafe", title, "chain_instead_of_group")


def _is_delayed(group: Workflow, module: Module) -> bool:
    """Whether what starts the group gives it an option that a chain would give to its first task alone."""
    options = [group.options]
    for dispatch in module.dispatches:
        sent = dispatch.receiver
        options += [dispatch.options] if isinstance(sent, Workflow) and sent.node is group.node else []
    return not all(map(_runs_at_once, options))


def _can_wait(member: Value) -> bool:
    """Whether a member of a group does the same as a link of a chain."""
    return isinstance(member, Signature) and member.immutable is True and _runs_at_once(member.options)


def _runs_at_once(options: Mapping) -> bool:
    return options.lacks("countdown") and options.lacks("eta")
