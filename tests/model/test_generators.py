"""Which tasks are generators that nobody goes through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.tasks.generators import generator_tasks_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "from celery import shared_task\nfrom django.db import transaction\nfrom x import d\n"


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("@shared_task\ndef t():\n    yield 1\n    yield 2", [6]),
        ("@shared_task\n@transaction.atomic\ndef t():\n    yield 1", [7]),
        ("@shared_task\n@d\ndef t():\n    yield 1", []),
        ("@shared_task\ndef t():\n    def f(): yield 1", []),
        ("@shared_task\nasync def t():\n    yield 1", []),
    ],
)
def test_the_first_yield_of_a_task_is_found(tmp_path: Path, source: str, lines: list[int]) -> None:
    assert [found.node.lineno for found in generator_tasks_of(module_of(tmp_path, HEAD + source))] == lines
