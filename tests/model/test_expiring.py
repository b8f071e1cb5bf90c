"""Which celery-once tasks may expire before their locks do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.calling.expiring import expiring_once_tasks_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "from celery import shared_task\nfrom celery_once import QueueOnce\n"


@pytest.mark.parametrize(
    ("once", "options", "expected"),
    [
        ("{}", "expires=5", ["t"]),
        ("{}", "expires=x", ["t"]),
        ("{}", "expires=None", []),
        ("{}", "priority=5", []),
        ("{'timeout': 6}", "expires=5", ["t"]),
        ("{'timeout': 5}", "expires=5", []),
        ("{'timeout': 6}", "expires=x", ["t"]),
        ("{'timeout': x}", "expires=5", []),
        ("{'unlock_before_run': True}", "expires=5", []),
        ("x", "expires=5", []),
    ],
)
def test_a_lock_that_is_longer_than_the_expiry_stays(
    tmp_path: Path, once: str, options: str, expected: list[str]
) -> None:
    source = f"{HEAD}@shared_task(base=QueueOnce, once={once})\ndef t(): ...\nt.apply_async({options})"
    assert [found.task.name for found in expiring_once_tasks_of(module_of(tmp_path, source))] == expected
