"""AAC401: arguments that the task cannot take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rules.words import called
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.calling.mismatches import Mismatch
    from flake8_aa_celery.model.code.module import Module


def check(mismatch: Mismatch, module: Module) -> Iterator[Violation]:
    """
    A task is given arguments that it cannot take.

    Flags a dispatch and a signature whose arguments do not fit the parameters of the task: too many, too few, a
    keyword that it has no parameter for, or one parameter given twice. The task may be defined in another file of
    the project, it may be a class with a `run`, it may be one of several that all refuse the arguments, and it may be
    called by its registered name. `self` of a task with `bind=True` does not count; a partial signature (`.s`) in a
    chain gets the result of the task before it as one argument more, in front.

    ## Why
    Celery compares the arguments with the task's parameters on `delay` and `apply_async`, so the `TypeError` is
    raised where the task is dispatched: in the view, the signal receiver or the task that wanted to start it. In a
    chain it is raised only when the tasks before it have run: in the worker, and the rest of the chain is lost. Of a
    task that is a class Celery compares nothing: it is sent, and fails in the worker.

    ## Example
    ```python
    from celery import shared_task


    @shared_task
    def update_character(character_pk, force=False): ...


    @shared_task
    def update_all(characters):
        for character in characters:
            update_character.delay(character.pk, character.owner_pk, force=True)
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task
    def update_character(character_pk, force=False): ...


    @shared_task
    def update_all(characters):
        for character in characters:
            update_character.delay(character.pk, force=True)
    ```

    ## Leaves alone
    - arguments that are not seen: `*args` and `**kwargs` on either side, lists that are filled under a condition or
      in a loop, `args=` and `kwargs=` that cannot be resolved;
    - tasks that cannot be read, that have a decorator below the task decorator, or `typing=False`;
    - a signature that may still be given arguments in front: nothing is missing in it yet;
    - `self` without `bind=True` (AAC109), an option of `apply_async` in a `delay` (AAC206), what a schedule starts
      (AAC503), and a partial signature that fits but for the result of the task before it (AAC308).

    ## Profile
    Both: it is Celery that checks the arguments.

    ## Proof
    - `test_calling.py::test_a_wrong_number_of_arguments_raises_at_the_caller`: neither too few nor too many are sent.
    - `test_calling.py::test_an_unknown_keyword_raises_at_the_caller`: nor is a keyword that the task does not have.
    - `test_calling.py::test_an_argument_given_twice_raises_at_the_caller`: nor an argument by position and by name.
    - `test_calling.py::test_a_class_based_task_is_sent_with_any_arguments`: it fails when it runs.
    - `test_calling.py::test_a_wrong_later_signature_of_a_chain_stops_it_in_the_worker`: nobody at the caller hears.

    ## References
    - [Celery: calling tasks](https://docs.celeryq.dev/en/stable/userguide/calling.html)
    - [Celery: argument checking](https://docs.celeryq.dev/en/stable/userguide/tasks.html#argument-checking)
    """
    message = f"{called(mismatch.task)} cannot be called with these arguments: {mismatch.reason}"
    yield Violation.at(mismatch.node, message)
