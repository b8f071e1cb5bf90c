"""Which uses of a task there are in a project, and what it is given by each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.calling.uses import uses_of
from flake8_aa_celery.model.resolve.task_functions import tasks_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

TASK = "from celery import chain, shared_task\n\n@shared_task\ndef one(pk): ...\n\n"


def ways(root: Path, body: str = "", files: dict[str, str] | None = None) -> list[str]:
    """What is done with the task ``one``, with the number of arguments where these are known."""
    module = module_of(root, TASK + body, files=files or {})
    return [
        use.way + ("" if use.given.more_positional else f" {use.given.positional}") + "…" * use.is_partial
        for use in uses_of(tasks_of(module)[0])
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("one.delay(1)", "dispatch 1"),
        ("one.apply_async(args=[1, 2])", "dispatch 2"),
        ("one.apply_async(args)", "dispatch"),
        ("one.delay(*args)", "dispatch"),
        ("one.si(1)", "signature 1"),
        ("one.s(1)", "signature 1…"),
        ("one(1)", "call 1"),
        ("one.apply((1,))", "call"),
        ("tasks = [one]", "unknown…"),
        ("call(one)", "unknown…"),
        ("later = one.delay", "unknown…"),
        ("def f():\n    return one", "unknown…"),
        ("def f(one=one): ...", "unknown…"),
        ("x.one.delay(1)", "unknown…"),
        ("getattr(x, 'one')(1)", "unknown…"),
        ("globals()['one'](1)", "unknown…"),
        ("NAMES = ['app.tasks.one']", "unknown…"),
        ("import_module('app.tasks').one(1)", "unknown…"),
    ],
)
def test_a_use_says_what_is_done_with_a_task(tmp_path: Path, body: str, expected: str) -> None:
    assert ways(tmp_path, body) == [expected]


@pytest.mark.parametrize(
    "body",
    [
        "def f(one):\n    one.delay(1)",
        "def f():\n    one = 1\n    return one",
        "lambda one: one(1)",
        "[one for one in x]",
        "x.one",
        "x.one(1)",
        "log(one.name)",
        "__all__ = ['one']",
        "print('one')",
        "ROUTES = {'app.tasks.one': 1}",
        "patch('app.tasks.one')",
    ],
)
def test_what_is_something_else_or_calls_nothing_is_no_use(tmp_path: Path, body: str) -> None:
    assert ways(tmp_path, body) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from app.tasks import one\none.delay(1, 2)", ["dispatch 2"]),
        ("from app.tasks import one as other\nother.delay(1, 2)", ["dispatch 2"]),
        ("from app import tasks\ntasks.one(3)", ["call 1"]),
        ("import app.tasks\nhand(app.tasks.one)", ["unknown…"]),
        ("from app.tasks import *\none.delay()", ["dispatch 0"]),
        ("def f():\n    from .tasks import one\n    one.delay()", ["dispatch 0"]),
        ("from app.others import one\none.delay()", []),
        ("from celery import current_app\ncurrent_app.send_task('app.tasks.one', [1])", ["by name 1"]),
        ("CELERY_BEAT_SCHEDULE = {'x': {'task': 'app.tasks.one', 'schedule': 1, 'args': (1,)}}", ["by name 1"]),
        ("from celery import signature\nsignature('app.tasks.one', immutable=True)", ["by name 0"]),
    ],
)
def test_uses_in_other_files_are_found(tmp_path: Path, source: str, expected: list[str]) -> None:
    assert ways(tmp_path, files={"app/settings.py": source}) == expected


def test_a_name_that_another_file_gives_it_is_followed(tmp_path: Path) -> None:
    files = {
        "app/public.py": "from .tasks import one as update",
        "app/views.py": "from .public import update\nupdate.delay(1)",
    }
    assert ways(tmp_path, files=files) == ["dispatch 1"]


def test_test_code_uses_a_task_too(tmp_path: Path) -> None:
    assert ways(tmp_path, files={"app/tests/test_tasks.py": "from app.tasks import one\none(None, 5)"}) == ["call 2"]
