"""Which options for retries mean nothing, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.tasks.retry_options import lost_retry_options_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "from celery import shared_task\n"


def lost(root: Path, source: str, files: dict[str, str] | None = None) -> list[tuple[str, list[str], str, int]]:
    """The tasks with options for retries that mean nothing: these, why, and how many others share them."""
    module = module_of(root, HEAD + source, files=files or {})
    found = lost_retry_options_of(module)
    return [(each.task.name, [option.name for option in each.options], each.why, each.others) for each in found]


def test_all_options_of_a_task_that_never_retries_are_lost(tmp_path: Path) -> None:
    source = "@shared_task(max_retries=5, time_limit=5, retry_backoff=True)\ndef t(): ..."
    assert lost(tmp_path, source) == [("t", ["max_retries", "retry_backoff"], "nothing retries", 0)]


def test_options_of_automatic_retries_are_lost_where_the_task_retries_itself(tmp_path: Path) -> None:
    source = "@shared_task(bind=True, max_retries=5, retry_backoff=True)\ndef t(self):\n    self.retry()"
    assert lost(tmp_path, source) == [("t", ["retry_backoff"], "self.retry retries", 0)]


def test_a_countdown_beside_a_backoff_is_lost(tmp_path: Path) -> None:
    source = "@shared_task(autoretry_for=(E,), retry_backoff=2, retry_kwargs={'countdown': 5})\ndef t(): ..."
    assert lost(tmp_path, source) == [("t", ["retry_kwargs"], "retry_backoff overrides", 0)]


def test_a_retry_in_another_file_is_one(tmp_path: Path) -> None:
    source = "from app.helpers import again\n@shared_task(bind=True, max_retries=5)\ndef t(self):\n    again(self)"
    files = {"app/__init__.py": "", "app/helpers.py": "def again(task):\n    task.retry()"}
    assert lost(tmp_path, source, files) == []


def test_a_retry_of_something_else_is_none(tmp_path: Path) -> None:
    source = (
        "class Job:\n    def retry(self): ...\n"
        "@shared_task(max_retries=5)\ndef t():\n    Job().retry()\n"
        "@shared_task(max_retries=5)\ndef u(job):\n    job.retry()"
    )
    assert lost(tmp_path, source) == [("t", ["max_retries"], "nothing retries", 0)]


def test_options_that_tasks_share_are_lost_once(tmp_path: Path) -> None:
    source = "D = {'max_retries': 5}\n@shared_task(**D)\ndef t(): ...\n@shared_task(**D)\ndef u(): ..."
    assert lost(tmp_path, source) == [("t", ["max_retries"], "nothing retries", 1)]


def test_an_option_that_another_task_needs_is_not_lost(tmp_path: Path) -> None:
    source = (
        "D = {'max_retries': 5}\n@shared_task(**D)\ndef t(): ...\n@shared_task(autoretry_for=(E,), **D)\ndef u(): ..."
    )
    assert lost(tmp_path, source) == []
