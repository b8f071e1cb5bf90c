"""The tasks of a whole project by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.code.project import Project
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.model.tasks.index import task_index_of
from flake8_aa_celery.settings import Settings
from support import place

if TYPE_CHECKING:
    from pathlib import Path

    from flake8_aa_celery.model.code.module import Module

TASK = b"from celery import shared_task\n\n@shared_task\ndef update():\n    pass\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").touch()
    return tmp_path


def names_in(root: Path, settings: Settings | None = None) -> list[str]:
    """The names of the tasks of a project, in the order in which they are found."""
    return task_index_of(Project(str(root.resolve()), settings or Settings(), Workspace())).known_names


def test_tasks_are_found_in_every_module_in_the_order_of_files(root: Path) -> None:
    place(root, "b/tasks.py", TASK)
    place(root, "a/helpers.py", TASK)
    assert names_in(root) == ["a.helpers.update", "b.tasks.update"]


@pytest.mark.parametrize(
    ("spelling", "decorator"),
    [
        ("from celery import shared_task as job", "job"),
        ("from celery import (\n    chain,\n    task,\n)", "task"),
        ("from celery.decorators import periodic_task", "periodic_task(run_every=5)"),
        ("from celery import Celery\napp = Celery()", "app.task"),
    ],
)
def test_every_spelling_of_a_task_is_found(root: Path, spelling: str, decorator: str) -> None:
    place(root, "a/tasks.py", f"{spelling}\n\n@{decorator}\ndef update():\n    pass\n".encode())
    assert names_in(root) == ["a.tasks.update"]


def test_an_explicit_name_counts_and_one_that_is_unknown_does_not(root: Path) -> None:
    place(root, "a/tasks.py", TASK.replace(b"task\nd", b"task(name='update-all')\nd"))
    place(root, "b/tasks.py", TASK.replace(b"task\nd", b"task(name=name_of())\nd"))
    assert names_in(root) == ["update-all"]


@pytest.mark.parametrize("path", ["a/tests/tasks.py", "a/test_tasks.py", "a/migrations/tasks.py", "build/tasks.py"])
def test_test_code_migrations_and_excluded_files_are_left_out(root: Path, path: str) -> None:
    place(root, path, TASK)
    assert names_in(root) == []


def test_a_file_that_is_no_python_is_left_out(root: Path) -> None:
    place(root, "a/tasks.py", TASK + b"def")
    assert names_in(root) == []


def test_without_a_marked_root_only_packages_and_modules_are_read(tmp_path: Path) -> None:
    place(tmp_path, "a/tasks.py", TASK)
    (tmp_path / "tasks.py").write_bytes(TASK)
    (tmp_path / "anything").mkdir()
    (tmp_path / "anything" / "tasks.py").write_bytes(TASK)
    assert names_in(tmp_path) == ["a.tasks.update", "tasks.update"]


@pytest.mark.parametrize(
    "options",
    ["name='a.tasks.update'", "\n    bind=True,\n    name='a.tasks.update',\n", "**{'name': 'a.tasks.update'}"],
)
def test_a_task_is_found_by_its_module_and_by_a_name_of_its_own(root: Path, options: str) -> None:
    place(root, "a/tasks.py", TASK)
    place(root, "b/tasks.py", TASK.replace(b"task\nd", f"task({options})\nd".encode()))
    found = task_index_of(Project(str(root.resolve()), Settings(), Workspace())).named("a.tasks.update")
    assert [task.module.dotted for task in found] == ["a.tasks", "b.tasks"]


def test_a_file_is_left_alone_whose_tasks_cannot_have_the_name(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place(root, "a/tasks.py", TASK)
    place(root, "b/tasks.py", TASK + b"\ndef other(name=None):\n    pass\n")
    project = Project(str(root.resolve()), Settings(), Workspace())
    loaded: list[str] = []
    load = project.load

    def watched(path: str) -> Module | None:
        loaded.append(path)
        return load(path)

    monkeypatch.setattr(project, "load", watched)
    assert len(task_index_of(project).named("a.tasks.update")) == 1
    assert [path.removeprefix(project.root + "/") for path in loaded] == ["a/tasks.py"]
