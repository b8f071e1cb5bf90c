"""What something is sent with, and what of it nothing reads."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.calling.send_options import unread_options_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """\
from celery import Celery, chain, chord, group, shared_task, signature
app = Celery()
@shared_task(bind=True)
def update(self, pk, force=False):
{}
"""


def unread_in(root: Path, body: str) -> list[tuple[str, bool]]:
    """The options that nothing reads in a task with this body, with whether they are parameters of their task."""
    module = module_of(root, SOURCE.format(indent(body, "    ")))
    return [(option.name, option.is_parameter) for option in unread_options_of(module)]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("update.apply_async([1], prioritty=3)", [("prioritty", False)]),
        ("update.apply_async([1], force=True)", [("force", True)]),
        ("update.s(1).set(x=1)", [("x", False)]),
        ("update.signature([1], options={'x': 1})", [("x", False)]),
        ("signature('app.tasks.update', [1], force=1)", [("force", True)]),
        ("app.send_task('else.where', x=1)", [("x", False)]),
        ("chain(update.s(1), update.s()).apply_async(max_retries=1)", [("max_retries", False)]),
        ("self.retry(x=1, max_retries=3)", [("x", False)]),
    ],
)
def test_an_option_that_nothing_reads(tmp_path: Path, body: str, found: list[tuple[str, bool]]) -> None:
    assert unread_in(tmp_path, body) == found


@pytest.mark.parametrize(
    "body",
    [
        "update.apply_async([1], {}, priority=3, link=None, message_id=1, once={}, **pk)",
        "update.delay(1, x=1)",
        "chord([update.s(1)], update.s()).apply_async(max_retries=1, interval=1)",
        "chain(update.s(), update.s())(x=1)",
        "self.retry(args=[1], exc=pk, throw=False)",
    ],
)
def test_an_option_that_is_read(tmp_path: Path, body: str) -> None:
    assert unread_in(tmp_path, body) == []


def test_an_option_that_is_written_once_is_found_once(tmp_path: Path) -> None:
    body = "given = {'x': 1}\nupdate.apply_async([1], **given)\nupdate.apply_async([2], **given)"
    assert unread_in(tmp_path, body) == [("x", False)]


def test_a_schedule_has_options_too(tmp_path: Path) -> None:
    source = "CELERYBEAT_SCHEDULE = {'x': {'task': 'x', 'schedule': 60, 'options': {'expire': 5, 'queue': 'a'}}}"
    options = unread_options_of(module_of(tmp_path, source, "app/settings.py"))
    assert [option.name for option in options] == ["expire"]
