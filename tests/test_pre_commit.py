"""The hooks, run by pre-commit itself in a repository of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from support import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PACKAGED = ("flake8_aa_celery", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
TASKS = "from celery import shared_task\n\n\n@shared_task\ndef update_all(\n"
MENDABLE = """\
import logging

from celery import shared_task

logger = logging.getLogger(__name__)


@shared_task
def update():
    logger.info("Updating")
    update.apply_async(priority=3.0)
"""
README = (
    "```python\nfrom celery.schedules import crontab\n\nCELERYBEAT_SCHEDULE['app_update'] = {\n"
    "    'task': 'app.tasks.update', 'schedule': crontab(hour=3)\n}\n```\n"
)
FOUND_IN_README = "README.md:5:45: AAC501"
FOUND = "app/tasks.py:5:15: AAC900 cannot be parsed by Python"
#: What pip says where it cannot reach an index.
NO_NETWORK = (
    "Failed to establish a new connection",
    "Could not find a version",
    "Temporary failure in name resolution",
)

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def committed(folder: Path) -> None:
    git(folder, "init", "-q")
    git(folder, "add", "-A", "-f")
    git(folder, "commit", "-q", "-m", "Begin")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An app with a mistake, a clean file, and a file that is not Python."""
    app = tmp_path / "project" / "app"
    app.mkdir(parents=True)
    (app / "tasks.py").write_text(TASKS)
    (app / "models.py").write_text("import celery\n")
    (app / "notes.txt").write_text("celery(\n")
    (app.parent / "README.md").write_text(README)
    (app.parent / "CHANGELOG.md").write_text(README)
    git(app.parent, "init", "-q")
    return app.parent


@pytest.fixture
def hooks(tmp_path: Path) -> Path:
    """This project as a repository that pre-commit can clone."""
    repository = tmp_path / "hooks"
    repository.mkdir()
    for name in PACKAGED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, repository / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, repository / name)
    committed(repository)
    return repository


def manifest() -> dict[str, dict[str, Any]]:
    """Our hooks by their ids."""
    yaml = pytest.importorskip("yaml", reason="pre-commit, which brings it, is not installed")
    return {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}


def use_installed(project: Path, name: str) -> None:
    """Let a project have one of our hooks, with the command that is installed here."""
    hook = manifest()[name] | {"language": "system"}
    config = {"repos": [{"repo": "local", "hooks": [hook]}]}  # JSON is YAML
    (project / ".pre-commit-config.yaml").write_text(json.dumps(config))


def pre_commit(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    pytest.importorskip("pre_commit", reason="pre-commit is not installed")
    git(project, "add", "-A")
    scripts = os.path.dirname(sys.executable)
    environment = os.environ | {
        "PRE_COMMIT_HOME": str(project.parent / "cache"),
        "PATH": os.pathsep.join([scripts, os.environ["PATH"]]),
    }
    command = [sys.executable, "-m", "pre_commit", *arguments]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


def assert_stops_the_commit(project: Path) -> None:
    """The hook names the mistake, and is content when it is mended."""
    outcome = pre_commit(project, "run", "aa-celery-check")
    assert FOUND in outcome.stdout
    assert FOUND_IN_README in outcome.stdout
    assert "CHANGELOG.md" not in outcome.stdout
    assert "models.py" not in outcome.stdout
    assert "notes.txt" not in outcome.stdout
    assert outcome.returncode == 1
    (project / "app" / "tasks.py").write_text("import celery\n")
    (project / "README.md").write_text("celery\n")
    outcome = pre_commit(project, "run", "aa-celery-check")
    assert (outcome.returncode, "Passed" in outcome.stdout) == (0, True), outcome.stdout


def test_the_hooks_are_as_pre_commit_wants_them(project: Path) -> None:
    outcome = pre_commit(project, "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml"))
    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize("name", ["aa-celery", "aa-celery-check", "aa-celery-fix"])
def test_the_entry_of_a_hook_is_a_command(name: str) -> None:
    command, *arguments = manifest()[name]["entry"].split()
    assert command == "aa-celery"
    ended = subprocess.run([sys.executable, "-m", "flake8_aa_celery", *arguments, "--help"], check=False)
    assert ended.returncode == 0


def test_the_entry_of_the_check_hook_stops_a_commit(project: Path) -> None:
    use_installed(project, "aa-celery-check")
    assert_stops_the_commit(project)


def test_the_entry_of_the_fix_hook_mends_and_stops_the_commit(project: Path) -> None:
    use_installed(project, "aa-celery-fix")
    tasks = project / "app" / "tasks.py"
    tasks.write_text(MENDABLE)
    first = pre_commit(project, "run", "aa-celery-fix")
    assert (first.returncode, "files were modified by this hook" in first.stdout) == (1, True), first.stdout
    assert "priority=3)" in tasks.read_text()
    second = pre_commit(project, "run", "aa-celery-fix")
    assert (second.returncode, "Passed" in second.stdout) == (0, True), second.stdout


def test_the_hook_for_both_fixes_and_reports_the_rest(project: Path) -> None:
    use_installed(project, "aa-celery")
    tasks = project / "app" / "tasks.py"
    tasks.write_text(MENDABLE)
    first = pre_commit(project, "run", "aa-celery")
    assert (first.returncode, "files were modified by this hook" in first.stdout) == (1, True), first.stdout
    assert FOUND_IN_README in first.stdout
    (project / "README.md").write_text("celery\n")
    second = pre_commit(project, "run", "aa-celery")
    assert (second.returncode, "Passed" in second.stdout) == (0, True), second.stdout


@pytest.mark.parametrize("name", ["aa-celery", "aa-celery-check", "aa-celery-fix"])
def test_a_hook_leaves_out_what_the_settings_exclude(project: Path, name: str) -> None:
    use_installed(project, name)
    (project / "pyproject.toml").write_text('[tool.flake8-aa-celery]\nextend-exclude = ["app", "README.md"]\n')
    tasks = project / "app" / "tasks.py"
    tasks.write_text(MENDABLE)
    outcome = pre_commit(project, "run", name)
    assert (outcome.returncode, "Passed" in outcome.stdout) == (0, True), outcome.stdout
    assert tasks.read_text() == MENDABLE


def test_our_own_commits_pass_through_our_hooks(project: Path) -> None:
    """Those of the manifest, but run by what is installed and not where code is wrong on purpose."""
    yaml = pytest.importorskip("yaml", reason="pre-commit, which brings it, is not installed")
    config = ROOT / ".pre-commit-config.yaml"
    assert pre_commit(project, "validate-config", str(config)).returncode == 0
    (repository,) = yaml.safe_load(config.read_text())["repos"]
    hooks = {hook["id"]: hook for hook in repository["hooks"]}
    compared = ("name", "entry", "types", "types_or", "require_serial")
    offered = manifest()
    assert {"aa-celery-check", "aa-celery-fix"} <= hooks.keys()
    for name in hooks.keys() & offered.keys():
        assert [hooks[name].get(key) for key in compared] == [offered[name].get(key) for key in compared]
    assert {hook["language"] for hook in hooks.values()} == {"system"}


def test_our_hooks_pass_over_what_is_wrong_on_purpose(project: Path) -> None:
    shutil.copy(ROOT / ".pre-commit-config.yaml", project)
    for name in ("README.md", "CHANGELOG.md"):
        (project / name).unlink()
    wrong = project / "tests" / "fixtures"
    wrong.mkdir(parents=True)
    (project / "app" / "tasks.py").replace(wrong / "tasks.py")
    assert pre_commit(project, "run", "aa-celery-check").returncode == 0
    (wrong / "tasks.py").replace(project / "app" / "tasks.py")
    outcome = pre_commit(project, "run", "aa-celery-check")
    assert (outcome.returncode, FOUND in outcome.stdout) == (1, True), outcome.stdout


@pytest.mark.slow
def test_a_project_that_names_our_repository_gets_the_check_hook(project: Path, hooks: Path) -> None:
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=hooks, check=True, capture_output=True, text=True)
    (project / ".pre-commit-config.yaml").write_text(
        f"repos:\n- repo: {hooks}\n  rev: {head.stdout.strip()}\n  hooks:\n  - id: aa-celery-check\n"
    )
    installed = pre_commit(project, "install-hooks")
    if installed.returncode and any(sign in installed.stdout for sign in NO_NETWORK):
        pytest.skip("pip cannot reach a package index, so pre-commit cannot install the hook")
    assert installed.returncode == 0, installed.stdout
    assert_stops_the_commit(project)
