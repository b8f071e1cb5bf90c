"""AAC417: a retry whose arguments replace those that its task was sent with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rules.words import called, shortened
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.tasks.retry_arguments import LostArguments


def check(lost: LostArguments, module: Module) -> Iterator[Violation]:
    """
    A retry gives its task new arguments, without some that it must have.

    Flags `self.retry(args=…)` and `self.retry(kwargs={…})` that lack a parameter without a default.

    ## Why
    A retry is sent with the arguments of the message. `args` and `kwargs` of `self.retry` take their place as a whole:
    `kwargs={"page": 2}` is all that the next run gets. A task that is not given all that it must have cannot be sent,
    and the message is rejected: there is neither a retry nor a failure.

    ## Example
    ```python
    from celery import shared_task


    @shared_task(bind=True)
    def update(self, pk, page=1):
        if not fetch(pk, page):
            self.retry(kwargs={"page": page + 1})


    def start(pk):
        update.delay(pk=pk)
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task(bind=True)
    def update(self, pk, page=1):
        if not fetch(pk, page):
            self.retry(args=[], kwargs={"pk": pk, "page": page + 1})


    def start(pk):
        update.delay(pk=pk)
    ```

    ## Leaves alone
    - arguments that are not seen: `{**self.request.kwargs, "page": 2}`, `*args`;
    - what the message keeps, as far as the module sends the task: positional arguments beside new `kwargs`, keyword
      arguments beside new `args`; where the module does not send it, that may be all that can be given so;
    - tasks whose parameters are not known for certain.

    ## Profile
    Both: it is so in every project. Off by default: how other modules send a task is not looked at.

    ## Proof
    - `test_retrying.py::test_the_keyword_arguments_of_a_retry_replace_those_of_the_message`: the claim.
    - `test_retrying.py::test_a_retry_whose_keyword_arguments_lack_one_is_never_sent`: what follows.
    - `test_retrying.py::test_the_arguments_of_a_retry_replace_those_of_the_message`: for `args`.

    ## References
    - [Celery: `Task.retry`](https://docs.celeryq.dev/en/stable/reference/celery.app.task.html#celery.app.task.Task.retry)
    """
    names = ", ".join(f"`{name}`" for name in lost.missing[:2]) + (" …" if len(lost.missing) > 2 else "")
    replaced = " and ".join(f"`{name}`" for name in lost.replaced)
    task = shortened(called(lost.task), 25)
    yield Violation.at(lost.node, f"{replaced} of a retry replace those of the message: {task} gets no {names}")
