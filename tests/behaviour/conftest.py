"""The fixtures of the behaviour tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from . import harness

if TYPE_CHECKING:
    from collections.abc import Iterator


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
