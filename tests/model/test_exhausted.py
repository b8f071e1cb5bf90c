"""Handlers for the error of a task that has no retries left, which never run."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.tasks.exhausted import dead_handlers_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

IMPORTS = """\
from celery import shared_task
from celery.exceptions import MaxRetriesExceededError
class Failed(Exception): ...
"""


def dead_in(root: Path, body: str, bind: str = "bind=True") -> list[int]:
    """How many retries each dead handler of a task with this body stands around."""
    source = f"{IMPORTS}@shared_task({bind})\ndef update(self, x):\n{indent(body, '    ')}\n"
    return [len(dead.retries) for dead in dead_handlers_of(module_of(root, source))]


def around(body: str, handler: str = "MaxRetriesExceededError") -> str:
    """A ``try`` with this body and one handler."""
    return f"try:\n{indent(body, '    ')}\nexcept {handler}:\n    pass"


@pytest.mark.parametrize(
    "body",
    [
        around("self.retry(exc=Failed())"),
        around("self.retry(exc=Failed)"),
        around("self.retry(exc=ValueError(x))"),
        around("self.retry((), {}, Failed(x))"),
        around("self.retry(exc=Failed())", "self.MaxRetriesExceededError"),
        f"try:\n    x()\nexcept OSError as error:\n{indent(around('self.retry(exc=error)'), '    ')}",
    ],
)
def test_a_handler_around_a_retry_that_raises_what_it_is_given(tmp_path: Path, body: str) -> None:
    assert dead_in(tmp_path, body) == [1]


def test_a_handler_beside_the_one_that_retries(tmp_path: Path) -> None:
    body = "try:\n    x()\nexcept OSError:\n    self.retry()\nexcept MaxRetriesExceededError:\n    pass"
    assert dead_in(tmp_path, body) == [0]


@pytest.mark.parametrize(
    "body",
    [
        around("self.retry()"),
        around("self.retry(exc=x)"),
        around("self.retry(exc=None)"),
        around("self.retry(*x)"),
        around("self.retry(exc=MaxRetriesExceededError())"),
        around("self.retry(exc=Failed())\nself.retry()"),
        around("self.retry(exc=Failed())\nx(self)"),
        around("self.retry(exc=Failed())", "(MaxRetriesExceededError, Failed)"),
        around("self.retry(exc=Failed())", "Failed"),
        around("x.retry(exc=Failed())"),
    ],
)
def test_a_handler_that_may_run(tmp_path: Path, body: str) -> None:
    assert dead_in(tmp_path, body) == []


def test_a_task_that_is_not_bound_has_no_retry(tmp_path: Path) -> None:
    assert dead_in(tmp_path, around("self.retry(exc=Failed())"), bind="") == []
