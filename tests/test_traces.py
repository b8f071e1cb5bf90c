"""A violation far from its task shows the calls that lead there, in every form that has room for them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Check = Callable[..., str]

FILES = {
    "app/__init__.py": "",
    "app/tasks.py": (
        "import logging\n"
        "from celery import shared_task\n"
        "from .models import Owner\n"
        "logger = logging.getLogger(__name__)\n"
        "@shared_task\n"
        "def update(pk):\n"
        "    logger.info(pk)\n"
        "    owner = Owner.objects.get(pk=pk)\n"
        "    owner.update_assets()\n"
    ),
    "app/models.py": (
        "import requests\n"
        "from django.db import models\n"
        "class Owner(models.Model):\n"
        "    def update_assets(self):\n"
        "        for url in self.urls():\n"
        "            self.fetch(url)\n"
        "    def fetch(self, url):\n"
        "        return requests.get(url, timeout=5)\n"
    ),
}
MESSAGE = "`owner.update_assets()` waits for `requests.get` once per item (models.py:8): make each a task of a `chain`"
TRACE = [
    ("app/tasks.py", 9, "owner.update_assets()"),
    ("app/models.py", 6, "self.fetch()"),
    ("app/models.py", 8, "requests.get()"),
]


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").touch()
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Check:
    """Checks this folder, and tells what is printed on standard output."""

    def run(*arguments: str) -> str:
        main(["check", "--isolated", "app", *arguments])
        return capsys.readouterr().out

    return run


def test_the_report_of_a_check_names_the_call_in_the_task_and_the_place(check: Check) -> None:
    assert check("--select", "AAC306").splitlines() == [f"app/tasks.py:9:5: AAC306 {MESSAGE}"]


def test_a_verbose_report_shows_the_way(check: Check) -> None:
    shown = [f"    {path}:{line}: {what}" for path, line, what in TRACE]
    assert check("--select", "AAC306", "-v").splitlines() == [f"app/tasks.py:9:5: AAC306 {MESSAGE}", *shown]


def test_a_terminal_shows_the_way(check: Check) -> None:
    lines = check("--select", "AAC306", "--color", "always").splitlines()
    assert [path for path, _, _ in TRACE if any(f"{path}:" in line for line in lines)] == [path for path, _, _ in TRACE]


def test_json_has_the_way(check: Check) -> None:
    (found,) = json.loads(check("--select", "AAC306", "--output-format", "json"))
    assert [(each["path"], each["line"], each["what"]) for each in found["trace"]] == TRACE


def test_sarif_has_the_way_as_related_locations_and_as_a_flow(check: Check) -> None:
    report = json.loads(check("--select", "AAC306", "--output-format", "sarif"))
    (found,) = report["runs"][0]["results"]
    related = [
        (each["physicalLocation"]["artifactLocation"]["uri"], each["physicalLocation"]["region"]["startLine"])
        for each in found["relatedLocations"]
    ]
    assert related == [(path, line) for path, line, _ in TRACE]
    ((flow,),) = [each["threadFlows"] for each in found["codeFlows"]]
    assert [each["location"]["message"]["text"] for each in flow["locations"]] == [what for _, _, what in TRACE]


def test_what_is_found_at_the_place_itself_has_no_way(check: Check, project: Path) -> None:
    source = "from celery import shared_task\n@shared_task(timeout=3)\ndef t(): ...\n"
    (project / "app" / "tasks.py").write_text(source)
    (found,) = json.loads(check("--select", "AAC114", "--output-format", "json"))
    assert found["trace"] == []
