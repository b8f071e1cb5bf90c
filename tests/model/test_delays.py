"""For how long something waits at the broker."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.calling.delays import delays_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

IMPORTS = """\
from datetime import datetime, timedelta
from celery import shared_task
from django.utils import timezone
HOUR = 3600
@shared_task
def update(): ...
"""


def seconds_in(root: Path, body: str) -> list[float]:
    """The delays of a function with this body."""
    source = f"{IMPORTS}def f(x, y):\n{indent(body, '    ')}\n"
    return [delay.seconds for delay in delays_of(module_of(root, source))]


@pytest.mark.parametrize(
    ("options", "seconds"),
    [
        ("countdown=60", 60),
        ("countdown=2 * HOUR", 7_200),
        ("countdown=timedelta(hours=1).total_seconds()", 3_600),
        ("countdown=int(timedelta(1, 30).total_seconds())", 86_430),
        ("eta=timezone.now() + timedelta(weeks=1)", 604_800),
        ("eta=timedelta(minutes=2, milliseconds=500) + datetime.utcnow()", 120.5),
    ],
)
def test_a_delay_of_known_length(tmp_path: Path, options: str, seconds: float) -> None:
    assert seconds_in(tmp_path, f"update.apply_async({options})") == [seconds]


@pytest.mark.parametrize(
    "options",
    [
        "countdown=x",
        "eta=x",
        "eta=x + timedelta(hours=1)",
        "eta=timezone.now() - timedelta(hours=1)",
        "eta=timezone.now() + timedelta(hours=x)",
        "eta=timezone.now() + timedelta(**x)",
        "eta=timezone.now() + timedelta(*x)",
        "priority=5",
    ],
)
def test_a_delay_that_is_not_known(tmp_path: Path, options: str) -> None:
    assert seconds_in(tmp_path, f"update.apply_async({options})") == []


def test_a_delay_is_followed_through_names(tmp_path: Path) -> None:
    names = "now = timezone.now()\nhour = timedelta(hours=1)\nlater = now + hour\nwhen = later\n"
    assert seconds_in(tmp_path, f"{names}update.apply_async(eta=when)") == [3_600]


def test_names_that_stand_for_each_other_have_an_end(tmp_path: Path) -> None:
    body = "for _ in x:\n    now = then\n    then = now\n    update.apply_async(eta=now + timedelta(hours=1))"
    assert seconds_in(tmp_path, body) == []


def test_a_retry_and_a_schedule_wait_too(tmp_path: Path) -> None:
    source = f"{IMPORTS}@shared_task(bind=True)\ndef again(self):\n    self.retry(countdown=30)\n"
    source += "CELERYBEAT_SCHEDULE = {'a': {'task': 'x.y', 'schedule': 1, 'options': {'countdown': 40}}}\n"
    assert [delay.seconds for delay in delays_of(module_of(tmp_path, source))] == [30, 40]
