"""AAC205: what is sent many times needs a low priority."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.resolve.values import Workflow
from flake8_aa_celery.model.tasks.options import gives_options
from flake8_aa_celery.rewrites import SetOption, UseApplyAsync
from flake8_aa_celery.rules.ways import place, trace
from flake8_aa_celery.rules.words import called, shortened
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.priorities.bulk_sends import BulkSend
    from flake8_aa_celery.model.resolve.values import Dispatch


def check(sent: BulkSend, module: Module) -> Iterator[Violation]:
    """
    What is sent once per item has the default priority instead of a low one.

    Flags `delay()`, and `apply_async()` without a priority, in a loop or comprehension, or in a function that such a
    loop calls, however far away; also what such a loop hands to `on_commit`, and a group whose members come from one.

    ## Why
    Without a priority a task runs at 5, like everything else. With a thousand of them in the queue, whatever a user
    waits for comes after them, in all apps. Alliance Auth asks for a low priority where a large number of tasks is
    sent; its own update of all characters runs at 7. `delay` cannot be given a priority: use `apply_async`.

    ## Example
    ```python
    from celery import shared_task

    from .models import Character


    @shared_task
    def update_character(pk): ...


    @shared_task
    def update_all():
        for character in Character.objects.all():
            update_character.delay(character.pk)
    ```

    ## Instead
    ```python
    from celery import shared_task

    from .models import Character


    @shared_task
    def update_character(pk): ...


    @shared_task
    def update_all():
        for character in Character.objects.all():
            update_character.apply_async(args=[character.pk], priority=7)
    ```

    ## Leaves alone
    - a task whose decorator sets a priority, and a signature that has one by `.set`;
    - a chain whose members come from a loop: it is one message at a time;
    - a group that AAC302 reports, and a chord: without a result backend they need more than a priority;
    - a loop over a literal or a slice of at most three elements, bound to a name or not, and a dispatch that is
      directly followed by `break` or `return`;
    - attempts: `for attempt in range(5)` that is left with a success, `while not done`, unless each round sends
      something else;
    - what a person has picked and waits for: the rows of an action of the Django admin, the forms of its formset, the
      rows that belong to `request.user`, the options of a management command; and what an `except` handler sends;
    - projects whose `task_default_priority` is not 5, whose routes or annotations give priorities, or whose application
      has a class of tasks of its own;
    - what has a `queue` of its own, by the dispatch, the signature or the decorator: other apps do not wait there;
    - `delay` with options, which is AAC206;
    - `**options` that cannot be resolved, and a priority that is too high, which is AAC204.

    ## Fix
    Writes `apply_async(args=[…], kwargs={…}, priority=7)` for `delay(…)`, and adds the priority to `apply_async`.
    Unsafe: what is sent runs later than before. Nothing is done to what a function sends that the loop calls, as
    others may call it for one item, to a chain, where one priority is not enough
    (AAC207), where `delay` is given options (AAC206), and to `partial(t.delay, …)`.

    ## Settings
    `bulk-priority` (7): the priority that the message names and the fix writes.

    ## Profile
    Alliance Auth alone: its apps share their queues, and 5 is its default.

    ## Proof
    - `test_priority.py::test_delay_sends_at_the_default_priority`: which is 5.
    - `test_priority.py::test_delay_refuses_a_priority`: hence `apply_async`.
    - `test_priority.py::test_a_decorators_priority_holds_for_every_dispatch`: such a task needs no more.
    - `test_results_and_workflows.py::test_a_chain_is_sent_one_message_at_a_time`: so it does not fill the queue.

    ## References
    - [Alliance Auth: How can I use priorities for tasks?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#how-can-i-use-priorities-for-tasks)
    """
    dispatch, priority = sent.dispatch, module.project.settings.bulk_priority
    if sent.way:
        yield Violation.at(sent.node, _message_of_way(sent, priority), trace=trace(sent.way))
    else:
        yield Violation.at(sent.node, _message(dispatch, priority), _fix(dispatch, str(priority)))


def _message_of_way(sent: BulkSend, priority: int) -> str:
    what, by = shortened(called(sent.dispatch.receiver), 26), shortened(sent.way[-2].what, 25)
    where = shortened(place(sent.way[-1]), 30)
    return (
        f"{what} is sent by `{by}()` for each item at priority 5, the normal one: use {priority}, less urgent ({where})"
    )


def _message(dispatch: Dispatch, priority: int) -> str:
    what = f"{shortened(called(dispatch.receiver), 26)} is sent for each item of a loop at priority 5, the normal one"
    if dispatch.method.startswith("delay"):
        method = dispatch.method.replace("delay", "apply_async")
        return f"{what}: use `{method}` with {priority}, less urgent"
    return f"{what}: add `priority={priority}`, which is less urgent"


def _fix(dispatch: Dispatch, priority: str) -> Fix | None:
    receiver = dispatch.receiver
    if isinstance(receiver, Workflow) and receiver.kind != "group":
        return None
    if dispatch.method.startswith("apply_async"):
        return Fix("unsafe", f"Give it priority {priority}", SetOption("priority", priority))
    if dispatch.is_handed_over or not dispatch.method.startswith("delay") or gives_options(dispatch.node):
        return None
    title = f"Use `apply_async` with priority {priority}"
    return Fix("unsafe", title, UseApplyAsync(options={"priority": priority}))
