"""What marks the root of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.places import Places

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("files", "root"),
    [
        (("pyproject.toml", "shop/__init__.py"), "."),
        (("pyproject.toml", "shop/__init__.py", "shop/setup.py"), "."),
        (("pyproject.toml", "shop/__init__.py", "shop/manage.py", "shop/setup.cfg"), "."),
        (("pyproject.toml", "shop/manage.py"), "shop"),
        (("pyproject.toml", "shop/__init__.py", "shop/.git/config"), "shop"),
    ],
)
def test_a_marker_in_a_package_marks_nothing(files: tuple[str, ...], root: str, tmp_path: Path) -> None:
    for name in (*files, "shop/tasks.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert Places().project_root(str(tmp_path / "shop/tasks.py")) == str((tmp_path / root).resolve())
