"""AAC509: a receiver of `on_after_configure` that comes too late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rewrites import Rename, Spot
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.periodic.late_receivers import LateReceiver


def check(receiver: LateReceiver, module: Module) -> Iterator[Violation]:
    """
    A receiver of `on_after_configure` is connected after that signal was sent.

    Flags a connection to `on_after_configure` in a module that does not make the application.

    ## Why
    An application sends this signal once, when it first reads its settings. A worker and beat make it do so before
    they import the modules of tasks, so that a receiver there is never called: what it adds to the schedule is
    missing, and nobody complains.

    ## Example
    ```python
    # project/celery.py
    from celery import Celery

    app = Celery("project")

    # project/tasks.py
    from project.celery import app


    @app.task
    def update(): ...


    @app.on_after_configure.connect
    def set_up(sender, **kwargs):
        sender.add_periodic_task(3600, update.s())
    ```

    ## Instead
    ```python
    # project/celery.py
    from celery import Celery

    app = Celery("project")

    # project/tasks.py
    from project.celery import app


    @app.task
    def update(): ...


    @app.on_after_finalize.connect
    def set_up(sender, **kwargs):
        sender.add_periodic_task(3600, update.s())
    ```

    ## Leaves alone
    - the module that makes the application, and the packages that it lies in;
    - what these import, which may be in time.

    ## Fix
    Safe: `on_after_finalize`, which is sent after the tasks were imported; the receiver was never called before.

    ## Profile
    Plain Celery alone: an app of Alliance Auth has no application of its own to connect to.

    ## Proof
    - `test_signals.py::test_on_after_configure_is_sent_before_the_tasks_modules_are_imported`: by worker and beat.

    ## References
    - [Celery: periodic tasks](https://docs.celeryq.dev/en/stable/userguide/periodic-tasks.html#entries)
    """
    signal = receiver.node
    message = "`on_after_configure` was sent before this module is imported: connect to `on_after_finalize`"
    fix = Fix("safe", "Use `on_after_finalize`", Rename("on_after_finalize", [Spot.of(signal)]))
    yield Violation.at(signal, message, fix)
