"""States that tasks set themselves, and arguments that a retry replaces."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.tasks.end_states import set_states_of
from flake8_aa_celery.model.tasks.retry_arguments import lost_arguments_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

    from flake8_aa_celery.model.code.module import Module


def module_with(root: Path, body: str) -> Module:
    task = f"@shared_task(bind=True)\ndef t(self, x, y=1):\n{indent(body, '    ')}\n"
    source = f"from celery import shared_task, states\nfrom celery.exceptions import Ignore\n{task}"
    return module_of(root, source)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("self.update_state(state='FAILURE')", ("FAILURE", "nothing")),
        ("if x:\n    self.update_state(state=states.REVOKED)\n    return 1", ("REVOKED", "something")),
        ("self.update_state(None, 'FAILURE', {'x': 1})\nraise Ignore", ("FAILURE", "ignored")),
        ("self.update_state(state='SUCCESS', meta=x)", ("SUCCESS", "nothing")),
    ],
)
def test_a_state_that_does_not_last(tmp_path: Path, body: str, found: tuple[str, str]) -> None:
    assert [tuple(state)[1:] for state in set_states_of(module_with(tmp_path, body))] == [found]


@pytest.mark.parametrize(
    "body",
    [
        "self.update_state(state='PROGRESS')",
        "self.update_state(state='FAILURE')\nraise x",
        "self.update_state(state='FAILURE', meta={'x': 1})\nraise x",
        "self.update_state(state='FAILURE', meta={'exc_type': 'X'})\nraise Ignore()",
        "self.update_state(state='SUCCESS', meta=x)\nreturn x",
        "if x:\n    self.update_state(state='FAILURE')\nself.retry()",
        "self.update_state(task_id=x, state='FAILURE')",
        "x.update_state(state='FAILURE')",
    ],
)
def test_a_state_that_lasts(tmp_path: Path, body: str) -> None:
    assert set_states_of(module_with(tmp_path, body)) == []


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        ("self.retry(kwargs={'y': 2})", []),
        ("self.retry(args=[])", []),
        ("self.retry(args=[], kwargs={'y': 2})", ["x"]),
        ("self.retry(kwargs={'y': 2})\nt.delay(x=1)", ["x"]),
        ("self.retry(args=[])\nt.delay(1)", ["x"]),
        ("self.retry(kwargs={'x': 1})\nt.delay(1)", []),
        ("self.retry(kwargs={'y': 2})\nt.delay(1)", []),
        ("self.retry(kwargs={**x, 'y': 2})", []),
        ("self.retry(args=[1])", []),
        ("self.retry()", []),
    ],
)
def test_the_arguments_that_a_retry_replaces(tmp_path: Path, body: str, missing: list[str]) -> None:
    found = lost_arguments_of(module_with(tmp_path, body))
    assert [name for lost in found for name in lost.missing] == missing
