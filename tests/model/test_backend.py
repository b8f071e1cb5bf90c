"""Whether a project has a result backend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.code.project import Project
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.model.configuration.result_backend import has_result_backend
from flake8_aa_celery.settings import Settings
from support import place

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").touch()
    return tmp_path


def has_backend(root: Path, settings: Settings | None = None) -> bool:
    """What the project under ``root`` says."""
    return has_result_backend(Project(str(root.resolve()), settings or Settings(), Workspace()))


@pytest.mark.parametrize(
    "source",
    [
        "from celery import Celery\napp = Celery('app', backend='redis://')",
        "from celery import Celery as C\napp = C('app', None, 'redis://')",
        "from celery import Celery\nOPTIONS = {'backend': 'redis://'}\napp = Celery('app', **OPTIONS)",
        "os.environ.setdefault('CELERY_RESULT_BACKEND', 'redis://')",
        "app.conf.result_backend = 'redis://'",
        "app.conf['result_backend'] = url",
        "app.conf.update(result_backend='redis://')",
        "app.conf.update({'result_backend': 'redis://'})",
        "app.conf.update(**{'CELERY_RESULT_BACKEND': 'redis://'})",
        "CELERY_RESULT_BACKEND = os.environ.get('BACKEND')",
        "CELERY_RESULT_BACKEND: str = 'django-db'",
        "result_backend = 'rpc://'",
        "class Config:\n    result_backend = 'rpc://'",
        "MYAUTH_RESULT_BACKEND = 'rpc://'",
    ],
)
def test_a_backend_is_found_however_it_is_configured(root: Path, source: str) -> None:
    place(root, "app/config.py", source.encode())
    assert has_backend(root)


@pytest.mark.parametrize(
    "source",
    [
        "from celery import Celery\napp = Celery('app', broker='redis://')",
        "from celery import Celery\napp = Celery('app', backend=None)",
        "from pool import Celery\napp = Celery('app', backend='redis://')",
        "import celery\nfrom pool import Celery\napp = Celery('app', backend='redis://')",
        "from celery import Celery\napp = Celery('app', backend='redis://'",
        "from celery import Celery\napp = Celery('app')\nmail = Mail(backend='smtp')",
        "CELERY_RESULT_BACKEND = None",
        "CELERY_RESULT_BACKEND = ''",
        "CELERY_RESULT_BACKEND = 'disabled://'",
        "print(app.conf.result_backend)",
        "url = os.environ.get('CELERY_RESULT_BACKEND', 'redis://')",
        "# CELERY_RESULT_BACKEND = 'redis://'",
        "result_backend_url = 'redis://'",
        "result_backend = (",
    ],
)
def test_what_configures_none_is_not_taken_for_one(root: Path, source: str) -> None:
    place(root, "app/config.py", source.encode())
    assert not has_backend(root)


def test_a_backend_for_tests_is_none(root: Path) -> None:
    place(root, "app/tests/settings.py", b"CELERY_RESULT_BACKEND = 'cache'")
    assert not has_backend(root)


def test_a_backend_in_an_excluded_file_is_none(root: Path) -> None:
    place(root, "old/settings.py", b"CELERY_RESULT_BACKEND = 'cache'")
    assert not has_backend(root, Settings(exclude=("old",)))


@pytest.mark.parametrize(("setting", "expected"), [("true", True), ("false", False)])
def test_the_setting_decides_without_a_look_at_the_files(root: Path, setting: str, expected: bool) -> None:
    place(root, "app/settings.py", b"" if expected else b"CELERY_RESULT_BACKEND = 'cache'")
    assert has_backend(root, Settings(result_backend=setting)) is expected  # type: ignore[arg-type]


def test_the_files_are_searched_once(root: Path) -> None:
    project = Project(str(root.resolve()), Settings(), Workspace())
    assert not has_result_backend(project)
    place(root, "app/settings.py", b"CELERY_RESULT_BACKEND = 'cache'")
    assert not has_result_backend(project)


def test_a_plain_celery_project_may_have_a_backend_that_no_file_shows(root: Path) -> None:
    place(root, "app/tasks.py", b"from celery import shared_task")
    assert has_backend(root, Settings(profile="celery"))
    assert not has_backend(root)


def test_a_plain_celery_project_can_say_that_it_has_none(root: Path) -> None:
    place(root, "app/config.py", b"result_backend = None")
    assert not has_backend(root, Settings(profile="celery"))
    assert not has_backend(root, Settings(profile="celery", result_backend="false"))
