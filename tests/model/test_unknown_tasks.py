"""Tasks that are asked of a module or class that does not have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.calling.unknown_tasks import unknown_tasks_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

TASKS = """\
from celery import shared_task
@shared_task
def there(): ...
class Tasks:
    @staticmethod
    @shared_task
    def update(): ...
"""
FILES = {"app/__init__.py": "", "app/tasks.py": TASKS}


def missing_in(root: Path, source: str, tasks: str = TASKS) -> list[tuple[str, bool]]:
    """The names that a module asks for and that are not there, with whether it imports them."""
    module = module_of(root, source, "app/views.py", {**FILES, "app/tasks.py": tasks})
    return [(unknown.name, unknown.is_import) for unknown in unknown_tasks_of(module)]


@pytest.mark.parametrize(
    ("source", "missing"),
    [
        ("from app.tasks import gone", [("gone", True)]),
        ("from .tasks import there, gone as x", [("gone", True)]),
        ("from app import tasks\ntasks.gone.delay()", [("gone", False)]),
        ("import app.tasks\napp.tasks.gone.si()", [("gone", False)]),
        ("from app.tasks import Tasks\nTasks.gone.delay()", [("gone", False)]),
        ("def f():\n    from .tasks import gone\n    gone.delay()", [("gone", True)]),
    ],
)
def test_a_name_that_is_not_there(tmp_path: Path, source: str, missing: list[tuple[str, bool]]) -> None:
    assert missing_in(tmp_path, source) == missing


@pytest.mark.parametrize(
    "source",
    [
        "from app.tasks import there, Tasks\nthere.delay()\nTasks.update.delay()",
        "from app import tasks\ntasks.gone()",
        "from app import tasks\ntasks.gone = tasks.there\ntasks.gone.delay()",
        "try:\n    from app.tasks import gone\nexcept ImportError:\n    pass",
        "from app import tasks\nif hasattr(tasks, 'gone'):\n    tasks.gone.delay()",
        "from elsewhere.tasks import gone\ngone.delay()",
        "def f(tasks):\n    tasks.gone.delay()",
    ],
)
def test_a_name_that_is_or_may_be_there(tmp_path: Path, source: str) -> None:
    assert missing_in(tmp_path, source) == []


@pytest.mark.parametrize(
    "line",
    ["from elsewhere import *", "def __getattr__(name): ...", "globals()['gone'] = 1", "setattr(x, 'gone', 1)"],
)
def test_a_module_that_is_not_read_whole_may_have_anything(tmp_path: Path, line: str) -> None:
    assert missing_in(tmp_path, "from app.tasks import gone", f"{TASKS}{line}\n") == []


def test_a_star_that_leads_to_one_that_cannot_be_read_may_offer_anything(tmp_path: Path) -> None:
    files = {**FILES, "app/tasks.py": "from .more import *", "app/more.py": "from elsewhere import *"}
    assert unknown_tasks_of(module_of(tmp_path, "from app.tasks import gone", "app/views.py", files)) == []
