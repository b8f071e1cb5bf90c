"""What beat does with a schedule, without the waiting."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from celery import current_app
from celery.beat import Scheduler

if TYPE_CHECKING:
    from celery.schedules import crontab

MONDAY = datetime(2024, 1, 1, tzinfo=timezone.utc)


def times(schedule: crontab, days: int = 1) -> list[str]:
    """When a crontab is due in the days after midnight of Monday 1 January 2024, as beat would ask it."""
    now = MONDAY
    schedule.nowfun = lambda: now
    last, due = MONDAY - timedelta(minutes=1), []
    while now < MONDAY + timedelta(days=days):
        is_due, wait = schedule.is_due(last)
        if is_due:
            due.append(f"{now:%a %d %H:%M}")
            last = now
        now += timedelta(seconds=max(wait, 1))
    return due


def send_all(schedule: dict[str, Any]) -> None:
    """Send every entry of a schedule once, by beat's own scheduler of the current application."""
    scheduler = Scheduler(app=current_app, lazy=True)
    scheduler.merge_inplace(schedule)
    for entry in scheduler.schedule.values():
        scheduler.apply_async(entry)
