"""AAC312: something else than a signature in a workflow, as a callback, or sent."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.rewrites import MethodInsteadOfCall, RenameMethod, ReplaceExpression
from flake8_aa_celery.rules.words import called, shortened
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.canvas.misplaced import NoSignature
    from flake8_aa_celery.model.code.module import Module


def check(mistaken: NoSignature, module: Module) -> Iterator[Violation]:
    """
    What stands in a workflow, is given as a callback, or is sent is no signature.

    Flags, in a `chain`, `group` or `chord` and as `link` or `link_error`, what a dispatch returned (`task.delay(x)`),
    what a task returned (`task(x)`), and a task itself; and `.delay` or `.apply_async` of a list, a queryset, a model,
    or of what a task returned.

    ## Why
    A workflow is made of signatures: tasks with arguments that are sent later. `chain(task.delay(x), …)` sends the task
    at once, `group([task(x), …])` runs it here, and the workflow itself raises when it is made or started. So some of
    the work is done, in no order, and the rest is not.

    ## Example
    ```python
    from celery import chain, shared_task


    @shared_task
    def fetch(pk): ...


    @shared_task
    def store(pk): ...


    def update(pk):
        chain(fetch.delay(pk), store.delay(pk)).delay()
    ```

    ## Instead
    ```python
    from celery import chain, shared_task


    @shared_task
    def fetch(pk): ...


    @shared_task
    def store(pk): ...


    def update(pk):
        chain(fetch.si(pk), store.si(pk)).delay()
    ```

    ## Leaves alone
    - what cannot be resolved, and a task that returns a signature;
    - the task of a `map`, a `starmap` or `chunks`, which is given as it is;
    - a queryset or a row whose class has such a method, or cannot be read.

    ## Fix
    Writes `.si(…)`, for `delay`, for a call, and for a task itself; `.s(…)` for a task that needs the result of what is
    before it, as the body of a chord mostly does. Unsafe: the task is sent with the workflow instead
    of at once. Nothing is done to `apply_async`, whose options would be lost, and to `.delay` of something else.

    ## Profile
    Both: it is so in every project.

    ## Proof
    - `test_sending.py::test_a_result_in_a_workflow_has_been_sent_and_is_no_signature`: the first part of the claim.
    - `test_sending.py::test_what_a_task_returned_is_no_signature`: the second.
    - `test_sending.py::test_a_task_is_no_signature`: the third.
    - `test_sending.py::test_a_result_as_a_callback_is_sent_before_its_task`: so it is with callbacks.
    - `test_sending.py::test_what_a_task_without_a_result_returned_is_no_callback`: and with these.
    - `test_sending.py::test_a_task_as_a_callback_cannot_be_sent`: and with these.
    - `test_fixes.py::test_what_was_no_signature_is_one`: what the fix does.

    ## References
    - [Celery: signatures](https://docs.celeryq.dev/en/stable/userguide/canvas.html#signatures)
    """
    yield Violation.at(mistaken.node, _message(mistaken), _fix(mistaken))


def _message(mistaken: NoSignature) -> str:
    task, place = shortened(called(mistaken.task), 36), mistaken.place
    if mistaken.what == "other":
        return f"{place} cannot be sent: only a task, a signature or a workflow can"
    if place.startswith("`."):
        return f"this runs {task} here and now, and sends nothing: {place} is to be called on the task itself"
    instead = f"`{_name(mistaken)}.{mistaken.method}(…)`"
    if mistaken.what == "sent":
        return f"{task} is sent at once, and {place} gets its result, which is no signature: write {instead}"
    if mistaken.what == "run":
        return f"{task} is run here and now, and {place} gets what it returns: write {instead}"
    return f"{place} takes signatures, and {task} is a task: write {instead}"


def _name(mistaken: NoSignature) -> str:
    return shortened(called(mistaken.task).strip("`").replace("the ", ""), 20)


def _fix(mistaken: NoSignature) -> Fix | None:
    node, method, title = mistaken.node, mistaken.method, f"Use `{mistaken.method}`"
    if mistaken.place.startswith("`."):
        return None
    if mistaken.what == "sent" and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        is_plain = node.func.attr == "delay" and not isinstance(node.func.value, ast.Call)
        return Fix("unsafe", title, RenameMethod(method)) if is_plain else None
    if mistaken.what == "run" and isinstance(node, ast.Call):
        return Fix("unsafe", title, MethodInsteadOfCall(method))
    if mistaken.what == "task" and isinstance(node, (ast.Attribute, ast.Name)):
        return Fix("unsafe", title, ReplaceExpression(f"{ast.unparse(node)}.{method}()"))
    return None
