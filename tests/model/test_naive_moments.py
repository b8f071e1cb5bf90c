"""Moments without a time zone that something is to run at, or to expire at."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.calling.naive_moments import naive_moments_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

IMPORTS = """\
from datetime import datetime, timedelta, timezone
from celery import shared_task
@shared_task
def t(x): ...
"""


def moments_in(root: Path, options: str, settings: str = "") -> list[tuple[str, str]]:
    """What a dispatch with these options runs at or expires at, and what is added to the present there."""
    source = f"{IMPORTS}def f(x):\n    now = datetime.now()\n    t.apply_async([x], {options})\n"
    module = module_of(root, source, files={"pyproject.toml": "", "app/settings.py": settings})
    return [(moment.name, ast.unparse(moment.period) if moment.period else "") for moment in naive_moments_of(module)]


@pytest.mark.parametrize(
    ("options", "moments"),
    [
        ("eta=datetime.now() + timedelta(1)", [("eta", "timedelta(1)")]),
        ("expires=datetime.today()", [("expires", "")]),
        ("eta=now + timedelta(x)", [("eta", "")]),
        ("eta=now.replace(hour=3)", [("eta", "")]),
    ],
)
def test_a_moment_without_a_zone(tmp_path: Path, options: str, moments: list[tuple[str, str]]) -> None:
    assert moments_in(tmp_path, options) == moments


@pytest.mark.parametrize(
    "options",
    [
        "eta=datetime.now(timezone.utc)",
        "eta=datetime.now(x)",
        "eta=now.replace(tzinfo=x)",
        "eta=now.astimezone()",
        "eta=datetime.utcnow()",
        "eta=x",
        "countdown=5",
    ],
)
def test_a_moment_that_has_or_may_have_one(tmp_path: Path, options: str) -> None:
    assert moments_in(tmp_path, options) == []


@pytest.mark.parametrize(
    ("settings", "found"),
    [("TIME_ZONE = 'UTC'", 0), ("TIME_ZONE = 'Asia/Tokyo'", 1), ("TIME_ZONE = x", 0), ("TIMEZONE = 'UTC'", 1)],
)
def test_the_zone_of_a_project_decides(tmp_path: Path, settings: str, found: int) -> None:
    assert len(moments_in(tmp_path, "eta=datetime.now()", settings)) == found
