"""Rows that are saved after a task was sent their keys."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.django.late_saves import late_saves_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

TASK = "from celery import chain, shared_task\n@shared_task\ndef t(pk): ...\n"


def rows_in(root: Path, body: str) -> list[str]:
    """The rows that a function with this body saves late."""
    return [late.row for late in late_saves_of(module_of(root, f"{TASK}def f(x, y):\n{indent(body, '    ')}\n"))]


@pytest.mark.parametrize(
    "body",
    [
        "t.delay(x.pk)\nx.save()",
        "t.apply_async(args=[x.id])\nx.name = y\nx.save()",
        "t.apply_async(kwargs={'pk': x.pk})\nif y:\n    x.save()",
        "chain(t.si(x.pk), t.si(1)).delay()\nx.save()",
        "pk = x.pk\nt.s(pk).delay()\nx.save()",
    ],
)
def test_a_row_that_is_saved_late(tmp_path: Path, body: str) -> None:
    assert rows_in(tmp_path, body) == ["x"]


@pytest.mark.parametrize(
    "body",
    [
        "x.save()\nt.delay(x.pk)",
        "t.delay(x.pk)\nx.save(update_fields=['name'])",
        "t.delay(x.pk)\nx.save(**y)",
        "t.delay(x.pk)\nx.refresh_from_db()\nx.save()",
        "t.delay(x.pk)\nx = y\nx.save()",
        "t.delay(x.pk)\ny.save()",
        "t.delay(x.name)\nx.save()",
        "t.delay_on_commit(x.pk)\nx.save()",
        "t.apply_async([x.pk], countdown=5)\nx.save()",
        "if y:\n    t.delay(x.pk)\nelse:\n    x.save()",
        "if y:\n    t.delay(x.pk)\n    return\nx.save()",
        "t(x.pk)\nx.save()",
    ],
)
def test_a_row_that_is_not(tmp_path: Path, body: str) -> None:
    assert rows_in(tmp_path, body) == []


def test_the_first_of_two_calls_is_enough(tmp_path: Path) -> None:
    assert rows_in(tmp_path, "t.delay(x.pk)\nx.save()\nx.save()") == ["x"]
