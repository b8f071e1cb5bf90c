"""When entries of a schedule are due, in words and in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.calling.due import times_of
from flake8_aa_celery.model.periodic.schedules import schedule_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

    from flake8_aa_celery.model.calling.due import Times


def due(root: Path, schedule: str) -> Times | None:
    """When an entry with a schedule is due."""
    (entry,) = schedule_of(
        module_of(
            root,
            "from datetime import timedelta\nfrom celery.schedules import crontab, solar\nTEN = crontab(minute=10)\n"
            f'CELERYBEAT_SCHEDULE = {{"x": {{"task": "a.b", "schedule": {schedule}}}}}\n',
        )
    )
    return times_of(entry)


@pytest.mark.parametrize(
    ("schedule", "text", "an_hour"),
    [
        ("30", "every 30 s", 120),
        ("90.5", "every 90.5 s", 3600 / 90.5),
        ("timedelta(minutes=10)", "every 10 min", 6),
        ("timedelta(hours=2)", "every 2 h", 0.5),
        ("timedelta(days=1)", "every 1 d", 1 / 24),
        ("crontab()", "every minute", 60),
        ('crontab(minute="*")', "every minute", 60),
        ('crontab(minute="*/15")', "every 15 min", 4),
        ("crontab(minute=range(0, 60, 20))", "every 20 min", 3),
        ("crontab(minute=[5, 35])", "at minute 5, 35", 2),
        ("crontab(minute=0)", "hourly at :00", 1),
        ("TEN", "hourly at :10", 1),
        ('crontab(minute=30, hour="*/6")', "every 6 h at :30", 1 / 6),
        ('crontab(minute="5", hour="2")', "daily at 02:05", 1 / 24),
        ('crontab(minute=0, hour="8,17")', "daily at 08:00, 17:00", 2 / 24),
        ("crontab(hour=4)", "every minute in hour 4", 60 / 24),
        ('crontab(minute=0, hour=0, day_of_week="mon-fri")', "daily at 00:00 on Mon, Tue, Wed, Thu, Fri", 5 / 7 / 24),
        ('crontab(0, 0, day_of_week="sat-sun")', "daily at 00:00 on Sun, Sat", 2 / 7 / 24),
        ('crontab(0, 0, day_of_month="1")', "daily at 00:00 on day 1 of the month", 12 / 366 / 24),
        ('crontab(0, 0, month_of_year="jan")', "daily at 00:00 in month 1", 31 / 366 / 24),
    ],
)
def test_what_is_known(tmp_path: Path, schedule: str, text: str, an_hour: float) -> None:
    found = due(tmp_path, schedule)
    assert found is not None
    assert found.text == text
    assert found.an_hour == pytest.approx(an_hour)


@pytest.mark.parametrize(
    "schedule",
    [
        '"text"',
        "crontab(minute=61)",
        "crontab(minute=x())",
        "solar('sunset', 1, 2)",
        "timedelta(minutes=n)",
        "0",
        "crontab",
    ],
)
def test_what_is_not_known(tmp_path: Path, schedule: str) -> None:
    assert due(tmp_path, schedule) is None
