"""AAC309: a signature or workflow that is never started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.resolve.values import Signature
from flake8_aa_celery.rewrites import WrapExpression
from flake8_aa_celery.rules.words import called
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Workflow

_DELAY = WrapExpression("", ".delay()")


def check(made: Signature | Workflow, module: Module) -> Iterator[Violation]:
    """
    A signature or workflow is made and never started.

    Flags a signature (`s`, `si`, `signature`, `subtask`) or a workflow (`chain`, `group`, `chord`, `chunks`, `map`,
    `starmap`, `|`) that is a statement of its own, or that a function binds to a name and never reads.

    ## Why
    A signature describes a call, a workflow describes many; neither sends anything. Without `delay()`, `apply_async()`
    or, for a workflow, a call, nothing happens, and nothing says so.

    ## Example
    ```python
    from celery import chain, shared_task


    @shared_task
    def update(pk): ...


    @shared_task
    def update_all(pks):
        chain([update.si(pk) for pk in pks])
    ```

    ## Instead
    ```python
    from celery import chain, shared_task


    @shared_task
    def update(pk): ...


    @shared_task
    def update_all(pks):
        chain([update.si(pk) for pk in pks]).delay()
    ```

    ## Leaves alone
    - what is started, returned, passed on, or stored in an attribute or a list;
    - a name of a module or a class, which others may read;
    - `.set(…)` or `.on_error(…)` on a name, which changes what the name stands for.

    ## Fix
    Calls `delay()` on it. Unsafe: something is sent that never was.

    ## Profile
    Both: it is so in every project.

    ## Proof
    - `test_results_and_workflows.py::test_a_workflow_that_is_not_started_sends_nothing`: nothing is sent.
    - `test_results_and_workflows.py::test_a_called_chain_is_sent`: a call starts it.

    ## References
    - [Celery: signatures](https://docs.celeryq.dev/en/stable/userguide/canvas.html#signatures)
    - [Alliance Auth: Can I use long-running tasks?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#can-i-use-long-running-tasks)
    """
    what = f"the signature of {called(made)}" if isinstance(made, Signature) else f"this `{made.kind}`"
    message = f"{what} is never started, so nothing is sent: call `delay()` on it"
    yield Violation.at(made.node, message, Fix("unsafe", "Call `delay()`", _DELAY))
