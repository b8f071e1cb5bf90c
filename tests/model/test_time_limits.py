"""Limits of the time that a task may run for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.calling.time_limits import time_limits_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "from celery import chain, shared_task\n@shared_task(bind=True)\ndef t(self): self.x\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("@shared_task(soft_time_limit=1, time_limit=2)\ndef u(): ...", ["soft_time_limit"]),
        ("@shared_task(time_limit=None)\ndef u(): ...", []),
        ("t.apply_async(time_limit=1)", ["time_limit"]),
        ("t.apply_async(time_limit=1, queue='slow')", []),
        ("t.si().set(soft_time_limit=1).delay()", ["soft_time_limit"]),
        ("chain(t.si(), t.si()).apply_async(time_limit=None)", []),
        ("CELERYBEAT_SCHEDULE = {'a': {'task': 'x', 'schedule': 1, 'options': {'time_limit': 2}}}", ["time_limit"]),
    ],
)
def test_the_first_time_limit_of_each_is_found(tmp_path: Path, source: str, expected: list[str]) -> None:
    assert [limit.name for limit in time_limits_of(module_of(tmp_path, HEAD + source))] == expected
