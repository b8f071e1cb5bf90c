"""Who hears Celery's signals, and what they tell."""

from __future__ import annotations

import gc
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from celery import shared_task, signals

from .harness import CELERY
from .tasks import a, fails, seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .harness import Worker


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """No receiver stays connected after its test; the lists themselves stay, which Celery's tracers look at."""
    before = [(signal, signal.receivers, list(signal.receivers)) for signal in TOLD]
    yield
    for signal, receivers, content in before:
        receivers[:] = content
        signal.receivers = receivers
        signal.sender_receivers_cache.clear()
        signal._dead_receivers = False


def of_the_module(**_: Any) -> None:
    seen.append("heard")


def heard(worker: Worker) -> list[str]:
    """What the receivers of `task_success` have heard when a task has run."""
    gc.collect()
    a.delay()
    worker.run()
    return seen


async def awaited_by_nobody(**_: Any) -> None:
    seen.append("heard")


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
def test_a_receiver_that_is_a_coroutine_never_runs(worker: Worker) -> None:
    """Celery calls an `async def` and lets go of the coroutine that it gets."""
    signals.task_success.connect(awaited_by_nobody)
    assert heard(worker) == []


def test_a_receiver_that_is_a_function_of_a_module_is_called(worker: Worker) -> None:
    """A module keeps its functions."""
    signals.task_success.connect(of_the_module)
    assert heard(worker) == ["heard"]


def test_a_receiver_that_is_a_lambda_is_never_called(worker: Worker) -> None:
    """`task_success.connect(lambda **_: …)`: Celery refers to it weakly, and nobody else does."""
    signals.task_success.connect(lambda **_: seen.append("heard"))
    assert heard(worker) == []


def connect_local(**options: Any) -> Callable[..., None]:
    """Connect a function that is defined in this one; returns it."""

    @signals.task_success.connect(**options)
    def local(**_: Any) -> None:
        seen.append("heard")

    receiver: Callable[..., None] = local
    return receiver


def test_a_receiver_in_a_function_is_never_called(worker: Worker) -> None:
    """It is gone when the function that defines it has ended."""
    connect_local()
    assert heard(worker) == []


def test_a_receiver_in_a_function_that_is_kept_is_called(worker: Worker) -> None:
    """Whoever keeps what the function returns keeps the receiver."""
    kept = connect_local()
    assert heard(worker) == ["heard"]
    assert kept is not None


@pytest.mark.parametrize("connect", [connect_local, signals.task_success.connect], ids=["function", "lambda"])
def test_a_receiver_that_is_not_weak_is_called(worker: Worker, connect: Callable[..., Any]) -> None:
    """`weak=False` keeps a lambda and a local function alike."""
    if connect is connect_local:
        connect(weak=False)
    else:
        connect(lambda **_: seen.append("heard"), weak=False)
    assert heard(worker) == ["heard"]


def test_a_method_of_an_object_that_is_gone_is_never_called(worker: Worker) -> None:
    """`connect(Listener().on_success)`: the object is gone, and its method with it."""

    class Listener:
        def on_success(self, **_: Any) -> None:
            seen.append("heard")

    signals.task_success.connect(Listener().on_success)
    assert heard(worker) == []


def without_keywords(sender: Any, result: Any) -> None: ...


def test_a_receiver_without_arbitrary_keyword_arguments_is_refused() -> None:
    """`def on_success(sender, result)` raises `ValueError` when it is connected."""
    with pytest.raises(ValueError, match="must accept keyword arguments"):
        signals.task_success.connect(without_keywords)


@shared_task(bind=True)
def retries(self: Any) -> None:
    raise self.retry(countdown=600)


TOLD: dict[Any, set[str]] = {
    signals.before_task_publish: {
        "body", "exchange", "routing_key", "headers", "properties", "declare", "retry_policy",
    },
    signals.after_task_publish: {"body", "exchange", "routing_key", "headers"},
    signals.task_received: {"request"},
    signals.task_prerun: {"task_id", "task", "args", "kwargs"},
    signals.task_postrun: {"task_id", "task", "args", "kwargs", "retval", "state"},
    signals.task_success: {"result"} if CELERY < (5, 7) else {"result", "runtime"},
    signals.task_failure: {"task_id", "exception", "args", "kwargs", "traceback", "einfo"},
    signals.task_retry: {"request", "reason", "einfo"},
    signals.task_revoked: {"request", "terminated", "signum", "expired"},
    signals.task_unknown: {"message", "exc", "name", "id"},
}  # fmt: skip
"""What each signal tells, beside `signal` and `sender`."""


@pytest.mark.parametrize("signal", TOLD, ids=lambda signal: signal.name)
def test_a_signal_tells(worker: Worker, signal: Any) -> None:
    """Each signal has keyword arguments of its own: `task_success` gives the result, not the task's arguments."""

    def receiver(**told: Any) -> None:
        seen.append(set(told) - {"signal", "sender"})

    signal.connect(receiver)
    for send in (a.delay, fails.delay, retries.delay):
        send()
    a.apply_async(expires=-1)
    worker.app.send_task("nope.tasks.x")
    worker.run()
    assert seen
    assert {frozenset(told) for told in seen} == {frozenset(TOLD[signal])}


def test_a_receiver_that_asks_for_what_its_signal_does_not_tell_fails(
    worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    """`def on_success(result, args, **_)` of `task_success`: a `TypeError` in the log, each time; the task succeeds."""

    def on_success(result: Any, args: Any, **_: Any) -> None:
        seen.append("heard")

    signals.task_success.connect(on_success)
    assert heard(worker) == []
    assert worker.names() == ["a"]
    assert "missing 1 required positional argument: 'args'" in caplog.text


APPLICATION = """
from celery import Celery

app = Celery("project", broker="memory://")
app.autodiscover_tasks(["project"])

@app.on_after_configure.connect
def set_up(sender, **_):
    print("on_after_configure in the application's module", flush=True)
"""

TASKS = """
import os
from celery.signals import beat_init, worker_ready
from .celery import app

@app.on_after_configure.connect
def too_late(sender, **_):
    print("on_after_configure in a tasks module", flush=True)

@app.on_after_finalize.connect
def in_time(sender, **_):
    print("on_after_finalize in a tasks module", flush=True)

@worker_ready.connect
@beat_init.connect
def end(**_):
    os._exit(0)
"""


@pytest.mark.parametrize("command", [["worker", "--pool", "solo"], ["beat"]], ids=["worker", "beat"])
def test_on_after_configure_is_sent_before_the_tasks_modules_are_imported(tmp_path: Path, command: list[str]) -> None:
    """A receiver of `on_after_configure` in a tasks module is never called, one of `on_after_finalize` is."""
    project = tmp_path / "project"
    project.mkdir()
    for name, text in {"__init__": "", "celery": APPLICATION, "tasks": TASKS}.items():
        (project / f"{name}.py").write_text(text)
    asked = [sys.executable, "-m", "celery", "-A", "project.celery", *command]
    printed = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert [line for line in printed.stdout.splitlines() if line.startswith("on_after")] == [
        "on_after_configure in the application's module",
        "on_after_finalize in a tasks module",
    ]
