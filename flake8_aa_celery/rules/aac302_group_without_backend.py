"""AAC302: what a group does can be collected by nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.canvas.only_use import is_only_sent
from flake8_aa_celery.model.code.syntax import is_statement
from flake8_aa_celery.model.configuration.result_backend import has_result_backend
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.model.resolve.values import Signature, Task
from flake8_aa_celery.rewrites import ChainInsteadOfGroup
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.canvas.workflows import SentGroup
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Mapping, Value


def check(sent: SentGroup, module: Module) -> Iterator[Violation]:
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
    Writes `chain` for `group`, where every member is known to be an immutable signature without a countdown of a task
    that is no celery-once task, the group is sent without options, of which a chain gives its first task all, and
    nobody uses it otherwise (`skew`) or what its dispatch returns: that of an empty chain is `None`. Unsafe: the
    tasks run one after the other, and when one fails, those after it do not run.

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
    if has_result_backend(module.project):
        return
    of_alliance_auth = module.project.settings.is_of_alliance_auth
    what = "this `group` runs, but nothing can collect its results without a result backend"
    if of_alliance_auth:
        message = f"{what}: Alliance Auth asks for a `chain`"
    else:
        message = f"{what}: configure one, or use a `chain`"
    yield Violation.at(sent.node, message, _fix(sent, module))


def _fix(sent: SentGroup, module: Module) -> Fix | None:
    group = sent.group
    if group.module is not module or not group.members.complete or not group.members.elements:
        return None
    if not all(_can_wait(member.value) for member in group.members.elements) or not _can_be_chain(sent):
        return None
    if not is_only_sent(group):
        return None  # what else is asked of it, such as `skew`, a chain may not have
    title = "Make it a `chain`: one task after the other, none after one that fails"
    return Fix("unsafe", title, ChainInsteadOfGroup())


def _can_be_chain(sent: SentGroup) -> bool:
    """Whether a chain can be sent as the group is.

    A chain would give every option to its first task alone, and its dispatch returns one result, or None where it is
    empty: so nobody may get that, nor the group itself.
    """
    options = (sent.group.options, *(dispatch.options for dispatch in sent.dispatches))
    nobody_gets = not sent.returns and all(is_statement(each.node, each.site) for each in sent.dispatches)
    return bool(sent.dispatches) and nobody_gets and all(given.complete and not given.entries for given in options)


def _can_wait(member: Value) -> bool:
    """Whether a member of a group does the same as a link of a chain."""
    if not isinstance(member, Signature) or member.immutable is not True or not _runs_at_once(member.options):
        return False
    return not isinstance(member.task, Task) or not bases_of(member.task).is_once


def _runs_at_once(options: Mapping) -> bool:
    return options.lacks("countdown") and options.lacks("eta")
