"""What is handed to ``on_commit``, and what is made of what it returns."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.django.on_commit import late_callbacks_of, misused_commits_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

    from flake8_aa_celery.model.code.module import Module

IMPORTS = """\
from celery import shared_task
from django.db.transaction import atomic, on_commit
@shared_task
def t(pk): ...
"""


def module_with(root: Path, body: str) -> Module:
    return module_of(root, f"{IMPORTS}def f(xs, y):\n{indent(body, '    ')}\n")


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("on_commit(lambda: t.delay(x))", ["x"]),
        ("pk = x.pk\non_commit(lambda: t.delay(pk, y))", ["pk"]),
        ("on_commit(lambda: [t.delay(z) for z in x])", ["x"]),
        ("def send():\n    t.delay(x)\non_commit(send)", ["x"]),
    ],
)
def test_a_callback_that_reads_what_its_loop_binds(tmp_path: Path, body: str, names: list[str]) -> None:
    late = late_callbacks_of(module_with(tmp_path, f"for x in xs:\n{indent(body, '    ')}"))
    assert [callback.names for callback in late] == [names]


@pytest.mark.parametrize(
    "body",
    [
        "on_commit(lambda x=x: t.delay(x))",
        "on_commit(lambda: t.delay(y))",
        "on_commit(lambda: print(x))",
        "with atomic():\n    on_commit(lambda: t.delay(x))",
        "on_commit(lambda: t.delay(x))\nbreak",
        "name = 1\non_commit(lambda: t.delay(name))",
        "y.on_commit(lambda: t.delay(x))",
    ],
)
def test_a_callback_that_sends_the_item_of_its_round(tmp_path: Path, body: str) -> None:
    assert late_callbacks_of(module_with(tmp_path, f"for x in xs:\n{indent(body, '    ')}")) == []


@pytest.mark.parametrize(
    ("body", "methods"),
    [
        ("on_commit(t.delay(1))", ["delay"]),
        ("on_commit(t(1))", ["()"]),
        ("on_commit(t.delay_on_commit(1))", ["delay_on_commit"]),
        ("y.x = t.delay_on_commit(1).id", ["delay_on_commit"]),
        ("r = t.apply_async_on_commit([1])\nprint(r)", ["apply_async_on_commit"]),
        ("print(on_commit(y))", ["on_commit"]),
    ],
)
def test_what_is_no_callback_and_no_result(tmp_path: Path, body: str, methods: list[str]) -> None:
    assert [misused.method for misused in misused_commits_of(module_with(tmp_path, body))] == methods


@pytest.mark.parametrize(
    "body",
    [
        "on_commit(t.delay)",
        "on_commit(lambda: t.delay(1))",
        "on_commit(y(1))",
        "t.delay_on_commit(1)",
        "r = t.delay_on_commit(1)",
        "return t.delay_on_commit(1)",
        "print(t.delay(1).id)",
    ],
)
def test_a_callback_and_what_nobody_wants(tmp_path: Path, body: str) -> None:
    assert misused_commits_of(module_with(tmp_path, body)) == []
