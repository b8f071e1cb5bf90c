"""What a project knows of its files, whatever stands in them."""

from __future__ import annotations

import ast
import gc
from typing import TYPE_CHECKING

from flake8_aa_celery.linter import lint
from flake8_aa_celery.model.project import Project
from flake8_aa_celery.settings import Settings
from support import place

if TYPE_CHECKING:
    from pathlib import Path

TASK = b"from celery import shared_task\n\n\n@shared_task\ndef update():\n    pass\n"


def test_a_file_that_is_nested_too_deeply_hides_no_other(tmp_path: Path) -> None:
    place(tmp_path, "pyproject.toml", b"")
    place(tmp_path, "app/deep.py", TASK + b"x = update" + b".a" * 3_000)
    tasks = place(tmp_path, "app/tasks.py", TASK)
    assert Project.of(str(tasks), Settings()).tasks.names() == ["app.tasks.update"]


def trees() -> int:
    return sum(isinstance(found, ast.Module) for found in gc.get_objects())


def test_no_tree_is_kept_of_the_projects_that_are_done(tmp_path: Path) -> None:
    gc.collect()
    gc.disable()
    before = trees()
    try:
        for name in map(str, range(50)):
            place(tmp_path, f"{name}/manage.py", b"")
            path = place(tmp_path, f"{name}/tasks.py", TASK)
            lint(str(path), path.read_bytes() + b"\n\n[update.delay() for _ in x]\n", Settings())
        kept = trees() - before
    finally:
        gc.enable()
    assert kept <= 2
