"""Where imports lead in projects that do not begin at their root, or whose packages lack an ``__init__.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.linter import parse
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.places import Places
from flake8_aa_celery.settings import Settings
from modules import looked_at

if TYPE_CHECKING:
    from pathlib import Path

CONSTANT = "PRIORITY = 3\n"
LOOK = "from {} import PRIORITY\nlook(PRIORITY)"


@pytest.mark.parametrize(
    ("files", "path", "module", "found"),
    [
        (("backend/shop/__init__.py", "backend/shop/consts.py"), "backend/shop/tasks.py", "shop.consts", True),
        (("backend/shop/consts.py",), "backend/shop/tasks.py", "shop.consts", True),
        (("backend/shop/consts.py",), "backend/mail/tasks.py", "shop.consts", True),
        (("backend/shop/__init__.py", "backend/shop/consts.py"), "backend/shop/deep/tasks.py", "shop.consts", True),
        (("backend/shop/consts.py",), "tools/tasks.py", "shop.consts", False),
        (("scripts/consts.py",), "scripts/run.py", "consts", True),
        (("shop/__init__.py", "shop/consts.py"), "shop/tasks.py", "consts", False),
        (("shop/email/consts.py",), "shop/deep/tasks.py", "email.consts", False),
        (("src/shop/consts.py",), "tests/run.py", "shop.consts", True),
    ],
)
def test_python_may_be_started_in_any_folder_above(
    files: tuple[str, ...], path: str, module: str, found: bool, tmp_path: Path
) -> None:
    for name in ("setup.py", *files, path):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(CONSTANT if name.endswith("consts.py") else "")
    source, place = LOOK.format(module), str(tmp_path / path)
    project = Workspace().project_of(place, Settings())
    assert (looked_at(project.module(place, parse(source.encode()))) == [3]) is found


@pytest.mark.parametrize(
    ("files", "path", "dotted"),
    [
        (("shop/__init__.py",), "shop/tasks.py", "shop.tasks"),
        (("shop/__init__.py",), "shop/deep/tasks.py", "shop.deep.tasks"),
        (("shop/__init__.py",), "shop/deep/deeper/__init__.py", "shop.deep.deeper"),
        (("backend/shop/__init__.py",), "backend/shop/deep/tasks.py", "shop.deep.tasks"),
        ((), "shop/tasks.py", "tasks"),
        (("__init__.py",), "shop/tasks.py", "tasks"),
    ],
)
def test_a_folder_in_a_package_is_part_of_it(files: tuple[str, ...], path: str, dotted: str, tmp_path: Path) -> None:
    for name in ("setup.py", *files, path):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert Places().dotted_name(str(tmp_path / path)) == dotted
