"""AAC207: the priority of a chain reaches its first task alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.facts import Dispatch, Workflow
from flake8_aa_celery.model.priorities import later_at_default
from flake8_aa_celery.rules import rule
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.model.priorities import PrioritySetting
    from flake8_aa_celery.settings import Settings


@rule("AAC207", "chain-priority-first-only")
def check(module: Module, settings: Settings) -> Iterator[Violation]:
    """A priority that is given to a chain reaches its first task alone.

    Flagged is a priority that is given to a chain of more than one task, or of a list that is filled in a loop or
    comprehension: by `apply_async`, by `.set` on the chain, or by calling it.

    ## Why
    Celery sends the first task of a chain with the options of the dispatch. Each further task is sent by the worker
    that has finished the one before it, with the options of its own signature; without any it runs at the default.
    So a bulk update that was meant to run at 8 runs at 5 from its second task on.

    ## Example
    ```python
    from celery import chain, shared_task

    @shared_task
    def update_character(pk):
        ...

    @shared_task
    def update_all(pks):
        chain(update_character.si(pk) for pk in pks).apply_async(priority=8)
    ```

    ## Instead
    ```python
    from celery import chain, shared_task

    @shared_task
    def update_character(pk):
        ...

    @shared_task
    def update_all(pks):
        chain(update_character.si(pk).set(priority=8) for pk in pks).delay()
    ```

    ## Leaves alone
    - a chain in which every later signature has a priority, by `.set` or by the decorator of its task;
    - a chain of one task;
    - signatures that cannot be resolved: they may have a priority.

    ## Profile
    Both: that is how Celery works. A project that sets `task_inherit_parent_priority` does not need the rule.

    ## Proof
    - `test_priority.py::test_a_chains_priority_reaches_only_its_first_task`: the claim.
    - `test_priority.py::test_set_on_a_chain_reaches_only_its_first_task`: `.set` is no better.
    - `test_priority.py::test_a_workflows_delay_takes_a_priority_as_an_argument`: calling it reaches none.
    - `test_priority.py::test_a_priority_set_on_each_signature_of_a_chain_holds`: what helps.
    - `test_priority.py::test_a_chain_of_one_task_runs_it_at_the_chains_priority`: why that is left alone.

    ## References
    - [Celery: Chains](https://docs.celeryq.dev/en/stable/userguide/canvas.html#chains)
    - [Alliance Auth: How can I use priorities for tasks?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#how-can-i-use-priorities-for-tasks)
    """
    for setting in module.priorities:
        chain = _chain(setting)
        if chain and setting.value is not None and later_at_default(chain):
            yield Violation.at(setting.node, _message(setting))


def _chain(setting: PrioritySetting) -> Workflow | None:
    """The chain that is given a priority, if it is one."""
    owner = setting.owner.receiver if isinstance(setting.owner, Dispatch) else setting.owner
    return owner if isinstance(owner, Workflow) and owner.kind == "chain" else None


def _message(setting: PrioritySetting) -> str:
    if isinstance(setting.owner, Dispatch) and setting.owner.method == "()":
        return "calling a chain hands this priority to its first task as an argument: set it on each signature"
    return "only the first task of the chain gets this priority, the rest run at the default: set it on each signature"
