"""Which modules are management commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.model.django.commands import is_command
from flake8_aa_celery.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def is_command_at(root: Path, path: str, *others: str) -> bool:
    """Whether a file below a folder is a management command, with other files beside it."""
    for name in (path, *others):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    file = str(root / path)
    module = Workspace().project_of(file, Settings()).load(file)
    assert module is not None
    return is_command(module)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("app/management/commands/load.py", True),
        ("management/commands/load.py", True),
        ("app/management/load.py", False),
        ("app/commands/load.py", False),
        ("app/views.py", False),
    ],
)
@pytest.mark.parametrize("checkout", ["", "management/commands/", "management/commands/checkout/"])
def test_it_is_told_by_the_path_below_the_root_of_the_project(
    tmp_path: Path, checkout: str, path: str, expected: bool
) -> None:
    assert is_command_at(tmp_path, f"{checkout}{path}", f"{checkout}pyproject.toml") is expected


@pytest.mark.parametrize("init", ["app/__init__.py", "app/management/commands/__init__.py"])
def test_it_is_one_where_nothing_says_where_the_project_begins(tmp_path: Path, init: str) -> None:
    assert is_command_at(tmp_path, "app/management/commands/load.py", init)


def test_a_package_in_a_folder_of_that_name_holds_none(tmp_path: Path) -> None:
    assert not is_command_at(tmp_path, "management/commands/app/views.py", "management/commands/app/__init__.py")


def test_a_checkout_in_a_folder_of_that_name_holds_none(tmp_path: Path) -> None:
    assert not is_command_at(tmp_path, "management/commands/load.py", "management/commands/pyproject.toml")
