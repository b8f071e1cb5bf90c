"""AAC207: the priority of a chain reaches its first task alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.priorities.settings import later_at_default, may_be_inherited
from flake8_aa_celery.model.resolve.values import Dispatch, Workflow
from flake8_aa_celery.rules.words import fix_on_each
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.priorities.settings import PrioritySetting
    from flake8_aa_celery.violation import Fix

#: The priority at which Alliance Auth runs what is given none.
_DEFAULT = 5


def check(setting: PrioritySetting, module: Module) -> Iterator[Violation]:
    """
    A priority is given to a chain and reaches its first task alone.

    Flags a priority that is given to a chain of more than one task, or of a list that is filled in a loop or
    comprehension: by `apply_async`, by `.set` on the chain, or by calling it.

    ## Why
    Celery sends the first task of a chain with the options of the dispatch. Each further task is sent by the worker
    that has finished the one before it, with the options of its own signature; without any it runs at the default.
    So a bulk update that was meant to run at 8 runs at 5 from its second task on.

    ## Example
    ```python
    from celery import chain, shared_task


    @shared_task
    def update_character(pk): ...


    @shared_task
    def update_all(pks):
        chain(update_character.si(pk) for pk in pks).apply_async(priority=8)
    ```

    ## Instead
    ```python
    from celery import chain, shared_task


    @shared_task
    def update_character(pk): ...


    @shared_task
    def update_all(pks):
        chain(update_character.si(pk).set(priority=8) for pk in pks).delay()
    ```

    ## Leaves alone
    - a chain in which every later signature has a priority, by `.set` or by the decorator of its task;
    - a chain of one task, and the task behind a group with which a chain begins: a chord gives its options to all;
    - a priority of 5, the default of Alliance Auth, and projects that set `task_inherit_parent_priority`, unless the
      chain is called;
    - what cannot be resolved and may have a priority: `*more`; but not `task.si(pk)`, of whatever task that is.

    ## Fix
    Puts `.set(priority=…)` after every signature of the chain that has none, and takes the priority from the call,
    unless a signature has one of its own. Unsafe: all tasks but the first run at another priority. Nothing is done to
    a chain whose signatures are not all seen in the same file, where the chain, its list or a signature has another
    use, such as a second workflow that shares the list, and where the priority is a name that means something
    else, or nothing, where they are made.

    ## Profile
    Both: it is so in every project.

    ## Proof
    - `test_priority.py::test_a_chains_priority_reaches_only_its_first_task`: the claim.
    - `test_priority.py::test_set_on_a_chain_reaches_only_its_first_task`: `.set` is no better.
    - `test_priority.py::test_a_workflows_delay_takes_a_priority_as_an_argument`: calling it reaches none.
    - `test_priority.py::test_a_priority_set_on_each_signature_of_a_chain_holds`: what helps.
    - `test_priority.py::test_a_chain_of_one_task_runs_it_at_the_chains_priority`: why that is left alone.
    - `test_priority.py::test_delay_sends_at_the_default_priority`: and a priority of 5.
    - `test_priority.py::test_inherit_parent_priority_carries_a_chains_priority_on`: and projects that say so.

    ## References
    - [Celery: chains](https://docs.celeryq.dev/en/stable/userguide/canvas.html#chains)
    - [Alliance Auth: How can I use priorities for tasks?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#how-can-i-use-priorities-for-tasks)
    """
    chain = setting.receiver
    if not isinstance(chain, Workflow) or chain.kind != "chain" or setting.value is None:
        return
    if later_at_default(chain) and not _reaches_all(setting, module.project):
        yield Violation.at(setting.node, _message(setting), _fix(setting, chain, module))


def _is_called(setting: PrioritySetting) -> bool:
    """Whether the chain is called, which makes an argument of the priority."""
    return isinstance(setting.owner, Dispatch) and setting.owner.method == "()"


def _reaches_all(setting: PrioritySetting, project: Project) -> bool:
    """Whether the other tasks of the chain run at that priority all the same."""
    if _is_called(setting):
        return False
    is_default = setting.value == _DEFAULT and project.settings.is_of_alliance_auth
    return is_default or may_be_inherited(project)


def _message(setting: PrioritySetting) -> str:
    if _is_called(setting):
        return "calling a chain hands this priority to its first task as an argument: `.set(priority=…)` on each task"
    return "only the first task of the chain gets this priority, the others the default: `.set(priority=…)` on each"


def _fix(setting: PrioritySetting, chain: Workflow, module: Module) -> Fix | None:
    call = setting.owner.node if isinstance(setting.owner, (Dispatch, Workflow)) else None
    return fix_on_each("priority", setting.entry, chain, call, module)
