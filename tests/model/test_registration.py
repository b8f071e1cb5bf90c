"""Which modules workers import: by discovery, by their names, by texts that are made, and by who imports them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.code.imports import imported_files, imported_names
from flake8_aa_celery.model.configuration.dynamic_imports import may_be_imported_by_text
from flake8_aa_celery.model.configuration.worker_imports import discovery_of
from flake8_aa_celery.model.tasks.registration import unregistered_tasks_of
from flake8_aa_celery.settings import Settings
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

    from modules import Files

PLAIN = Settings(profile="celery")
APP = "from celery import Celery\napp = Celery('a')\n"


def found_by(root: Path, source: str, *names: str) -> list[bool] | None:
    """Whether a worker finds modules by their names, with this after the line that makes the application."""
    discovery = discovery_of(module_of(root, APP + source, "proj/celery.py", settings=PLAIN).project)
    return [discovery.finds(name) for name in names] if discovery else None


def test_an_app_of_alliance_auth_is_found_by_its_tasks_module(tmp_path: Path) -> None:
    discovery = discovery_of(module_of(tmp_path, "").project)
    assert discovery is not None
    assert discovery.finds("app.tasks")
    assert not discovery.finds("app.tasks.mail")


def test_nothing_is_known_of_a_project_without_an_application(tmp_path: Path) -> None:
    assert discovery_of(module_of(tmp_path, "", settings=PLAIN).project) is None


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("app.autodiscover_tasks()", [True, False, True, False]),
        ("app.autodiscover_tasks(related_name='jobs')", [False, True, False, False]),
        ("app.autodiscover_tasks(['shop'])", [True, False, False, False]),
        ("app.autodiscover_tasks(lambda: ['shop'], 'jobs')", [False, True, False, False]),
        ("app.autodiscover_tasks(['shop.work'], related_name=None)", [False, False, False, True]),
        ("app.autodiscover_tasks(APPS)", [True, False, True, False]),
        ("app.conf.imports = ['shop.work']", [False, False, False, False]),
    ],
)
def test_autodiscovery_finds_what_it_is_told(tmp_path: Path, source: str, expected: list[bool]) -> None:
    assert found_by(tmp_path, source, "shop.tasks", "shop.jobs", "other.tasks", "shop.work") == expected


@pytest.mark.parametrize(
    "source",
    [
        "",
        "app.autodiscover_tasks(related_name=name)",
        "app.autodiscover_tasks(**given)",
        "app.conf.include = names\napp.autodiscover_tasks()",
        "app = Celery('b', include=names)\napp.autodiscover_tasks()",
        "CELERY_IMPORTS = [name]\napp.autodiscover_tasks()",
    ],
)
def test_what_cannot_be_resolved_is_not_known(tmp_path: Path, source: str) -> None:
    assert found_by(tmp_path, source, "shop.tasks") is None


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import_module('shop.other')", [False, False]),
        ("import_module(f'{x}.jobs')", [True, False]),
        ("import_module(f'shop.{x}')", [True, True]),
        ("import_module(x + '.jobs')", [True, False]),
        ("import_module('%s.jobs' % x)", [True, False]),
        ("import_module('shop.{}'.format(x))", [True, True]),
        ("name = f'{x}.jobs'\nimport_module(name)", [True, False]),
        ("import_module('.jobs', x)", [True, False]),
        ("import_module(f'.{x}', __package__)", [True, True]),
        ("import_module('.'.join(x))", [True, True]),
        ("import_module(settings.X)", [False, False]),
        ("autodiscover_modules('jobs')", [True, False]),
        ("import pkgutil\npkgutil.walk_packages(x)", [True, True]),
        ("import os\nfor x in os.listdir(y):\n    import_module(x)", [True, True]),
    ],
)
def test_a_text_that_is_made_may_name_a_module(tmp_path: Path, source: str, expected: list[bool]) -> None:
    head = "from importlib import import_module\nfrom django.utils.module_loading import autodiscover_modules\n"
    project = module_of(tmp_path, head + source, "shop/a.py", files={"shop/__init__.py": ""}).project
    assert [may_be_imported_by_text(name, project) for name in ("shop.jobs", "shop.work")] == expected


FILES: Files = {"app/__init__.py": "", "app/b.py": "", "app/c/__init__.py": "", "app/c/d.py": ""}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import app.b", ["app/__init__.py", "app/b.py"]),
        ("from app import b", ["app/__init__.py", "app/b.py"]),
        ("from .b import x", ["app/__init__.py", "app/b.py"]),
        ("from . import b, c", ["app/__init__.py", "app/b.py", "app/c/__init__.py"]),
        ("from .c.d import *", ["app/__init__.py", "app/c/__init__.py", "app/c/d.py"]),
        ("def f():\n    try:\n        import app.b\n    finally: ...", ["app/__init__.py", "app/b.py"]),
        ("import celery", []),
        ("if TYPE_CHECKING:\n    import app.b", []),
    ],
)
def test_a_module_loads_the_files_that_it_imports(tmp_path: Path, source: str, expected: list[str]) -> None:
    module = module_of(tmp_path, source, files=FILES)
    assert sorted(module.project.below_root(path) for path in imported_files(module)) == expected


def test_absolute_imports_have_names(tmp_path: Path) -> None:
    module = module_of(tmp_path, "import a.b as c\nfrom d import e as f, g\nfrom . import h")
    assert imported_names(module) == {"a.b", "d", "d.e", "d.g"}


def test_a_module_that_nothing_imports_is_reported_at_its_first_task(tmp_path: Path) -> None:
    source = "from celery import shared_task\n@shared_task\ndef a(): ...\n@shared_task\ndef b(): ..."
    found = unregistered_tasks_of(module_of(tmp_path, source, "app/jobs.py", files={"app/__init__.py": ""}))
    assert [(each.task.name, each.others) for each in found] == [("a", 1)]


def test_a_module_that_is_imported_from_a_folder_of_its_own_is_known(tmp_path: Path) -> None:
    source = "from celery import shared_task\n@shared_task\ndef a(): ..."
    files = {"src/app/__init__.py": "", "src/app/views/page.py": "from app.jobs import a"}
    assert unregistered_tasks_of(module_of(tmp_path, source, "src/app/jobs.py", files=files)) == []


@pytest.mark.parametrize(
    ("path", "files", "expected"),
    [
        ("app/jobs.py", ("app/tasks.py",), (".", "jobs")),
        ("app/core/jobs.py", ("app/core/__init__.py", "app/tasks.py"), (".core", "jobs")),
        ("app/jobs.py", ("app/tasks/__init__.py",), ("..", "jobs")),
        ("app/core/jobs.py", ("app/core/__init__.py", "app/tasks/__init__.py"), ("..core", "jobs")),
        ("app/tasks/mail.py", ("app/tasks/__init__.py",), (".", "mail")),
        ("app/jobs.py", (), None),
    ],
)
def test_the_nearest_tasks_module_can_import_it(
    tmp_path: Path, path: str, files: tuple[str, ...], expected: tuple[str, str] | None
) -> None:
    source = "from celery import shared_task\n@shared_task\ndef a(): ..."
    module = module_of(tmp_path, source, path, files={"app/__init__.py": "", **dict.fromkeys(files, "")})
    (found,) = unregistered_tasks_of(module)
    assert (found.way_there if found.tasks_module else None) == expected
