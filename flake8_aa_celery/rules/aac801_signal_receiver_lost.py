"""AAC801: a receiver of a signal that is gone before it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rewrites import SetOption, Spot
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.workers.receivers import LostReceiver


def check(lost: LostReceiver, module: Module) -> Iterator[Violation]:
    """
    A receiver of a Celery signal is referred to by nothing but the signal, and is never called.

    Flags a lambda, a `functools.partial`, a method of an object made on the spot, and a function inside a function that
    is connected to one of Celery's signals without `weak=False`.

    ## Why
    A signal refers to its receivers weakly. A function of a module stays with its module; a lambda is garbage as soon
    as the statement ends, and a function inside a function when that returns. Celery says nothing: the receiver is
    simply never called.

    ## Example
    ```python
    from celery.signals import worker_ready


    def set_up():
        @worker_ready.connect
        def greet(sender, **kwargs):
            print("ready")
    ```

    ## Instead
    ```python
    from celery.signals import worker_ready


    @worker_ready.connect
    def greet(sender, **kwargs):
        print("ready")
    ```

    ## Leaves alone
    - `weak=False`, and options that cannot be resolved;
    - a function that is returned, stored, or handed to something else than `connect`;
    - a function inside one that starts the worker itself, and so does not end before it;
    - signals that are not Celery's: Django's are connected in the same way and have the same trap.

    ## Fix
    Safe: `weak=False`, with which the receiver stays. Nothing called it before.

    ## Profile
    Both: signals are Celery's own.

    ## Proof
    - `test_signals.py::test_a_receiver_that_is_a_lambda_is_never_called`: a lambda.
    - `test_signals.py::test_a_receiver_in_a_function_is_never_called`: a function inside a function.
    - `test_signals.py::test_a_method_of_an_object_that_is_gone_is_never_called`: a method.
    - `test_signals.py::test_a_receiver_that_is_not_weak_is_called`: what the fix does.

    ## References
    - [Celery: signals](https://docs.celeryq.dev/en/stable/userguide/signals.html)
    """
    what = "this method" if lost.what == "method" else f"this {lost.what}"
    message = f"nothing keeps {what}, so that `{lost.receiver.signal}` never calls it: connect it with `weak=False`"
    fix = Fix("safe", "Add `weak=False`", SetOption("weak", "False", Spot.of(lost.receiver.connect)))
    yield Violation.at(lost.node, message, fix)
