"""AAC604: a view that does what a task should do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rules.ways import by, trace
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.django.slow_views import SlowView


def check(slow: SlowView, module: Module) -> Iterator[Violation]:
    """
    A view waits for the network, for a process, or sleeps.

    Flags in a view what AAC306 counts as blocking: requests over the network, `time.sleep`, `subprocess`; also in a
    function of the same module that the view calls.

    ## Why
    Everything that takes longer than a second interrupts the user. Somebody else's server takes as long as it likes,
    and while a view waits for it, one of the few processes of the web server is held. Alliance Auth's documentation
    asks for a task wherever more than a second may pass.

    ## Example
    ```python
    # app/views.py
    import requests

    from app.tasks import update_owner


    def prices(request):
        update_owner.delay(1)
        return requests.get("https://example.com/prices", timeout=30).json()
    ```

    ## Instead
    ```python
    # app/views.py
    from app.tasks import fetch_prices, update_owner


    def prices(request):
        update_owner.delay(1)
        fetch_prices.delay()
        return Price.objects.all()
    ```

    ## Leaves alone
    - what happens in functions of other modules;
    - tasks that the view runs or waits for, which is AAC603;
    - modules that have nothing to do with Celery.

    ## Settings
    `blocking-calls` (`[]`): more functions that block, such as `myapp.providers.fetch`.

    ## Profile
    Both: users are the same everywhere. Off by default: some pages cannot do without an answer from elsewhere.

    ## References
    - [Alliance Auth: Duration](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#duration)
    """
    message = f"`{slow.view.name}` keeps the user waiting for {by(slow.way)}: do it in a task"
    yield Violation.at(slow.way[0].step.call.node, message, trace=trace(slow.way))
