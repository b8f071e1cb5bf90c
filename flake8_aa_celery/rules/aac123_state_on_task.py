"""AAC123: what one run of a task leaves for another."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.tasks.state import KeptState


def check(kept: KeptState, module: Module) -> Iterator[Violation]:
    """
    A task keeps something on `self` that other runs of it see.

    Flags, in a bound task or the `run` method of a class of tasks, an attribute of `self` that is grown (`+=`,
    `append`, `update` …) before this run has set it, and one that is read before that and set later on. Each attribute
    of a task is reported once.

    ## Why
    `self` is the task, and not one run of it: a process has one such object, for all runs from the start of the worker
    on. A counter goes on counting, a list never gets empty, and a value is that of another character. In workers of
    threads, which Alliance Auth's are, several runs read and write it at the same time.

    ## Example
    ```python
    from celery import shared_task


    @shared_task(bind=True)
    def update_all(self, pks):
        for pk in pks:
            self.done += 1
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task(bind=True)
    def update_all(self, pks):
        done = 0
        for pk in pks:
            done += 1
    ```

    ## Leaves alone
    - an attribute that the run sets before it uses it, itself or by a method, and one that `before_start` sets;
    - whatever is used after `self` was handed to a function, which may have set it;
    - one that is only read: a constant of the class, or something that its `__init__` has made;
    - what is set only where nothing is there yet, such as a client that is made once (`if self.client is None:`);
    - items, such as those of a cache by the arguments (`self.cache[pk] = …`);
    - what every task has, such as `self.request`, which is another one in each run;
    - classes that cannot be read.

    ## Profile
    Both: one object serves all runs everywhere.

    ## Proof
    - `test_defining.py::test_one_object_serves_every_run_of_a_task`: what one run leaves, the next one finds.
    - `test_defining.py::test_one_object_serves_every_run_of_a_task_that_is_a_class`: `__init__` runs once.
    - `test_workers.py::test_two_runs_of_one_task_share_what_is_kept_on_it`: in threads even at the same time.
    - `test_defining.py::test_the_request_of_a_bound_task_is_of_this_run`: what is safe.

    ## References
    - [Celery: instantiation](https://docs.celeryq.dev/en/stable/userguide/tasks.html#instantiation)
    """
    what = f"`{ast.unparse(kept.node)}`"
    if kept.how == "grown":
        message = f"{what} grows from run to run: one `{kept.name}` serves them all, use a variable of the run"
    else:
        message = f"{what} is what another run has left: one `{kept.name}` serves them all, use a variable of the run"
    yield Violation.at(kept.node, message)
