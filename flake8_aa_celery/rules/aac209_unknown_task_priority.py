"""AAC209: a task of another project that is sent at the reserved priority."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.resolve.values import Signature, Workflow
from flake8_aa_celery.rewrites import AddKey, OptionOnEach, SetOption, Spot, UseApplyAsync
from flake8_aa_celery.rules.words import shortened
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.periodic.schedules import ScheduleEntry
    from flake8_aa_celery.model.priorities.foreign import ForeignTask
    from flake8_aa_celery.model.resolve.values import Dispatch

#: The priority at which Alliance Auth runs what is given none.
_DEFAULT = "5"


def check(foreign: ForeignTask, module: Module) -> Iterator[Violation]:
    """
    A task outside the project is sent by its name and without a priority.

    Flags `send_task("…")`, a dispatch of `signature("…")`, and an entry of a schedule, of a task that the project does
    not define, where no priority is given.

    ## Why
    The default priority belongs to a task: a process that has not imported it does not know what it is, and sends a
    message without a priority. On Redis that is 0, which Alliance Auth reserves: the message is served before
    everything else.

    ## Example
    ```python
    from celery import current_app, shared_task


    @shared_task
    def refresh():
        current_app.send_task("structures.tasks.update_all")
    ```

    ## Instead
    ```python
    from celery import current_app, shared_task


    @shared_task
    def refresh():
        current_app.send_task("structures.tasks.update_all", priority=5)
    ```

    ## Leaves alone
    - tasks of this project, those of a module that is imported here, and Celery's own;
    - a priority in any form: of the dispatch, of the signature, in `**options` that cannot be resolved;
    - names that cannot be resolved, and those without a dot;
    - an entry of a schedule for an app that the settings install: beat imports its tasks; and excerpts in documents.

    ## Fix
    Gives it priority 5, the default of Alliance Auth. Unsafe: it is served later. Nothing is done to an entry of a
    schedule that is not written as a dict.

    ## Profile
    Alliance Auth alone: elsewhere 0 is a priority like any other.

    ## Proof
    - `test_priority.py::test_send_task_of_an_unknown_task_sends_at_the_reserved_priority`: the claim.
    - `test_priority.py::test_a_signature_of_an_unknown_task_sends_at_the_reserved_priority`: for signatures.
    - `test_schedules.py::test_a_schedule_entry_for_a_task_unknown_to_beat_is_sent_at_the_reserved_priority`: for
      schedules.
    - `test_brokers_redis.py::test_send_task_without_a_priority_is_served_before_the_most_urgent`: what follows.
    - `test_priority.py::test_send_task_sends_at_the_priority_that_it_is_given`: what helps.
    - `test_fixes.py::test_a_foreign_task_is_sent_at_the_default`: what the fix does.

    ## References
    - [Alliance Auth: How can I use priorities for tasks?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#how-can-i-use-priorities-for-tasks)
    - [Celery: `send_task`](https://docs.celeryq.dev/en/stable/reference/celery.html#celery.Celery.send_task)
    """
    name = shortened(f"`{foreign.name}`", 45)
    how = "its `options` a priority of 5" if foreign.entry is not None else "it `priority=5`"
    message = f"{name} goes at 0, the reserved priority, where it is not imported: give {how}"
    fix = _fix(foreign.dispatch, foreign) if foreign.dispatch is not None else _fix_entry(foreign.entry)
    yield Violation.at(foreign.node, message, fix)


def _fix(dispatch: Dispatch, foreign: ForeignTask) -> Fix | None:
    title = "Give it priority 5"
    if isinstance(dispatch.receiver, Workflow):
        if not isinstance(foreign.node, ast.Call):
            return None
        spot = Spot.of(foreign.node)
        return Fix("unsafe", title, OptionOnEach("priority", _DEFAULT, [spot], Spot.of(dispatch.node), keep=True))
    if dispatch.method in ("apply_async", "send_task"):
        return Fix("unsafe", title, SetOption("priority", _DEFAULT))
    if dispatch.method == "delay" and isinstance(dispatch.receiver, Signature):
        return Fix("unsafe", title, UseApplyAsync(options={"priority": _DEFAULT}))
    return None


def _fix_entry(entry: ScheduleEntry | None) -> Fix | None:
    """The fix that gives the options of an entry a priority, and the entry options where it has none."""
    if entry is None or not isinstance(entry.node, ast.Dict):
        return None
    options = entry.fields.get("options")
    if options is None and entry.fields.complete:
        return Fix("unsafe", "Give it priority 5", AddKey("options", '{"priority": 5}', Spot.of(entry.node)))
    if options is None or not isinstance(options.node, ast.Dict) or options.module is not entry.module:
        return None
    return Fix("unsafe", "Give it priority 5", AddKey("priority", _DEFAULT, Spot.of(options.node)))
