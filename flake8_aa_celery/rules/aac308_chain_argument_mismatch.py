"""AAC308: a task in a chain that cannot take the result of the one before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.canvas.only_use import is_only_sent_within
from flake8_aa_celery.rewrites import RenameMethod
from flake8_aa_celery.rules.words import called, shortened
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.calling.mismatches import RefusedResult
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Signature


def check(refused: RefusedResult, module: Module) -> Iterator[Violation]:
    """
    A task in a chain cannot take the result of the task before it.

    Flags a partial signature (`.s`) after the first of a chain, or in a group after it, whose task can take the
    arguments that are written, but not the previous result in front of them: it takes too few, or the first one is
    given by name already.

    ## Why
    In a chain each task gets what the one before it returned as one more argument, in front, be it `None`. A task that
    cannot take it is never sent: the one before it has done its work, is reported as failed all the same, and the
    rest of the chain is lost. The caller does not hear of it. An immutable signature (`.si`) gets nothing.

    ## Example
    ```python
    from celery import chain, shared_task


    @shared_task
    def update(pk): ...


    @shared_task
    def report(): ...


    @shared_task
    def update_all():
        chain(update.s(1), report.s()).delay()
    ```

    ## Instead
    ```python
    from celery import chain, shared_task


    @shared_task
    def update(pk): ...


    @shared_task
    def report(): ...


    @shared_task
    def update_all():
        chain(update.si(1), report.si()).delay()
    ```

    ## Leaves alone
    - a task whose parameters are not known for certain: it cannot be read, or a decorator below the task decorator
      may change them;
    - arguments that are not seen, such as `*args`, and an `immutable=` that cannot be resolved;
    - a signature that may be the first of its chain;
    - arguments that do not fit with or without the result: that is AAC401.

    ## Fix
    Calls `.si`. Safe where the signature goes into that chain and nowhere else, and nothing is done with the chain but
    that it is sent: the task could only raise. Unsafe where one of them has another use, such as a `delay` of
    `tasks[1]` that gives it more arguments, which an immutable one ignores, and where the chain is returned or handed
    on. Nothing is done where the signature is made in another file, or by another method.

    ## Profile
    Both: it is so in every project.

    ## Proof
    - `test_results_and_workflows.py::test_results_travel_along_a_chain_without_a_backend`: the result is the
      first argument.
    - `test_results_and_workflows.py::test_a_partial_signature_that_cannot_take_the_result_is_never_sent`: the second
      task is not sent.
    - `test_results_and_workflows.py::test_a_chain_that_cannot_go_on_fails_the_task_that_ran`: the first one counts as
      failed.
    - `test_results_and_workflows.py::test_immutable_signatures_take_no_result`: `.si` runs.

    ## References
    - [Celery: immutability](https://docs.celeryq.dev/en/stable/userguide/canvas.html#immutability)
    - [Alliance Auth: Can I use long-running tasks?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#can-i-use-long-running-tasks)
    """
    name = shortened(called(refused.signature), 35)
    advice = "use `.si`" if refused.signature.method == "s" else "make it immutable"
    message = f"{name} cannot take the result of the task before it: {refused.reason}; {advice}"
    yield Violation.at(refused.node, message, _fix(refused.signature, module))


def _fix(signature: Signature, module: Module) -> Fix | None:
    if signature.module is not module or signature.method != "s":
        return None
    return Fix("safe" if is_only_sent_within(signature) else "unsafe", "Use `.si`", RenameMethod("si"))
