"""What a task is given that JSON cannot carry."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.calling.serialising import refused_arguments_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

TASK = "from celery import shared_task\nfrom django.db.models import Model\n@shared_task\ndef t(*x): ...\n"


@pytest.mark.parametrize(
    ("source", "refused"),
    [
        ("t.delay({1})", [("{1}", "a set")]),
        ("t.delay([1, {2}], x={'a': {3}})", [("{2}", "a set"), ("{3}", "a set")]),
        ("t.apply_async(([{1}],))", [("{1}", "a set")]),
        ("xs = [1]\nxs.append({2})\nt.delay(xs)", [("xs", "a set")]),
        ("t.delay([{x} for x in y])", [("{x}", "a set")]),
        ("t.delay(1, 'a', None, [1], {'b': 2})", []),
        ("t.delay(unknown)", []),
        ("xs = []\nfor x in y:\n    xs.append(xs)\n    t.delay(xs)", []),
        ("xs = []\nfor x in y:\n    xs.append([xs, {1}])\n    t.delay(xs)", [("xs", "a set")]),
    ],
)
def test_the_parts_of_arguments_that_are_refused(tmp_path: Path, source: str, refused: list[tuple[str, str]]) -> None:
    found = refused_arguments_of(module_of(tmp_path, TASK + source))
    assert [(ast.unparse(each.node), each.kind) for each in found] == refused
