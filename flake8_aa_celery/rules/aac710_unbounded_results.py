"""AAC710: results that are kept for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.configuration.celery_settings import CelerySetting


def check(setting: CelerySetting, module: Module) -> Iterator[Violation]:
    """
    The results of tasks never expire.

    Flags `result_expires` of None or 0 in a project that has a result backend.

    ## Why
    Every task leaves a result, a day long unless told. Without an end they fill the memory of Redis, or the table of
    the database, until somebody looks.

    ## Example
    ```python
    # celeryconfig.py
    result_backend = "redis://localhost:6379/1"
    result_expires = None
    ```

    ## Instead
    ```python
    # celeryconfig.py
    result_backend = "redis://localhost:6379/1"
    result_expires = 3600
    ```

    ## Leaves alone
    - values that cannot be resolved;
    - projects without a result backend.

    ## Profile
    Plain Celery alone: Alliance Auth has no result backend. Off by default: some want to keep their results.

    ## Proof
    - `test_settings.py::test_a_result_is_kept_for_ever_if_it_does_not_expire`: in Redis.

    ## References
    - [Celery: result_expires](https://docs.celeryq.dev/en/stable/userguide/configuration.html#result-expires)
    """
    message = f"by this `{setting.written}` results are kept for ever and fill the backend: set a number of seconds"
    yield Violation.at(setting.node, message)
