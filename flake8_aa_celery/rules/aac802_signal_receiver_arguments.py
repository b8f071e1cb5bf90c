"""AAC802: a receiver of a signal that cannot take what is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.workers.receivers import RefusedReceiver


def check(refused: RefusedReceiver, module: Module) -> Iterator[Violation]:
    """
    A receiver of a Celery signal takes no `**kwargs`, wants what the signal does not send, or is a coroutine.

    Flags a function or lambda that is connected to one of Celery's signals and takes no `**kwargs`, has a parameter
    without a default that the signal does not send, or reads such a thing from its `**kwargs` or from a parameter that
    is None unless given and that other signals send; and an `async def`.

    ## Why
    Celery calls receivers by keyword and may send more with each version, so it refuses those without `**kwargs` by a
    `ValueError` when they are connected, which is when the module is imported. What a receiver demands and the signal
    does not send is a `TypeError` in the log each time, and the receiver does nothing: `task_success` sends the result,
    and not the arguments of the task. An `async def` is called as any function is, and nothing awaits it, so that its
    body never runs.

    ## Example
    ```python
    from celery.signals import task_success


    @task_success.connect
    def count(sender, result, args, **kwargs):
        print(sender.name, args)
    ```

    ## Instead
    ```python
    from celery.signals import task_success


    @task_success.connect
    def count(sender, result, **kwargs):
        print(sender.name, sender.request.args)
    ```

    ## Leaves alone
    - parameters with a default, where the function minds it, has another one than None, or is called by more than one
      signal;
    - methods, and functions with decorators that are not followed;
    - signals that are not Celery's.

    ## Profile
    Both: signals are Celery's own.

    ## Proof
    - `test_signals.py::test_a_receiver_without_arbitrary_keyword_arguments_is_refused`: `ValueError`.
    - `test_signals.py::test_a_receiver_that_asks_for_what_its_signal_does_not_tell_fails`: `TypeError` in the log.
    - `test_signals.py::test_a_receiver_that_is_a_coroutine_never_runs`: nothing awaits it.
    - `test_signals.py::test_a_signal_tells`: what each signal sends.

    ## References
    - [Celery: signals](https://docs.celeryq.dev/en/stable/userguide/signals.html)
    """
    receiver = f"`{refused.name}`" if refused.name else "this lambda"
    signal = refused.receiver.signal
    if refused.is_coroutine:
        message = f"`{signal}` calls {receiver} and nothing awaits it, so it never runs: make it a plain function"
    elif not refused.missing:
        message = f"`{signal}` refuses {receiver} with a ValueError when it is connected: add `**kwargs`"
    else:
        sent = ", ".join(f"`{name}`" for name in refused.receiver.sent or ()) or "nothing but `sender`"
        what = "is never called" if refused.is_demanded else "reads it"
        message = f"`{signal}` sends no `{refused.missing}`, and {receiver} {what}: it sends {sent}"
    yield Violation.at(refused.node, message)
