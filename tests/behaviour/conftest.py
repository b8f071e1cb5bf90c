"""The fixtures of the behaviour tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import celery_once
import pytest

from . import harness, once_backend, redis_broker
from .tasks import seen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _nothing_seen_yet() -> None:
    seen.clear()


@pytest.fixture(scope="session")
def _worker() -> Iterator[harness.Worker]:
    harness.worker.start()
    yield harness.worker
    harness.worker.stop()


@pytest.fixture
def worker(_worker: harness.Worker) -> Iterator[harness.Worker]:
    """The running worker; it forgets what it was sent, and the tasks that the test defined, after the test."""
    with _worker.observing():
        yield _worker


@pytest.fixture
def once_set_up(worker: harness.Worker, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """celery-once set up; its class's own options, which a test may change, are put back."""
    once_backend.locks.clear()
    backend = f"{once_backend.__name__}.MemoryBackend"
    monkeypatch.setitem(worker.app.conf, "ONCE", {"backend": backend, "settings": {}})
    monkeypatch.setattr(celery_once.QueueOnce, "once", dict(celery_once.QueueOnce.once))
    yield
    once_backend.locks.clear()


@pytest.fixture
def alliance_auth(once_set_up: None) -> type:
    """A class that does what Alliance Auth's `QueueOnce` does: it takes celery-once's own dict and changes it."""
    shared = celery_once.QueueOnce.once
    shared["graceful"] = True
    return type("QueueOnce", (celery_once.QueueOnce,), {"once": shared, "abstract": True})


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis server for the whole run."""
    if redis_broker.SERVER is None:
        pytest.skip(redis_broker.NO_SERVER)
    with redis_broker.server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def broker(redis_url: str, tmp_path: Path) -> Iterator[redis_broker.Broker]:
    """An empty broker on that server."""
    broker = redis_broker.Broker(redis_url, tmp_path)
    yield broker
    broker.close()
