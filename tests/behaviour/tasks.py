"""Tasks that the tests share, and what they have seen."""

from __future__ import annotations

from typing import Any

from celery import shared_task

seen: list[Any] = []
"""What happened, in order; empty when a test begins."""


@shared_task
def a() -> str:
    return "of a"


@shared_task
def b() -> None: ...


@shared_task
def c() -> None: ...


@shared_task(priority=7)
def see(x: Any) -> None:
    seen.append(x)


@shared_task
def fails() -> None:
    raise ValueError("broken")
