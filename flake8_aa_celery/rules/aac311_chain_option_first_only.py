"""AAC311: an expiry or a queue is given to a chain and reaches its first task alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rules.words import fix_on_each
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.priorities.first_only import FirstOnly

_REST = {
    "expires": "the rest never expire",
    "queue": "the rest go to their own",
    "routing_key": "the rest have their own",
}


def check(option: FirstOnly, module: Module) -> Iterator[Violation]:
    """
    An expiry or a queue is given to a chain and reaches its first task alone.

    Flags `expires`, `queue` and `routing_key` that are given to a chain of more than one task, or of a list that is
    filled in a loop or comprehension: by `apply_async`, by `.set` on the chain, or in `chain(…)`.

    ## Why
    Celery sends the first task of a chain with the options of the dispatch. Each further task is sent by the worker
    that has finished the one before it, with the options of its own signature. So the rest of a chain that expires
    after an hour runs the day after all the same, and the rest of one that is sent to the slow queue runs in the
    default one.

    ## Example
    ```python
    from celery import chain, shared_task


    @shared_task
    def fetch(pk): ...


    @shared_task
    def store(pk): ...


    def update(pk):
        chain(fetch.si(pk), store.si(pk)).apply_async(queue="slow")
    ```

    ## Instead
    ```python
    from celery import chain, shared_task


    @shared_task
    def fetch(pk): ...


    @shared_task
    def store(pk): ...


    def update(pk):
        chain(fetch.si(pk).set(queue="slow"), store.si(pk).set(queue="slow")).delay()
    ```

    ## Leaves alone
    - `countdown` and `eta`, which are meant for the whole; `priority`, which is AAC207;
    - a chain in which every later signature has the option, by `.set` or by the decorator of its task;
    - the task behind a group with which a chain begins: a chord gives its options to all;
    - a chain of one task, signatures that cannot be resolved, and tasks whose base class may have the option;
    - `queue` and `routing_key` where the project's settings have `task_routes`.

    ## Fix
    Puts `.set(…)` after every signature of the chain that has none, and takes the option from the call, unless a
    signature has one of its own. Unsafe: the other tasks then expire, or run elsewhere. Nothing is done to a chain
    whose signatures are not all seen in the same file, and where the value is a name that means something else there.

    ## Profile
    Both: it is so in every project.

    ## Proof
    - `test_options.py::test_a_chains_expiry_reaches_only_its_first_task`: the claim.
    - `test_options.py::test_a_chains_queue_reaches_only_its_first_task`: for queues.
    - `test_options.py::test_an_option_of_a_chain_that_begins_with_a_group_reaches_what_follows`: what is left alone.
    - `test_options.py::test_an_expired_task_ends_its_chain_silently`: what an expiry is good for.
    - `test_fixes.py::test_an_option_of_a_chain_reaches_all_its_tasks`: what the fix does.

    ## References
    - [Celery: chains](https://docs.celeryq.dev/en/stable/userguide/canvas.html#chains)
    - [Celery: expiration](https://docs.celeryq.dev/en/stable/userguide/calling.html#expiration)
    """
    name = option.name
    message = f"only the first task of the chain gets this `{name}`, {_REST[name]}: set it on each signature"
    yield Violation.at(option.node, message, fix_on_each(name, option.entry, option.chain, option.call, module))
