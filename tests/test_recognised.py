"""What is said of how much was recognised: ``clean`` must not mean that nothing was understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from frontends import Frontends

HOMEMADE = """\
from celery import signals
from acme import job

@job(retries=3)
def update(): ...

@acme.task
def report(): ...
"""
TOLD = (
    "aa-celery: 1 file speaks of Celery and no task was recognised: "
    "name your application or decorator in the setting celery-apps or task-decorators"
)
TASK = "from celery import shared_task\n\n\n@shared_task\ndef update(): ...\n\n\nupdate.delay()\n"
SENDER = 'from celery import Celery\n\napp = Celery("client")\napp.send_task("shop.tasks.update", priority=5)\n'
VIEW = "from celery.result import AsyncResult\n\n\ndef status(request, pk):\n    return AsyncResult(pk)\n"


def write(root: Path, text: str) -> None:
    (root / "work.py").write_text(text)


@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_a_project_of_which_no_task_is_recognised_is_told(form: str, frontends: Frontends, tmp_path: Path) -> None:
    write(tmp_path, HOMEMADE)
    assert frontends.check("--profile=celery", f"--output-format={form}").errors.splitlines().count(TOLD) == 1


def test_files_are_counted(frontends: Frontends, tmp_path: Path) -> None:
    write(tmp_path, HOMEMADE)
    (tmp_path / "other.py").write_text(HOMEMADE)
    assert "2 files speak of Celery" in frontends.check("--profile=celery").errors


@pytest.mark.parametrize(
    "text", [TASK, SENDER, VIEW, HOMEMADE + "(", "from acme import job\n\n@job\ndef update(): ...\n"]
)
def test_nothing_is_told_where_there_may_be_no_task_or_one_is_known(
    text: str, frontends: Frontends, tmp_path: Path
) -> None:
    write(tmp_path, text)
    assert "recognised" not in frontends.check("--profile=celery").errors


@pytest.mark.parametrize("arguments", [["work.py"], ["-q"], ["--celery-apps=work.acme"]])
def test_nothing_is_told_of_named_files_nor_where_it_is_quiet_nor_with_the_setting(
    arguments: list[str], frontends: Frontends, tmp_path: Path
) -> None:
    write(tmp_path, HOMEMADE)
    assert "recognised" not in frontends.check("--profile=celery", *arguments).errors


def test_verbose_counts_what_was_recognised(frontends: Frontends, tmp_path: Path) -> None:
    write(tmp_path, TASK)
    told = "\nrecognised: 1 tasks, 1 sends, 0 schedule entries, 0 views\n"
    assert told in frontends.check("-v", "--profile=celery").errors
