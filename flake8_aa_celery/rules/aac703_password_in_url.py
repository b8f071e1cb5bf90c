"""AAC703: a password that stands in the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.configuration.urls import PasswordInUrl


def check(password: PasswordInUrl, module: Module) -> Iterator[Violation]:
    """
    A broker's or backend's URL in the code holds a password.

    Flags a URL in `broker_url`, `result_backend` and their like, and in `Celery(broker=…, backend=…)`, whose text
    holds a password.

    ## Why
    Whoever can read the repository can connect to the broker, and who can write to it can run any task with any
    arguments. A password in the history of a repository stays there when the line is gone.

    ## Example
    ```python
    # celeryconfig.py
    broker_url = "amqp://worker:8fK2-vq91@queue.example.com//"
    ```

    ## Instead
    ```python
    # celeryconfig.py
    import os

    broker_url = os.environ["BROKER_URL"]
    ```

    ## Leaves alone
    - `guest`, `password` and other words that nobody takes for one, a password that is the user's name, and what a
      template or an f-string puts in;
    - `localhost` in settings for tests and development;
    - defaults of what is read from the environment.

    ## Profile
    Both: it is so in every project.

    ## Proof
    - `test_settings.py::test_a_password_in_a_url_is_the_one_that_is_used`: whoever reads it can connect.

    ## References
    - [Celery: security](https://docs.celeryq.dev/en/stable/userguide/security.html)
    """
    message = f"`{password.name}` holds a password that everybody knows who reads this: take it from the environment"
    yield Violation.at(password.node, message)
