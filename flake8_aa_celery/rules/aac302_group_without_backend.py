"""AAC302: what a group does can be collected by nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.syntax import is_statement
from flake8_aa_celery.model.expressions.facts import Signature, Workflow
from flake8_aa_celery.model.sending.workflows import groups_returned, groups_sent
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.expressions.facts import Dispatch, Mapping, Value
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
    Writes `chain` for `group`, where every member is known to be an immutable signature without a countdown, and
    nobody uses the group or what its dispatch returns: that of an empty chain is `None`. Unsafe: the tasks run one
    after the other, and when one fails, those behind it do not run.

    ## Settings
    `result-backend` (`"auto"`): `true` or `false` where the backend is configured in a place that is not seen.

    ## Profile
    Both: it is so in every project. With the profile `celery` only where the project says that there is no backend,
    by `result_backend = None` or the setting: elsewhere one may come from the environment.

    ## Proof
    - `test_results_and_workflows.py::test_a_group_runs_but_its_result_is_unusable`: its members run, `.get()` raises.
    - `test_results_and_workflows.py::test_an_empty_chain_does_nothing`: and returns `None`, which is why the fix is
      not made where the answer is used.
    - `test_results_and_workflows.py::test_a_group_at_the_end_of_a_chain_runs`: which is left alone.

    ## References
    - [Alliance Auth: Can I use long-running tasks?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#can-i-use-long-running-tasks)
    - [Celery: groups](https://docs.celeryq.dev/en/stable/userguide/canvas.html#groups)
    """
    groups = groups_sent(module)
    if not groups or module.project.has_result_backend:
        return
    advice = "the FAQ supports chains only" if settings.profile == "alliance-auth" else "configure one, or use a chain"
    for group, node in groups:
        message = f"this `group` runs, but nothing can collect its results without a result backend: {advice}"
        yield Violation.at(node, message, _fix(group, module))


def _fix(group: Workflow, module: Module) -> Fix | None:
    if group.module is not module or not group.members.complete or not group.members.elements:
        return None
    if not all(_can_wait(member.value) for member in group.members.elements) or not _is_sent_alike(group, module):
        return None
    title = "Make it a `chain`: one task after the other, none behind one that fails"
    return Fix("unsafe", title, "chain_instead_of_group")


def _is_sent_alike(group: Workflow, module: Module) -> bool:
    """Whether a chain can be sent as the group is.

    A chain would give a countdown to its first task alone, and its dispatch returns one result, or None where it is
    empty: so nobody may get that, nor the group itself.
    """
    sent = [each for each in module.dispatches if _is_of(each, group)]
    if not sent or any(returned.node is group.node for returned in groups_returned(module)):
        return False
    options = (group.options, *(dispatch.options for dispatch in sent))
    return all(is_statement(dispatch.node, dispatch.site) for dispatch in sent) and all(map(_runs_at_once, options))


def _is_of(dispatch: Dispatch, group: Workflow) -> bool:
    return isinstance(dispatch.receiver, Workflow) and dispatch.receiver.node is group.node


def _can_wait(member: Value) -> bool:
    """Whether a member of a group does the same as a link of a chain."""
    return isinstance(member, Signature) and member.immutable is True and _runs_at_once(member.options)


def _runs_at_once(options: Mapping) -> bool:
    return options.lacks("countdown") and options.lacks("eta")
