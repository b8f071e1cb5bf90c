"""AAC210: a priority that does not arrive."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.rewrites import OptionOnEach, SetOption, Spot, UseApplyAsync
from flake8_aa_celery.rules.words import called, shortened
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.priorities.lost import LostPriority
    from flake8_aa_celery.rewrites import Rewrite

#: The priority at which Alliance Auth runs what is given none.
_DEFAULT = "5"


def check(lost: LostPriority, module: Module) -> Iterator[Violation]:
    """
    A priority does not arrive where it was meant to.

    Flags a `map`, `starmap` or `chunks` that is sent without a priority and whose task has one in its decorator; a
    `link` without a priority beside a `priority`; and `self.replace(…)` without one in a task that has one.

    ## Why
    A map is a message of Celery's own task `celery.map`, which knows nothing of the priority of the task in it. And a
    task hands its priority to nobody: what is linked to it, or takes its place, runs at the default.

    ## Example
    ```python
    from celery import shared_task


    @shared_task(priority=7)
    def update(pk): ...


    def update_all(pks):
        update.map(pks).delay()
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task(priority=7)
    def update(pk): ...


    def update_all(pks):
        update.map(pks).apply_async(priority=7)
    ```

    ## Leaves alone
    - what has a priority by `.set`, by the decorator of its task, or by the dispatch;
    - a priority of 5, which is the default, and one that cannot be resolved;
    - projects that set `task_inherit_parent_priority`, as to what is linked and replaced.

    ## Fix
    Gives the dispatch of a map, or the signature by `.set`, the priority that is lost. Unsafe: it runs at another one.
    Nothing is done where the priority is not written as a number in the same file.

    ## Profile
    Alliance Auth alone, which runs by priorities. Off by default: who links a task seldom means it to be as urgent.

    ## Proof
    - `test_mapping.py::test_map_ignores_the_tasks_priority`: the claim, for `map`.
    - `test_mapping.py::test_starmap_and_chunks_ignore_the_tasks_priority`: for the others.
    - `test_mapping.py::test_map_takes_a_priority_of_its_own`: what helps.
    - `test_callbacks.py::test_a_linked_task_does_not_inherit_the_priority`: the claim, for `link`.
    - `test_callbacks.py::test_a_linked_task_has_the_priority_that_is_set_on_it`: what helps.
    - `test_nesting.py::test_replace_loses_the_priority_of_the_tasks_decorator`: the claim, for `replace`.
    - `test_nesting.py::test_replace_heeds_a_priority_that_is_set`: what helps.
    - `test_fixes.py::test_a_map_has_the_priority_of_its_task`: what the fix does.

    ## References
    - [Celery: map and starmap](https://docs.celeryq.dev/en/stable/userguide/canvas.html#map-starmap)
    - [Alliance Auth: How can I use priorities for tasks?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#how-can-i-use-priorities-for-tasks)
    """
    priority = ast.unparse(lost.priority.node)
    if priority != _DEFAULT:
        yield Violation.at(lost.node, _message(lost, shortened(priority, 20)), _fix(lost, priority))


def _message(lost: LostPriority, priority: str) -> str:
    what = shortened(called(lost.value), 40)
    if lost.how == "mapped":
        return f"{what} is sent at the default, not at the priority {priority} of its task: give it to the dispatch"
    if lost.how == "linked":
        return f"{what} runs at the default, not at the priority {priority} beside it: `.set(priority=…)` on it"
    return f"{what} takes the place of a task of priority {priority} and runs at the default: `.set(priority=…)` on it"


def _fix(lost: LostPriority, priority: str) -> Fix | None:
    if not isinstance(lost.priority.node, ast.Constant):
        return None
    rewrite: Rewrite
    if lost.how != "mapped":
        if not isinstance(lost.node, ast.Call):
            return None
        rewrite = OptionOnEach("priority", priority, [Spot.of(lost.node)], Spot.of(lost.call), keep=True)
    elif isinstance(lost.call.func, ast.Attribute) and lost.call.func.attr == "delay":
        rewrite = UseApplyAsync(options={"priority": priority})
    elif isinstance(lost.call.func, ast.Attribute) and lost.call.func.attr == "apply_async":
        rewrite = SetOption("priority", priority)
    else:
        return None
    return Fix("unsafe", f"Give it priority {priority}", rewrite)
