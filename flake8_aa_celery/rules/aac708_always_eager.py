"""AAC708: all tasks run in the process of their caller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.configuration.celery_settings import CelerySetting


def check(setting: CelerySetting, module: Module) -> Iterator[Violation]:
    """
    Tasks never reach a worker, because they are always run by their caller.

    Flags `task_always_eager` set to True in settings that are neither for tests nor for development.

    ## Why
    With this setting `delay` runs the task at once, in the process that calls it: a view waits for it, what it raises
    is lost or raised there, priorities, countdowns and retries mean something else, and the workers have nothing to do.
    It is meant for tests, and is easily left behind where production reads it.

    ## Example
    ```python
    # celeryconfig.py
    broker_url = "redis://localhost:6379/0"
    task_always_eager = True
    ```

    ## Instead
    ```python
    # celeryconfig.py
    broker_url = "redis://localhost:6379/0"

    # tests/celeryconfig.py
    task_always_eager = True
    ```

    ## Leaves alone
    - modules and classes of settings with a word such as `test`, `dev`, `local`, `ci` or `docker` in their names;
    - what stands under a condition or in a function, and values that cannot be resolved.

    ## Profile
    Both: it is so in every project. In Alliance Auth `local.py` is what production reads, and is flagged.

    ## Proof
    - `test_eager.py::test_eager_chains_run_in_this_process_in_order`: and not in a worker.
    - `test_eager.py::test_eager_tasks_do_not_wait_for_their_countdown`: they run at once.
    - `test_eager.py::test_eager_tasks_swallow_their_exceptions`: what they raise is lost.

    ## References
    - [Celery: task_always_eager](https://docs.celeryq.dev/en/stable/userguide/configuration.html#task-always-eager)
    """
    message = f"`{setting.written}` runs every task in its caller, and none in a worker: keep it to test settings"
    yield Violation.at(setting.node, message)
