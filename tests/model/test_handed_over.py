"""Which dispatches are known that are not written as calls of a task's method."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.resolve.occurrences import dispatches_of
from flake8_aa_celery.model.resolve.values import NamedTask, Task, UnreadableTask
from modules import TWO_TASKS, module_of

if TYPE_CHECKING:
    from pathlib import Path

IMPORTS = "from functools import partial\nfrom celery import Celery\nfrom django.db.transaction import on_commit\n"


def sent(root: Path, source: str) -> list[str]:
    """The method and the tasks of each dispatch of a source file."""
    found = dispatches_of(module_of(root, TWO_TASKS + IMPORTS + source))
    return [f"{dispatch.method} {_named(dispatch.task)}" for dispatch in found]


def _named(task: object) -> str:
    if isinstance(task, UnreadableTask):
        return " or ".join(map(_named, task.among))
    assert isinstance(task, (NamedTask, Task))
    return task.name or ""


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("on_commit(partial(a.delay, 1))", ["delay a"]),
        ("on_commit(partial(a.apply_async, (1,), priority=3))", ["apply_async a"]),
        ("on_commit(a.delay)", ["delay a"]),
        ("list(map(a.delay, [1]))", ["delay a"]),
        ("later = partial(a.si(1).delay)", ["delay a"]),
        ("for task in (a, b):\n    task.delay()", ["delay a or b"]),
        ("(a if x else b).delay()", ["delay a or b"]),
        ("T = {'a': a, 'b': b}\nT[x].delay()", ["delay a or b"]),
        ("T = {'a': a, 'b': b}\nT.get(x).delay()", ["delay a or b"]),
        ("T = {'a': a, 'b': b}\nT.get('b').delay()", ["delay b"]),
        ("Celery('x').tasks['app.tasks.a'].delay()", ["delay app.tasks.a"]),
        ("current_app.tasks['app.tasks.a'].apply_async()", ["apply_async app.tasks.a"]),
        ("def f(app: Celery):\n    app.send_task('app.tasks.a')", ["send_task app.tasks.a"]),
        ("def get():\n    return b\nget().delay()", ["delay b"]),
        ("partial(print, a.delay)", []),
        ("partial(a.delayed, 1)", []),
        ("on_commit(a)", []),
        ("mapped(a.delay, [1])", []),
        ("def partial(f): ...\npartial(a.delay)", []),
        ("list(map(lambda x: x, [a.delay]))", []),
    ],
)
def test_what_is_handed_on_sends_a_task(source: str, expected: list[str], tmp_path: Path) -> None:
    assert sent(tmp_path, source) == expected
