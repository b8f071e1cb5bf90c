"""When a task tells a user how it went."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.django.notices import report_of
from flake8_aa_celery.model.resolve.task_functions import tasks_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

HELPERS = "def tell(user): notify(user)\ndef pass_on(user): tell(user)\n"
FAILURE = """
try:
    work()
except ValueError:
    notify(user)
"""
BOTH = """
try:
    work()
finally:
    notify(user)
"""


@pytest.mark.parametrize(
    ("body", "on_success", "on_failure"),
    [
        ("work()", False, False),
        ("notify(user)", True, False),
        ("messages.success(user)", True, False),
        ("tell(user)", True, False),
        ("pass_on(user)", True, False),
        (FAILURE, False, True),
        (BOTH, True, True),
    ],
)
def test_when_a_task_reports(tmp_path: Path, body: str, on_success: bool, on_failure: bool) -> None:
    source = f"from celery import shared_task\n{HELPERS}@shared_task\ndef update(user):\n"
    (task,) = tasks_of(module_of(tmp_path, source + indent(dedent(body).strip(), "    ")))
    assert report_of(task) == (on_success, on_failure)
