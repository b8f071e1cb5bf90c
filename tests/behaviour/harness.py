"""A running Celery that remembers: what was sent to the broker, and what the worker did with it.

The application is configured as Alliance Auth ships it: priorities from 0 to 9 with 5 as the default, JSON, no
result backend. The broker is kombu's own memory transport, the worker is Celery's own, in a thread of this process.

The worker takes no message before `Worker.run` is called, and takes none after it returned: what a caller sends is
therefore always recorded before what its tasks send, and two runs of the same code record the same messages.
"""

from __future__ import annotations

import atexit
import base64
import sys
import threading
import types
from collections import defaultdict
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from queue import Empty
from typing import TYPE_CHECKING, Any, NamedTuple

import celery.worker.consumer  # the worker's blueprint finds its steps by import
from celery import Celery, _state, current_app, signals
from celery.app import trace
from celery.worker import WorkController
from kombu.transport import TRANSPORT_ALIASES, memory
from kombu.utils.json import loads

if TYPE_CHECKING:
    from collections.abc import Iterator

CELERY: tuple[int, ...] = tuple(celery.VERSION[:2])
"""Celery's version, for the few facts that changed with it."""

PATIENCE = 20.0
"""Seconds after which a message that the worker has not finished fails the test."""

ALLIANCE_AUTH: dict[str, Any] = {
    "task_default_priority": 5,
    "broker_transport_options": {"priority_steps": list(range(10)), "queue_order_strategy": "priority"},
    "broker_connection_retry_on_startup": True,
    "worker_prefetch_multiplier": 1,
    "worker_eta_task_limit": 100,
}
"""What Alliance Auth's project template sets, under Celery's own names."""


class Message(NamedTuple):
    """One task message as the broker received it, without the ids that differ from run to run.

    `countdown` and `expires` are whole seconds from the moment of sending, `parent` and `root` are task names,
    `outcome` is the state in which the worker left it (`SUCCESS`, `FAILURE`, `RETRY`, `IGNORED`, `REVOKED`,
    `UNREGISTERED`), or None if it has not run: it waits for its countdown, or nobody consumes its queue.
    """

    task: str
    args: list[Any]
    kwargs: dict[str, Any]
    priority: int | None
    countdown: int | None
    expires: int | None
    queue: str
    retries: int
    parent: str | None
    root: str | None
    outcome: str | None

    @property
    def name(self) -> str:
        """The task's name without its module."""
        return self.task.rpartition(".")[2]


class Run(NamedTuple):
    """One execution of a task in the worker; `value` is what it returned, or the exception that ended it."""

    task: str
    args: list[Any]
    kwargs: dict[str, Any]
    priority: int | None
    state: str
    value: Any

    @property
    def name(self) -> str:
        """The task's name without its module."""
        return self.task.rpartition(".")[2]


class _Put(NamedTuple):
    """A message that reached the broker, with the ids that tie it to the others."""

    id: str
    parent_id: str | None
    root_id: str | None
    message: Message


def _seconds_until(moment: str | None) -> int | None:
    if moment is None:
        return None
    read = datetime.fromisoformat(moment)
    now = datetime.now(timezone.utc) if read.tzinfo else datetime.now()
    return round((read - now) / timedelta(seconds=1))


def _read(queue: str, raw: dict[str, Any]) -> _Put:
    """Decode a task message of Celery's protocol 2 from the dict that kombu hands to its transports.

    A body that is not JSON is left as the message's one argument, undecoded.
    """
    headers, properties = raw["headers"], raw["properties"]
    body = base64.b64decode(raw["body"])
    args, kwargs, _ = loads(body) if raw["content-type"] == "application/json" else ([body], {}, None)
    message = Message(
        task=headers["task"],
        args=args,
        kwargs=kwargs,
        priority=properties.get("priority"),
        countdown=_seconds_until(headers["eta"]),
        expires=_seconds_until(headers["expires"]),
        queue=queue,
        retries=headers["retries"],
        parent=None,
        root=None,
        outcome=None,
    )
    return _Put(headers["id"], headers["parent_id"], headers["root_id"], message)


class Journal:
    """What was put, what ran and how it ended; the broker and the worker write, the tests read."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.open = False
        self.idle = False
        self.queues = {"celery"}
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        with self.changed:
            self._puts: list[_Put] = []
            self._outcomes: dict[str, list[str]] = defaultdict(list)
            self._runs: list[Run] = []

    def put(self, queue: str, raw: dict[str, Any]) -> None:
        """The broker received a message."""
        if "task" in raw.get("headers", ()):
            with self.changed:
                self._puts.append(_read(queue, raw))
                self.changed.notify_all()

    def ran(self, run: Run) -> None:
        """The worker has executed a task."""
        with self.changed:
            self._runs.append(run)
            self.changed.notify_all()

    def ended(self, task_id: str, outcome: str) -> None:
        """The worker is done with a message: it ran, expired, or names a task that nobody knows."""
        with self.changed:
            self._outcomes[task_id].append(outcome)
            self.idle = False
            self.changed.notify_all()

    def polled(self) -> None:
        """The worker looks for the next message: it has done with the one before, whose end comes a bit earlier."""
        with self.changed:
            self.idle = True
            self.changed.notify_all()

    def messages(self) -> list[Message]:
        """Every message so far, in the order in which the broker received them."""
        with self.changed:
            names = {put.id: put.message.task for put in self._puts}
            outcomes = {task_id: iter(ended) for task_id, ended in self._outcomes.items()}
            return [
                put.message._replace(
                    parent=names.get(put.parent_id or ""),
                    root=names.get(put.root_id or ""),
                    outcome=next(outcomes.get(put.id, iter(())), None),
                )
                for put in self._puts
            ]

    def runs(self) -> list[Run]:
        """Every execution so far, in the order in which they ended."""
        with self.changed:
            return list(self._runs)

    def pending(self, *, delayed: bool) -> list[str]:
        """The tasks whose messages the worker has not finished; those with a countdown only if asked for."""
        return [
            message.task
            for message in self.messages()
            if message.outcome is None and message.queue in self.queues and (delayed or not message.countdown)
        ]

    def finished(self, *, delayed: bool) -> bool:
        """Whether the worker has nothing left to do."""
        return self.idle and not self.pending(delayed=delayed)


journal = Journal()


class RecordingChannel(memory.Channel):
    """kombu's memory channel, written down, and shut while the journal is not open."""

    def _put(self, queue: str, message: dict[str, Any], **kwargs: Any) -> None:
        journal.put(queue, message)
        super()._put(queue, message, **kwargs)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        journal.polled()
        if not journal.open:
            raise Empty
        return super()._get(queue, timeout)


class RecordingTransport(memory.Transport):
    """kombu's memory transport with a channel that records."""

    Channel = RecordingChannel
    polling_interval = 0.005


def _on_postrun(task_id: str, task: Any, args: Any, kwargs: Any, retval: Any, state: str | None, **_: Any) -> None:
    if task.request.is_eager:
        return
    priority = (task.request.delivery_info or {}).get("priority")
    journal.ran(Run(task.name, list(args), dict(kwargs), priority, state or "", retval))
    journal.ended(task_id, state or "")


def _on_revoked(request: Any, **_: Any) -> None:
    journal.ended(request.id, "REVOKED")


def _on_unknown(id: str, **_: Any) -> None:
    journal.ended(id, "UNREGISTERED")


def _on_rejected(message: Any, **_: Any) -> None:
    journal.ended(message.headers["id"], "REJECTED")


LISTENERS = (
    (signals.task_postrun, _on_postrun),
    (signals.task_revoked, _on_revoked),
    (signals.task_unknown, _on_unknown),
    (signals.task_rejected, _on_rejected),
)


def make_app() -> Celery:
    """A Celery application as Alliance Auth configures it, on the recording memory broker."""
    TRANSPORT_ALIASES["recording"] = f"{__name__}:RecordingTransport"
    app = Celery("behaviour", broker="recording://", set_as_current=False)
    app.conf.update(ALLIANCE_AUTH)
    return app


class Worker:
    """The application, its worker, and what both did while it was observed."""

    def __init__(self) -> None:
        self.app = make_app()
        # pytest looks into every module that it collects, and so asks shared tasks for their application: without
        # this, Celery makes one, which keeps every task that a test defines.
        self.app.set_default()
        self._controller: WorkController | None = None

    def start(self) -> None:
        """Start the worker, unless it runs already; it stops when the process ends."""
        if self._controller is not None:
            return
        for signal, listener in LISTENERS:
            signal.connect(listener)
        self.app.finalize()
        ready = threading.Event()
        self._controller = WorkController(
            app=self.app,
            pool="solo",
            concurrency=1,
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
            ready_callback=lambda _: ready.set(),
        )
        # `celery worker` does so: it lets a task class with a `__call__` of its own, such as celery-once's, retry.
        trace.setup_worker_optimizations(self.app, self._controller.hostname)
        self._thread = threading.Thread(target=self._controller.start, daemon=True)
        self._thread.start()
        if not ready.wait(PATIENCE):
            raise RuntimeError("the worker did not start")
        _state._set_task_join_will_block(False)
        atexit.register(self.stop)

    def stop(self) -> None:
        """Stop the worker; a second call does nothing."""
        if self._controller is None:
            return
        controller, self._controller = self._controller, None
        controller.stop()
        self._thread.join(PATIENCE)
        trace.reset_worker_optimizations(self.app)
        for signal, listener in LISTENERS:
            signal.disconnect(listener)

    @contextmanager
    def observing(self) -> Iterator[None]:
        """Be the current application with an empty journal; forget all messages and new tasks afterwards."""
        self.start()
        before, known = current_app._get_current_object(), set(self.app.tasks)
        shared = set(_state._on_app_finalizers)
        self.app.set_current()
        journal.clear()
        try:
            yield
        finally:
            self._forget(known)
            # Else each application made later would be given the tasks that `@shared_task` made meanwhile.
            _state._on_app_finalizers.intersection_update(shared)
            before.set_current()

    def _forget(self, known: set[str]) -> None:
        """Drop every waiting message, and each task that is not among `known`."""
        consumer = self.consumer
        consumer.timer.clear()
        with self.app.connection_for_write() as connection:
            for queue in list(RecordingChannel.queues):
                if not queue.endswith(".pidbox"):
                    connection.default_channel.queue_purge(queue)
        for name in set(self.app.tasks) - known:
            del self.app.tasks[name]
            consumer.strategies.pop(name, None)
        journal.clear()

    @property
    def consumer(self) -> Any:
        """What takes the worker's messages. Raises `RuntimeError` before it was started."""
        if self._controller is None:
            raise RuntimeError("the worker was not started")
        return self._controller.consumer

    def _introduce_new_tasks(self) -> None:
        """Tell the worker of tasks that were defined after it started: a real one imports them before."""
        consumer = self.consumer
        for name in set(self.app.tasks) - set(consumer.strategies):
            task = self.app.tasks[name]
            consumer.task_buckets[name] = consumer.bucket_for_task(task)
            consumer.strategies[name] = task.start_strategy(self.app, consumer)
            task.__trace__ = trace.build_tracer(name, task, self.app.loader, consumer.hostname, app=self.app)

    def run(self, *, delayed: bool = False) -> list[Run]:
        """Let the worker take messages until none is left, with `delayed` those with a countdown too.

        Returns what ran since the journal was cleared. Raises `TimeoutError` naming the tasks that did not end
        within `PATIENCE` seconds.
        """
        self._introduce_new_tasks()
        # Celery refuses to wait for results in a worker's process; this one is a worker's only meanwhile.
        _state._set_task_join_will_block(True)
        with journal.changed:
            journal.open = True
            try:
                if not journal.changed.wait_for(lambda: journal.finished(delayed=delayed), PATIENCE):
                    raise TimeoutError(f"not finished: {journal.pending(delayed=delayed)}")
            finally:
                journal.open = False
                _state._set_task_join_will_block(False)
        return journal.runs()

    @contextmanager
    def consuming(self, queue: str) -> Iterator[None]:
        """Let the worker take the messages of a second queue meanwhile."""
        consumer = self.consumer
        consumer.call_soon(consumer.add_task_queue, queue)
        journal.queues.add(queue)
        try:
            yield
        finally:
            journal.queues.discard(queue)
            consumer.call_soon(consumer.cancel_task_queue, queue)

    @property
    def sent(self) -> list[Message]:
        """Every message since the journal was cleared, in the order in which they were sent."""
        return journal.messages()

    def priorities(self) -> list[tuple[str, int | None]]:
        """Name and priority of every message sent."""
        return [(message.name, message.priority) for message in self.sent]

    def names(self) -> list[str]:
        """The names of the tasks that ran to success, in order."""
        return [run.name for run in journal.runs() if run.state == "SUCCESS"]


worker = Worker()
"""The one worker of this process."""


def messages_of(source: str, call: str, *, module: str = "proof.tasks") -> list[Message]:
    """Return what Celery sends when `call` runs after `source`, and what became of each message.

    `source` is the text of a module of task code, executed afresh under the name `module`, which its tasks' names
    start with; `call` is an expression or statements evaluated in it. A test of a fix compares the messages of the
    source before it and after it with `==`: they hold no ids and no times. What `source` or `call` raises is raised.
    """
    namespace = types.ModuleType(module)
    with worker.observing():
        sys.modules[module] = namespace
        try:
            exec(compile(source, f"<{module}>", "exec"), namespace.__dict__)
            exec(compile(call, "<call>", "exec"), namespace.__dict__)
            worker.run()
            return worker.sent
        finally:
            del sys.modules[module]
