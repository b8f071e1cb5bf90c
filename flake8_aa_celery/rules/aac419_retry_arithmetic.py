"""AAC419: a number of retries that never is, and a countdown that is none the first time."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.rules.words import shortened
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.tasks.retry_counts import RetryCount


def check(count: RetryCount, module: Module) -> Iterator[Violation]:
    """
    A task counts its retries, and is wrong by one.

    Flags a comparison of `self.request.retries` with a number that `max_retries` never lets it reach, and a `countdown`
    of `self.retry` that is a multiple of `self.request.retries`.

    ## Why
    `self.request.retries` is 0 in the first run and `max_retries` in the last one, 3 unless told: `retries > 3` is
    never true, and what is done then, a notice or an alarm, never happens. And a countdown of `60 * retries` is 0 when
    the first retry is sent: it comes at once, while whatever was down still is.

    ## Example
    ```python
    from celery import shared_task


    @shared_task(bind=True, max_retries=3)
    def update(self):
        try:
            fetch()
        except OSError:
            if self.request.retries > 3:
                complain()
            self.retry(countdown=60 * self.request.retries)
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task(bind=True, max_retries=3)
    def update(self):
        try:
            fetch()
        except OSError:
            if self.request.retries >= 3:
                complain()
            self.retry(countdown=60 * (self.request.retries + 1))
    ```

    ## Leaves alone
    - a countdown under a condition, or behind one that leaves, by which there was a retry before;
    - a limit that cannot be resolved or has no end, that a base class may have, or that is set by hand;
    - a task that is handed to somebody else, who may retry it more often;
    - comparisons that are always true, and what is added to the multiple: `60 * retries + 10`, `2**retries`.

    ## Profile
    Both: it is so in every project.

    ## Proof
    - `test_retrying.py::test_a_retry_never_counts_beyond_max_retries`: the first claim.
    - `test_retrying.py::test_a_task_gives_up_after_three_retries_unless_told`: and how many that are.
    - `test_retrying.py::test_a_countdown_of_0_is_no_countdown`: the second claim.

    ## References
    - [Celery: retrying](https://docs.celeryq.dev/en/stable/userguide/tasks.html#retrying)
    """
    if count.most is None:
        message = "this countdown is 0 for the first retry, which comes at once: count from 1, by `retries + 1`"
    else:
        written = shortened(f"`{ast.unparse(count.node)}`", 60)
        message = f"{written} is never true: `retries` goes from 0 to {count.most}"
    yield Violation.at(count.node, message)
