"""Rows of django-celery-beat, and what their fields hold in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.periodic.rows import rows_of, wrong_fields
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

ROW = (
    "from django_celery_beat.models import PeriodicTask\nPeriodicTask.objects.create(task='x', interval=i, args={!r})\n"
)


@pytest.mark.parametrize("depth", [300, 100_000])
def test_json_that_is_nested_too_deeply_is_not_known(tmp_path: Path, depth: int) -> None:
    (row,) = rows_of(module_of(tmp_path, ROW.format("[" * depth + "]" * depth)))
    assert row.arguments is None
    assert list(wrong_fields(row)) == []


def test_json_is_known_as_what_it_holds(tmp_path: Path) -> None:
    (row,) = rows_of(module_of(tmp_path, ROW.format("[1, null, {}]")))
    assert row.arguments is not None and "args" in row.arguments.entries


@pytest.mark.parametrize("text", ["[1", "{'a': 1}"])
def test_a_text_that_is_no_json_is_wrong(tmp_path: Path, text: str) -> None:
    (row,) = rows_of(module_of(tmp_path, ROW.format(text)))
    assert row.arguments is None
    assert [wrong.name for wrong in wrong_fields(row)] == ["args"]
