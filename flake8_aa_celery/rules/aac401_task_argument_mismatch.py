"""AAC401: arguments that the task cannot take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model import arguments, calling, workflows
from flake8_aa_celery.model.facts import Signature, Workflow
from flake8_aa_celery.model.options import APPLY_ASYNC_OPTIONS
from flake8_aa_celery.rules import rule
from flake8_aa_celery.rules.words import called
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from flake8_aa_celery.model.arguments import Arguments
    from flake8_aa_celery.model.facts import Dispatch, Target
    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.settings import Settings


@rule("AAC401", "task-argument-mismatch")
def check(module: Module, settings: Settings) -> Iterator[Violation]:
    """
    A task is given arguments that it cannot take.

    Flags a dispatch and a signature whose arguments do not fit the parameters of the task: too many, too few, a
    keyword that it has no parameter for, or one parameter given twice. The task may be defined in another file of
    the project, and it may be called by its registered name. `self` of a task with `bind=True` does not count; a
    partial signature (`.s`) in a chain gets the result of the task before it as one argument more, in front.

    ## Why
    Celery compares the arguments with the task's parameters on `delay` and `apply_async`, so the `TypeError` is
    raised where the task is dispatched: in the view, the signal receiver or the task that wanted to start it. In a
    chain it is raised only when the tasks before it have run: in the worker, and the rest of the chain is lost.

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
    - `test_calling.py::test_a_wrong_later_signature_of_a_chain_stops_it_in_the_worker`: nobody at the caller hears.

    ## References
    - [Celery: calling tasks](https://docs.celeryq.dev/en/stable/userguide/calling.html)
    - [Celery: argument checking](https://docs.celeryq.dev/en/stable/userguide/tasks.html#argument-checking)
    """
    following = {
        id(signature.call): signature for workflow in module.workflows for signature in workflows.followers(workflow)
    }
    # what a schedule starts is bound together with what the schedule adds: AAC503
    reported = {id(entry.signature.call) for entry in module.schedule if entry.signature}
    for made in module.signatures:
        if id(made.call) in reported:
            continue
        signature = following.get(id(made.call), made)
        reason = _in_a_chain(signature) if id(made.call) in following else _on_its_own(signature)
        if reason:
            reported.add(id(made.call))
            yield _violation(made.call, signature.task, reason)
    known = reported | following.keys()
    for dispatch in module.dispatches:
        yield from _dispatched(dispatch, known)


def _reason(
    target: Target | None, given: Arguments, module: Module, *, partial: bool = False, by_delay: bool = False
) -> str | None:
    taken = calling.parameters_of(target, module)
    if taken is None:
        return None
    if by_delay:
        # an option of apply_async that is given to delay is a mistake of its own: AAC206
        names = (name for name in given.names if taken.accepts(name) or name not in APPLY_ASYNC_OPTIONS)
        given = given._replace(names=tuple(names))
    return calling.mismatch(taken, given, partial=partial)


def _on_its_own(signature: Signature) -> str | None:
    """What is wrong with a signature wherever it is used; a partial one may be given more in front."""
    partial = signature.immutable is not True
    return _reason(signature.task, arguments.of_signature(signature), signature.module, partial=partial)


def _in_a_chain(signature: Signature) -> str | None:
    """What is wrong with a signature behind another one, with the result of that and without."""
    given = arguments.of_signature(signature)
    if signature.immutable is None:
        return None
    if signature.immutable:
        return _reason(signature.task, given, signature.module)
    with_result = _reason(signature.task, given.after(arguments.PREVIOUS_RESULT), signature.module)
    # where the result alone does not fit, AAC308 says so
    return with_result and _reason(signature.task, given, signature.module)


def _dispatched(dispatch: Dispatch, known: set[int]) -> Iterator[Violation]:
    given = arguments.of_dispatch(dispatch)
    by_delay = dispatch.method.startswith("delay")
    if not isinstance(dispatch.receiver, (Signature, Workflow)):
        reason = _reason(dispatch.task, given, dispatch.module, by_delay=by_delay)
        if reason:
            yield _violation(dispatch.node, dispatch.task, reason)
        return
    for signature in workflows.starters(dispatch.receiver):
        if signature.immutable is False and id(signature.call) not in known:
            whole = arguments.of_signature(signature).after(given)
            if reason := _reason(signature.task, whole, dispatch.module, by_delay=by_delay):
                yield _violation(dispatch.node, signature.task, reason)


def _violation(node: ast.expr, target: Target | None, reason: str) -> Violation:
    return Violation.at(node, f"{called(target)} cannot be called with these arguments: {reason}")
