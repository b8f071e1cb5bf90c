"""A Redis of the tests' own, and Celery workers on it as processes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import redis
from celery import Celery

from .harness import ALLIANCE_AUTH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SERVER = shutil.which("redis-server")
NO_SERVER = "no redis-server on the PATH: install it (Debian: apt-get install redis-server) to run these"
PATIENCE = 40.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(directory: Path) -> Iterator[str]:
    """Run a Redis server that keeps nothing on a free port of the loopback; yields its URL."""
    port = _free_port()
    assert SERVER is not None
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with (directory / "redis.log").open("wb") as log:
        process = subprocess.Popen([SERVER, *options, "--dir", str(directory)], stdout=log, stderr=log)
    try:
        _wait_for_answer(port, process)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _answers(port: int) -> bool:
    try:
        return bool(redis.Redis(port=port).ping())
    except redis.ConnectionError:
        return False


def _wait_for_answer(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        if _answers(port):
            return
        time.sleep(0.02)
    raise RuntimeError("redis-server did not start")


class Broker:
    """An application on a Redis broker, what lies in its queues, and what its workers tell of."""

    def __init__(self, url: str, directory: Path) -> None:
        self.url = url
        self.client = redis.Redis.from_url(url, socket_timeout=None, decode_responses=True)
        self.client.flushdb()
        self.app = Celery("redis_tasks", broker=url, set_as_current=False)
        self.settings: dict[str, Any] = ALLIANCE_AUTH
        self.app.conf.update(self.settings)
        self._directory = directory
        self._workers: list[subprocess.Popen[bytes]] = []

    def close(self) -> None:
        """Let go of the server, and of every `@shared_task`."""
        self.app.close()
        self.client.close()

    def send(self, task: str, *args: Any, **options: Any) -> None:
        """Send a task of `redis_tasks` at the priority that is given: `send_task` knows no default."""
        options.setdefault("priority", 5)
        self.app.send_task(f"redis_tasks.{task}", args, **options)

    def lists(self) -> list[str]:
        """The names of the lists that hold messages; what follows kombu's separator is the priority's step."""
        names = [str(name) for name in self.client.keys("*") if self.client.type(name) == "list"]
        return sorted(name.replace("\x06\x16", ":") for name in names)

    def happened(self, number: int) -> list[str]:
        """Wait until the workers have told of `number` things, and return them in order."""
        told: list[str] = []
        end = time.monotonic() + PATIENCE
        while len(told) < number:
            item = self.client.blpop(["happened"], timeout=1)
            if item is not None:
                told.append(str(item[1]))
            elif time.monotonic() > end or any(worker.poll() is not None for worker in self._workers):
                raise TimeoutError(f"only {told}; {self.log()}")
        return told

    def happened_before(self, last: str) -> list[str]:
        """Wait until the workers have told of this, and return what they told of before it."""
        told: list[str] = []
        while (text := self.happened(1)[0]) != last:
            told.append(text)
        return told

    def waits_for(self, condition: Callable[[], bool]) -> bool:
        """Whether the condition becomes true in time."""
        end = time.monotonic() + PATIENCE
        while not condition() and time.monotonic() < end:
            time.sleep(0.02)
        return condition()

    def log(self) -> str:
        """What the workers printed."""
        return "".join(path.read_text() for path in sorted(self._directory.glob("worker*.log")))

    @contextmanager
    def worker(self, pool: str = "solo", concurrency: int = 1, **settings: Any) -> Iterator[None]:
        """Run a worker of so many slots as a process, with settings beside Alliance Auth's."""
        process = self._start(pool, concurrency, settings)
        self._workers.append(process)
        try:
            yield
        finally:
            self._workers.remove(process)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(PATIENCE)
            self._forget_waiting_clients()

    def _start(self, pool: str, concurrency: int, settings: dict[str, Any]) -> subprocess.Popen[bytes]:
        here = Path(__file__).parent
        environment = {
            **os.environ,
            "BEHAVIOUR_REDIS": self.url,
            "BEHAVIOUR_SETTINGS": json.dumps({**self.settings, **settings}),
            "PYTHONPATH": os.pathsep.join(filter(None, [str(here), os.environ.get("PYTHONPATH")])),
        }
        command = [sys.executable, "-m", "celery", "-A", "redis_tasks", "worker", "--pool", pool]
        command += ["-c", str(concurrency), "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "info"]
        number = len(list(self._directory.glob("worker*.log")))
        with (self._directory / f"worker{number}.log").open("wb") as log:
            return subprocess.Popen(
                command, cwd=self._directory, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def _forget_waiting_clients(self) -> None:
        """Drop the connections of killed workers: Redis hands the next message to one that it believes alive."""
        database = str(self.client.get_connection_kwargs()["db"])
        for client in self.client.client_list():
            if "b" in client["flags"] and client["db"] == database:
                self.client.client_kill_filter(_id=client["id"])
