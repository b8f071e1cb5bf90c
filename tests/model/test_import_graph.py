"""Which files a module loads when it is imported, through however many others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.code.import_graph import reaches
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path


def leads_to_helpers(root: Path, tasks: str, files: dict[str, str]) -> bool:
    """Whether ``app/tasks.py`` has ``app/helpers.py`` loaded."""
    module = module_of(root, tasks, files={"app/helpers.py": "", **files})
    return reaches(module, str((root / "app/helpers.py").resolve()))


@pytest.mark.parametrize(
    ("tasks", "files"),
    [
        ("from .helpers import x", {}),
        ("from . import helpers", {}),
        ("import app.helpers", {}),
        (
            "from app import models",
            {"app/models.py": "from . import owners", "app/owners.py": "import app.helpers"},
        ),
        ("try:\n    from .helpers import x\nexcept ImportError:\n    pass", {}),
        ("class A:\n    from .helpers import x", {}),
        ("from .sub import x", {"app/sub/__init__.py": "from ..helpers import y\nx = y"}),
        ("from .sub.deep import x", {"app/sub/__init__.py": "from ..helpers import y", "app/sub/deep.py": "x = 1"}),
    ],
)
def test_a_chain_of_imports_is_followed(tmp_path: Path, tasks: str, files: dict[str, str]) -> None:
    assert leads_to_helpers(tmp_path, tasks, files)


@pytest.mark.parametrize(
    ("tasks", "files"),
    [
        ("from .models import x", {"app/models.py": "x = 1"}),
        ("def f():\n    from .helpers import x", {}),
        ("if TYPE_CHECKING:\n    from .helpers import x", {}),
        ("from .models import x", {"app/models.py": "def f():\n    from . import helpers\nx = 1"}),
        ("import os", {}),
        ("from elsewhere import helpers", {}),
    ],
)
def test_what_runs_later_or_never_is_not(tmp_path: Path, tasks: str, files: dict[str, str]) -> None:
    assert not leads_to_helpers(tmp_path, tasks, files)


def test_the_package_around_begins_nothing(tmp_path: Path) -> None:
    files = {"app/models.py": "x = 1"}
    module = module_of(tmp_path, "from .models import x", files={"app/helpers.py": "", **files})
    (tmp_path / "app" / "__init__.py").write_text("from . import helpers")
    assert not reaches(module, str((tmp_path / "app/helpers.py").resolve()))
