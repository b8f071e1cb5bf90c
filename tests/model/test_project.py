"""What a project knows of its files, whatever stands in them."""

from __future__ import annotations

import ast
import gc
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.linter import lint
from flake8_aa_celery.model.code.names import ImportedName
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.model.tasks.index import task_index_of
from flake8_aa_celery.settings import Settings
from support import place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TASK = b"from celery import shared_task\n\n\n@shared_task\ndef update():\n    pass\n"


def test_a_file_that_is_nested_too_deeply_hides_no_other(tmp_path: Path) -> None:
    place(tmp_path, "pyproject.toml", b"")
    place(tmp_path, "app/deep.py", TASK + b"x = update" + b".a" * 3_000)
    tasks = place(tmp_path, "app/tasks.py", TASK)
    assert task_index_of(Workspace().project_of(str(tasks), Settings())).known_names == ["app.tasks.update"]


def trees() -> int:
    return sum(type(found) is ast.Module for found in gc.get_objects())


@pytest.fixture
def kept() -> Iterator[Callable[[], int]]:
    """Counts the trees that have been made and not freed since the test began, without a search for garbage."""
    gc.collect()
    gc.disable()
    before = trees()
    yield lambda: trees() - before
    gc.enable()


def test_no_tree_is_kept_of_the_projects_that_are_done(tmp_path: Path, kept: Callable[[], int]) -> None:
    workspace = Workspace()
    for name in map(str, range(50)):
        path = place(tmp_path / name, "app/tasks.py", TASK)
        (tmp_path / name / "manage.py").touch()
        lint(str(path), path.read_bytes() + b"\n\n[update.delay() for _ in x]\n", Settings(), workspace)
    assert kept() <= 2


def test_no_tree_is_kept_of_a_file_that_no_name_led_to(tmp_path: Path, kept: Callable[[], int]) -> None:
    place(tmp_path, "manage.py", b"")
    place(tmp_path, "app/tasks.py", TASK)
    workspace = Workspace()
    for number in range(50):
        view = place(tmp_path, f"app/view_{number}.py", b"from app.tasks import update\nupdate.delay()\n")
        lint(str(view), view.read_bytes(), Settings(), workspace)
    assert kept() == len(["app/tasks.py"])


def test_a_file_that_was_let_go_of_is_read_again(tmp_path: Path) -> None:
    place(tmp_path, "manage.py", b"")
    place(tmp_path, "app/tasks.py", TASK)
    local = place(tmp_path, "app/local.py", b"from app.tasks import update\nPRIORITY = 0\nupdate.delay()\n")
    view = place(
        tmp_path, "app/view.py", b"from app.local import PRIORITY, update\nupdate.apply_async(priority=PRIORITY)\n"
    )
    workspace = Workspace()
    assert lint(str(local), local.read_bytes(), Settings(), workspace) == []
    assert [found.code for found in lint(str(view), view.read_bytes(), Settings(), workspace)] == ["AAC201"]


def test_a_file_that_somebody_goes_on_to_ask_about_is_kept(tmp_path: Path, kept: Callable[[], int]) -> None:
    path = place(tmp_path, "app/view.py", b"from app.tasks import update\nupdate.delay()\n")
    workspace = Workspace()
    lint(str(path), path.read_bytes(), Settings(), workspace, keep=True)
    assert kept() == 1


def test_a_file_that_was_let_go_of_breaks_no_later_one(tmp_path: Path) -> None:
    place(tmp_path, "manage.py", b"")
    place(tmp_path, "app/helpers.py", b"import requests\ndef fetch(): requests.get('https://example.com')\n")
    follows = b"import celery\nfrom .helpers import fetch\n"
    view = place(tmp_path, "app/views.py", follows + b"def view(request): return inner()\ndef inner(): fetch()\n")
    tasks = place(tmp_path, "app/tasks.py", follows + b"@celery.shared_task\ndef update(): fetch()\n")
    settings = Settings(select=("AAC120", "AAC604", "AAC999"))
    workspace = Workspace()
    found = [[each.code for each in lint(str(path), path.read_bytes(), settings, workspace)] for path in (view, tasks)]
    assert found == [["AAC604"], ["AAC120"]]


def test_a_package_goes_before_a_module_of_the_same_name(tmp_path: Path) -> None:
    place(tmp_path, "pyproject.toml", b"")
    place(tmp_path, "app/tasks.py", b"")
    package = place(tmp_path, "app/tasks/__init__.py", b"from . import more")
    more = place(tmp_path, "app/tasks/more.py", b"")
    project = Workspace().project_of(str(package), Settings())
    module = project.module(str(package), ast.parse(package.read_bytes()))
    assert project.find("app.tasks", module) == str(package)
    assert project.imported_module(ImportedName(1, "", ""), module)[1] == str(package)
    assert project.submodule(str(package), "more") == str(more)


def test_imports_are_found_beside_a_manage_py_that_lies_in_a_package(tmp_path: Path) -> None:
    place(tmp_path, "pyproject.toml", b"")
    for name in ("apps/worker/__init__.py", "apps/worker/tasks/__init__.py", "apps/other/__init__.py"):
        place(tmp_path, name, b"")
    started = place(tmp_path, "apps/worker/app.py", b"")
    place(tmp_path, "apps/worker/manage.py", b"")
    place(tmp_path, "apps/other/app.py", b"")
    project = Workspace().project_of(str(started), Settings())
    beside = project.module(str(place(tmp_path, "apps/worker/tasks/one.py", b"import app")), ast.parse(""))
    elsewhere = project.module(str(place(tmp_path, "apps/other/two.py", b"import app")), ast.parse(""))
    assert project.find("app", beside) == str(started)
    assert project.find("app", elsewhere) is None


def test_two_workspaces_live_side_by_side(tmp_path: Path) -> None:
    place(tmp_path, "manage.py", b"")
    tasks = place(tmp_path, "app/tasks.py", TASK)
    view = place(tmp_path, "app/view.py", b"from app.tasks import update\nupdate.delay(1)\n")
    wants_one = TASK.replace(b"update()", b"update(pk)")
    assert wants_one != TASK
    disk, edited = Workspace(), Workspace({str(tasks): wants_one})
    for _ in range(2):
        assert [found.code for found in lint(str(view), view.read_bytes(), Settings(), disk)] == ["AAC401"]
        assert lint(str(view), view.read_bytes(), Settings(), edited) == []


def test_a_file_that_is_not_written_yet_is_found(tmp_path: Path) -> None:
    place(tmp_path, "manage.py", b"")
    view = place(tmp_path, "app/view.py", b"from app.tasks import update\nupdate.delay(1)\n")
    workspace = Workspace({str(tmp_path / "app" / "tasks.py"): TASK})
    assert [found.code for found in lint(str(view), view.read_bytes(), Settings(), workspace)] == ["AAC401"]
