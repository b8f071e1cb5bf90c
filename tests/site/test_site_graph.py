"""The map of a site: with the tasks of its apps, and when each entry of its schedule is due."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from environments import POSIX, install

if TYPE_CHECKING:
    from pathlib import Path

    from frontends import Frontends

TASKS = """\
from celery import shared_task


@shared_task
def update():
    report.delay()


@shared_task
def report(): ...
"""
SETTINGS = """\
INSTALLED_APPS = ["allianceauth", "shop"]
CELERYBEAT_SCHEDULE = {"often": {"task": "shop.tasks.update", "schedule": 600}}
"""


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """An environment with two apps."""
    for package in ("shop", "unused"):
        install(tmp_path / "env" / POSIX, package, {"tasks.py": TASKS})
    return tmp_path / "env"


def drawn(frontends: Frontends, environment: Path, folder: Path, *arguments: str) -> dict[str, Any]:
    """The map of a project that is made of a module of settings or of tasks."""
    (folder / "manage.py").touch()
    os.chdir(folder)
    found = frontends.command("graph", "--output-format", "json", "--environment", str(environment), *arguments)
    parsed: dict[str, Any] = json.loads("\n".join(found.lines))
    return parsed


def test_the_tasks_of_all_apps_of_a_site_are_on_it(frontends: Frontends, environment: Path, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "settings.py").write_text(SETTINGS)
    found = drawn(frontends, environment, tmp_path / "site")
    assert [node["name"] for node in found["nodes"]] == ["update", "report", "often"]
    assert [(edge["source"], edge["target"], edge["method"]) for edge in found["edges"]] == [
        ("shop.tasks.update", "shop.tasks.report", "delay"),
        ("schedule often", "shop.tasks.update", "beat"),
    ]
    due = {node["name"]: node["due"] for node in found["nodes"]}
    assert due == {
        "often": {"text": "every 10 min", "an_hour": 6, "minutes": [], "hours": [], "is_spread": False},
        "update": None,
        "report": None,
    }


def test_an_app_is_drawn_without_what_is_installed_beside_it(
    frontends: Frontends, environment: Path, tmp_path: Path
) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "tasks.py").write_text(
        "from celery import shared_task\nfrom shop.tasks import update\n\n"
        "@shared_task\ndef own():\n    update.delay()\n"
    )
    found = drawn(frontends, environment, tmp_path / "app")
    assert [node["name"] for node in found["nodes"]] == ["update", "own"]
