"""Rows of django-celery-beat, and what they cannot hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.periodic.rows import rows_of, wrong_fields
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

IMPORTS = "from django_celery_beat.models import CrontabSchedule, PeriodicTask\n"


@pytest.mark.parametrize(
    "source",
    [
        "PeriodicTask(task='x.a')",
        "PeriodicTask.objects.create(task='x.a')",
        "PeriodicTask.objects.get_or_create(task='x.a')",
        "PeriodicTask.objects.update_or_create(name='n', defaults={'task': 'x.a'})",
        "PeriodicTask.objects.filter(name='n').update(task='x.a')",
        "import django_celery_beat.models as m\nm.PeriodicTask.objects.create(task='x.a')",
        "row = PeriodicTask.objects.get(name='n')\nrow.name = 'm'\nPeriodicTask(task='x.a')",
    ],
)
def test_how_a_row_is_given_its_fields(tmp_path: Path, source: str) -> None:
    rows = rows_of(module_of(tmp_path, IMPORTS + source))
    assert [row.fields.constant("task") for row in rows if row.fields.get("task")] == ["x.a"]


@pytest.mark.parametrize(
    "source",
    ["PeriodicTask.objects.filter(task='x.a')", "Other.objects.create(task='x.a')", "CrontabSchedule(hour='3')"],
)
def test_what_is_no_row(tmp_path: Path, source: str) -> None:
    assert rows_of(module_of(tmp_path, IMPORTS + source)) == []


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("kwargs={'a': 1}", ["kwargs"]),
        ("kwargs={}", []),
        ("kwargs='{}'", []),
        ("args=[1, 2.5]", []),
        ("args=[1, 'a']", ["args"]),
        ("args=[True]", ["args"]),
        ("args=[unknown]", []),
        ("crontab=CrontabSchedule.objects.get_or_create(hour='3')", ["crontab"]),
        ("crontab=CrontabSchedule.objects.get_or_create(hour='3')[0]", []),
        ("crontab=CrontabSchedule.objects.create(hour='3')", []),
    ],
)
def test_what_a_field_cannot_hold(tmp_path: Path, field: str, wrong: list[str]) -> None:
    (row,) = rows_of(module_of(tmp_path, f"{IMPORTS}PeriodicTask({field})"))
    assert [found.name for found in wrong_fields(row)] == wrong
