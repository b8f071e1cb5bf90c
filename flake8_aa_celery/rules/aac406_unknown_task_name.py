"""AAC406: a name that no task of the project has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.calling.task_names import is_unknown, registered_instead, whose
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.calling.task_names import SpokenName
    from flake8_aa_celery.model.code.module import Module


def check(spoken: SpokenName, module: Module) -> Iterator[Violation]:
    """
    A task is sent or scheduled by a name that no task has.

    Flags a name in `send_task("…")`, in `signature("…")`, in the `task` of a schedule and in that of a row of
    django-celery-beat, which begins with a package of this project, where no task of the project is registered by it:
    because the task was renamed or moved, because its decorator says another `name=`, or because it is only imported
    where the name points to. In documents the code blocks that are marked as Python are read.

    ## Why
    Nobody compares the name with anything when it is sent: the message goes out, and the worker logs `Received
    unregistered task` and throws it away. A schedule with such a name does nothing, for ever.

    ## Example
    ```python
    # app/settings.py
    CELERYBEAT_SCHEDULE = {
        "app_update_all": {"task": "app.tasks.update_everything", "schedule": 3600},
    }

    # app/tasks.py
    from celery import shared_task


    @shared_task
    def update_all(): ...
    ```

    ## Instead
    ```python
    # app/settings.py
    CELERYBEAT_SCHEDULE = {
        "app_update_all": {"task": "app.tasks.update_all", "schedule": 3600},
    }

    # app/tasks.py
    from celery import shared_task


    @shared_task
    def update_all(): ...
    ```

    ## Leaves alone
    - names that begin with no package of this project, nor with one that is installed in its `environment`, and those
      without a dot;
    - names that cannot be resolved, and names that lead to something that may be a task: a class, a function with a
      decorator that is not known, a task whose `name=` cannot be resolved;
    - functions that are no tasks, where a schedule names them: that is AAC103.

    ## Profile
    Both: it is so in every project.

    ## Proof
    - `test_calling.py::test_an_unknown_task_name_is_sent_and_dropped_by_the_worker`: nobody hears of it.
    - `test_defining.py::test_a_tasks_name_is_its_module_and_function`: the name that a task has.

    ## References
    - [Celery: names](https://docs.celeryq.dev/en/stable/userguide/tasks.html#names)
    - [Alliance Auth: How can I define periodic tasks for my app?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html)
    """
    if is_unknown(spoken, module):
        meant = registered_instead(spoken, module)
        advice = f"did you mean `{meant}`?" if meant else "its messages are dropped, correct the name"
        yield Violation.at(spoken.node, f"no task of {whose(spoken, module)} is called `{spoken.name}`: {advice}")
