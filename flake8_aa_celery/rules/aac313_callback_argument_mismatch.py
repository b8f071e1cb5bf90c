"""AAC313: a callback that cannot take what Celery calls it with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rewrites import RenameMethod
from flake8_aa_celery.rules.words import called, shortened
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.calling.callbacks import RefusedCall
    from flake8_aa_celery.model.code.module import Module


def check(refused: RefusedCall, module: Module) -> Iterator[Violation]:
    """
    A callback cannot take what Celery calls it with.

    Flags a signature that is given as `link` and made with `.s`, alone, in a group or as the first of a chain, whose
    task cannot take the result as its first argument, and one that is given as `link_error`, whose task cannot take
    what is told of the error.

    ## Why
    A callback gets the result of its task as first argument. One that cannot take it is never sent, and the task that
    has done its work ends as failed. An errback with two parameters or more is called, by the worker in which the task
    has failed, with the request, the exception and the traceback; one with fewer, or a bound one, is sent with the id
    of the task. One that cannot take that never runs.

    ## Example
    ```python
    from celery import shared_task


    @shared_task
    def update(pk): ...


    @shared_task
    def report(): ...


    @shared_task
    def complain(request, exc): ...


    def start(pk):
        update.apply_async(args=[pk], link=report.s(), link_error=complain.s())
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task
    def update(pk): ...


    @shared_task
    def report(): ...


    @shared_task
    def complain(request, exc, traceback): ...


    def start(pk):
        update.apply_async(args=[pk], link=report.si(), link_error=complain.s())
    ```

    ## Leaves alone
    - signatures made with `.si`, and those whose immutability cannot be resolved;
    - a task whose parameters are not known for certain, and arguments that are not seen;
    - an errback with arguments of its own: Celery 5.7 counts what is left, older ones count all;
    - arguments that do not fit whatever is added: that is AAC401.

    ## Fix
    Writes `si` for `s` in a `link` whose own arguments are enough. Safe: the callback could not be sent. Nothing is
    done to a `link_error`, which is there to be told.

    ## Profile
    Both: it is so in every project.

    ## Proof
    - `test_callbacks.py::test_a_link_that_cannot_take_the_result_fails_its_task`: the claim, for `link`.
    - `test_callbacks.py::test_a_workflow_as_link_gets_the_result_as_its_tasks_do`: so it is in workflows.
    - `test_callbacks.py::test_an_immutable_link_need_not_take_the_result`: what helps.
    - `test_callbacks.py::test_link_error_of_a_task_with_two_parameters_never_runs`: the claim, for `link_error`.
    - `test_callbacks.py::test_link_error_of_a_task_with_three_parameters_is_told_of_the_error`: what it must take.
    - `test_callbacks.py::test_link_error_of_a_task_with_one_parameter_is_a_message`: or this.
    - `test_callbacks.py::test_link_error_of_a_bound_task_is_called_with_the_id`: or this, if it is bound.
    - `test_fixes.py::test_a_link_that_cannot_take_the_result_is_sent`: what the fix does.

    ## References
    - [Celery: linking callbacks and errbacks](https://docs.celeryq.dev/en/stable/userguide/calling.html#linking-callbacks-errbacks)
    """
    yield Violation.at(refused.node, _message(refused), _fix(refused, module))


def _message(refused: RefusedCall) -> str:
    name = shortened(called(refused.signature), 30)
    if refused.option == "link":
        advice = "; use `.si`" if refused.fits_alone else ""
        return f"as `link`, {name} gets the result first: {refused.reason}{advice}"
    what = "the id of what failed" if refused.given == 1 else "request, exc and traceback"
    return f"as `link_error`, {name} is called with {what}: {refused.reason}"


def _fix(refused: RefusedCall, module: Module) -> Fix | None:
    signature = refused.signature
    is_here = signature.module is module and signature.call is refused.node
    if not is_here or signature.method != "s" or not refused.fits_alone or refused.option != "link":
        return None
    return Fix("safe", "Use `.si`", RenameMethod("si"))
