"""Hostile projects: nothing of them is run, and nothing outside of them is read."""

from __future__ import annotations

import builtins
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from frontends import Frontends

TRAP = "from celery import shared_task\nimport os\nos.mkdir({!r})\n"
TASK = "from celery import shared_task\n\n\n@shared_task(priority='5')\ndef update(pk):\n    print(pk)\n"
TRAPS = (
    "conftest.py", "sitecustomize.py", "usercustomize.py", "setup.py", "celery.py", "tasks.py", "ast.py", "json.py",
    "libcst.py", "flake8.py", "tomllib.py", "app/__init__.py", "app/tasks.py", "app/celery.py", "flake8_plugin.py",
    "myproject/settings/local.py", "noxfile.py", "manage.py",
)  # fmt: skip


@pytest.mark.parametrize(
    "command",
    [
        ["aa-celery", "check"],
        ["aa-celery", "check", "-j", "2"],
        ["aa-celery", "fix", "--unsafe-fixes"],
        ["aa-celery", "fix", "--diff", "--unsafe-fixes"],
        ["aa-celery", "graph"],
        # from Python 3.14 on, the processes that flake8 starts by itself import from the current folder
        ["flake8", "--select", "AAC", *(["-j1"] if sys.version_info >= (3, 14) else [])],
    ],
    ids=" ".join,
)
def test_nothing_of_a_project_is_run(tmp_path: Path, command: list[str]) -> None:
    marker = tmp_path / "run"
    project = tmp_path / "project"
    for trap in TRAPS:
        (project / trap).parent.mkdir(parents=True, exist_ok=True)
        (project / trap).write_text(TRAP.format(str(marker)) + TASK)
    (project / "setup.cfg").write_text("[options.entry_points]\nflake8.extension =\n    X = flake8_plugin:Plugin\n")
    (project / ".pre-commit-config.yaml").write_text("repos: []\n")
    executable = Path(sys.executable).with_name(command[0])
    ended = subprocess.run([str(executable), *command[1:]], cwd=project, capture_output=True, text=True, check=False)
    expected = int(command[1] != "graph")
    assert (ended.returncode, "Traceback" in ended.stderr) == (expected, False), ended.stderr
    assert not marker.exists()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are opened from now on."""
    paths: list[str] = []
    original = io.open

    def remember(file: object, *arguments: object, **named: object) -> object:
        paths.append(os.path.realpath(os.fspath(file)) if isinstance(file, (str, Path)) else "")
        return original(file, *arguments, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(builtins, "open", remember)
    return paths


def test_names_and_links_that_lead_out_of_a_project_are_not_followed(
    frontends: Frontends, tmp_path: Path, opened: list[str]
) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    for name in ("__init__.py", "tasks.py", "secret.py"):
        (secret / name).write_text(TASK)
    app = tmp_path / "project" / "app"
    app.mkdir(parents=True)
    (app.parent / "pyproject.toml").write_text('[tool.flake8-aa-celery]\ntasks-modules = ["tasks", "../secret"]\n')
    (app / "__init__.py").touch()
    (app / "linked").symlink_to(secret)
    (app / "file.py").symlink_to(secret / "tasks.py")
    (app / "views.py").write_text(
        "from celery import current_app\n"
        "from ...secret import tasks\nfrom ....secret.tasks import update\nfrom app.linked.tasks import update as one\n"
        "from app.file import update as two\nfrom ..secret import secret\nfrom .linked import tasks as three\n"
        "one.delay()\ntwo.delay()\nupdate.delay()\ntasks.update.delay()\nthree.update.delay()\n"
        "current_app.send_task('../secret.tasks.update')\ncurrent_app.send_task('/etc/passwd')\n"
        f"current_app.send_task({str(secret / 'tasks')!r})\n"
    )
    os.chdir(app.parent)
    assert frontends.check("--select", "AAC1,AAC2,AAC3,AAC4,AAC5,AAC6").code in (0, 1)
    assert any(path.endswith("views.py") for path in opened)
    assert [path for path in opened if path.startswith(str(secret.resolve()))] == []


def test_links_out_of_a_folder_that_nothing_marks_are_not_followed(
    frontends: Frontends, tmp_path: Path, opened: list[str]
) -> None:
    secret, folder = tmp_path / "secret", tmp_path / "folder"
    for module in (secret / "package" / "__init__.py", secret / "package" / "tasks.py", folder / "tasks.py"):
        module.parent.mkdir(parents=True, exist_ok=True)
        module.write_text(TASK)
    (folder / "tasks.py").write_text(TASK + "from celery import current_app\ncurrent_app.send_task('x.update')\n")
    (folder / "package").symlink_to(secret / "package")
    (folder / "link.py").symlink_to(secret / "package" / "tasks.py")
    (folder / "own.py").symlink_to("tasks.py")
    os.chdir(folder)
    outcome = frontends.check("--isolated", "--select", "AAC1,AAC2,AAC3,AAC4", "tasks.py")
    assert (outcome.code, len(outcome.errors.splitlines())) == (1, 1)
    assert [path for path in opened if path.startswith(str(secret.resolve()))] == []
    assert opened.count(str(folder.resolve() / "tasks.py")) > 1  # its own link is


def test_a_bomb_in_a_gitignore_does_not_go_off(frontends: Frontends, tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("a*" * 8 + "b\n" + "[" * 1000 + "\n" + "**/" * 50 + "x\n")
    (tmp_path / ("a" * 60 + ".py")).write_text(TASK)
    (tmp_path / "setup.py").touch()
    outcome = frontends.check("--isolated", "--select", "AAC202")
    assert (outcome.code, outcome.errors) == (1, "1 violation in 1 file, 1 can be fixed with `aa-celery fix`\n")
