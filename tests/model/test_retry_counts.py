"""What tasks make of the number of their retries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.tasks.retry_counts import retry_counts_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = "from celery import shared_task\nM = 5\n@shared_task(bind=True{})\ndef t(self, x):\n    {}\n"


def most_in(root: Path, line: str, options: str = "") -> list[int | None]:
    """The greatest numbers of retries of what is found in a task of one line."""
    return [count.most for count in retry_counts_of(module_of(root, SOURCE.format(options, line)))]


@pytest.mark.parametrize(
    ("line", "options", "most"),
    [
        ("return self.request.retries > 3", "", 3),
        ("return self.request.retries >= 4", "", 3),
        ("return 9 == t.request.retries", "", 3),
        ("return self.request.retries > M", ", max_retries=M", 5),
        ("return self.request.retries > self.max_retries", "", 3),
        ("self.retry(countdown=x * self.request.retries)", "", None),
        ("self.retry(countdown=round(self.request.retries ** 2))", "", None),
    ],
)
def test_what_is_wrong_by_one(tmp_path: Path, line: str, options: str, most: int | None) -> None:
    assert most_in(tmp_path, line, options) == [most]


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("return self.request.retries >= 3", ""),
        ("return self.request.retries < 9", ""),
        ("return self.request.retries > 3", ", max_retries=None"),
        ("return self.request.retries > 3", ", max_retries=x"),
        ("return self.request.retries > 3", ", base=x"),
        ("return self.request.retries > x", ""),
        ("return self.request.retries > 3 and x(self)", ""),
        ("return self.request.retries > 3 and self.retry(max_retries=9)", ""),
        ("self.retry(countdown=2 ** self.request.retries)", ""),
        ("self.retry(countdown=x + self.request.retries)", ""),
        ("self.retry(countdown=x)", ""),
    ],
)
def test_what_is_right_or_not_known(tmp_path: Path, line: str, options: str) -> None:
    assert most_in(tmp_path, line, options) == []
