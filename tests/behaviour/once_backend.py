"""Where celery-once keeps its locks in the tests."""

from __future__ import annotations

from typing import Any

import celery_once

locks: dict[str, int] = {}
"""The seconds for which each key is locked."""


class MemoryBackend:
    """A backend for celery-once that keeps its locks in this process."""

    def __init__(self, settings: dict[str, Any]) -> None: ...

    @staticmethod
    def raise_or_lock(key: str, timeout: int) -> None:
        if key in locks:
            raise celery_once.AlreadyQueued(locks[key])
        locks[key] = timeout

    @staticmethod
    def clear_lock(key: str) -> None:
        locks.pop(key, None)
