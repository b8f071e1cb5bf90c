"""AAC702: workers that read pickles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.calling.pickles import Pickle
    from flake8_aa_celery.model.code.module import Module


def check(pickle: Pickle, module: Module) -> Iterator[Violation]:
    """
    Messages are written as pickles, or workers accept them.

    Flags `pickle` in `accept_content`, in the settings that name a serialiser, and in the `serializer` of a task, a
    dispatch or an entry of the schedule. Of the settings of a module one is reported: the one that decides what workers
    accept.

    ## Why
    To read a pickle is to run the code that it holds. Whoever can write to the broker, or to the result backend, runs
    code in the workers and in whatever asks for results. Brokers are often reachable by more than the workers, and
    Celery has accepted JSON alone since version 4.

    ## Example
    ```python
    # celeryconfig.py
    broker_url = "redis://localhost:6379/0"
    accept_content = ["json", "pickle"]
    ```

    ## Instead
    ```python
    # celeryconfig.py
    broker_url = "redis://localhost:6379/0"
    accept_content = ["json"]
    ```

    ## Leaves alone
    - values that cannot be resolved;
    - YAML, which kombu reads without running anything;
    - serialisers of the project's own, such as pickles that are signed.

    ## Profile
    Both: in Alliance Auth, too, the broker is shared with the site and often with other programs.

    ## Proof
    - `test_settings.py::test_a_worker_that_accepts_pickle_runs_code_of_whoever_can_write_to_its_broker`: it does.
    - `test_settings.py::test_yaml_runs_no_code`: why YAML is left alone.

    ## References
    - [Celery: security](https://docs.celeryq.dev/en/stable/userguide/security.html#serializers)
    """
    if pickle.accepts:
        message = f"who can write to the broker runs code where pickle is read: take it out of `{pickle.setting}`"
    elif pickle.setting:
        message = f"`{pickle.setting}` is pickle, by which who can write to the broker runs code: use json"
    else:
        message = "a worker that reads pickle runs the code of who can write to the broker: use json"
    more = f" (and of {pickle.more} more)" if pickle.more else ""
    yield Violation.at(pickle.node, message + more)
