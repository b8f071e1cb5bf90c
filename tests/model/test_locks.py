"""Which ``once`` locks nothing, and which keys of one are not read."""

from __future__ import annotations

import re
from pathlib import Path

from celery_once import tasks

from flake8_aa_celery.model.tasks.locks import ONCE_KEYS, lost_locks_of
from modules import module_of

HEAD = "from celery import Celery, Task, shared_task\nfrom celery_once import QueueOnce\napp = Celery('a')\n"


def lost(root: Path, source: str, files: dict[str, str] | None = None) -> list[tuple[str, str | None]]:
    """The tasks with a lost lock, each with the key that is not read, None for the whole lock."""
    found = lost_locks_of(module_of(root, HEAD + source, files=files or {}))
    return [(each.option.task.name, each.key) for each in found]


def test_the_keys_are_those_that_celery_once_reads() -> None:
    source = Path(tasks.__file__).read_text("utf-8")
    read = set(re.findall(r"once(?:_options)?\.get\(\s*'(\w+)'", source))
    assert read == ONCE_KEYS


def test_once_of_celerys_own_class_is_lost(tmp_path: Path) -> None:
    assert lost(tmp_path, "@shared_task(once={'graceful': True})\ndef t(): ...") == [("t", None)]


def test_once_of_a_class_that_locks_is_not_lost(tmp_path: Path) -> None:
    assert lost(tmp_path, "@shared_task(base=QueueOnce, once={'graceful': True})\ndef t(): ...") == []


def test_an_application_may_give_all_tasks_a_class(tmp_path: Path) -> None:
    files = {"project/celery.py": "from celery import Celery\napp = Celery('p', task_cls='app.base:Once')"}
    assert lost(tmp_path, "@shared_task(once={'graceful': True})\ndef t(): ...", files) == []
    assert lost(tmp_path, "@shared_task(base=Task, once={'graceful': True})\ndef t(): ...", files) == [("t", None)]


def test_a_key_that_is_not_read_is_lost(tmp_path: Path) -> None:
    source = "@shared_task(base=QueueOnce, once={'key': ['x'], 'timeout': 5})\ndef t(x): ..."
    assert lost(tmp_path, source) == [("t", "key")]
