"""A task moves to the module of tasks with what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.fixes import Refused
from flake8_aa_celery.fixes._move import move
from flake8_aa_celery.rewrites import MoveToTasksModule

if TYPE_CHECKING:
    from pathlib import Path

TO_TASKS = MoveToTasksModule("tasks", "", 0, in_package=True)
SOURCE = """from __future__ import annotations

import datetime as dt
import os.path

from celery import group, shared_task
from django.utils.timezone import now as right_now

from . import api
from .models import Owner, Pilot

log = api.logger(__name__)


@shared_task
def update():
    log.info(os.path.sep, dt.date, right_now())
    group(api.start, Owner, Pilot)
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").touch()
    return str(tmp_path / "app" / "helpers.py")


def moved(path: str, tasks: str | None, source: str = SOURCE) -> str:
    line = source.splitlines().index("def update():") + 1
    return move(path, source.encode(), None if tasks is None else tasks.encode(), line, TO_TASKS).tasks.decode()


def test_a_new_module_has_the_imports_that_the_task_needs(path: str) -> None:
    assert moved(path, None) == SOURCE


def test_imports_are_sorted_into_those_that_are_there(path: str) -> None:
    tasks = (
        "import logging\n\nfrom celery import chain, shared_task\n\nfrom .models import Fleet\n\n"
        "LEVEL = logging.INFO\n\n\n@shared_task\ndef there():\n    chain(Fleet, LEVEL)\n"
    )
    assert moved(path, tasks) == (
        "import datetime as dt\nimport logging\nimport os.path\n\n"
        "from celery import chain, group, shared_task\nfrom django.utils.timezone import now as right_now\n\n"
        "from . import api\nfrom .models import Fleet, Owner, Pilot\n\n"
        "log = api.logger(__name__)\n\nLEVEL = logging.INFO\n\n\n@shared_task\ndef there():\n    chain(Fleet, LEVEL)\n"
        "\n\n@shared_task\ndef update():\n    log.info(os.path.sep, dt.date, right_now())\n"
        "    group(api.start, Owner, Pilot)\n"
    )


def test_what_the_module_of_tasks_defines_is_not_imported(path: str) -> None:
    tasks = "from celery import shared_task\n\n\n@shared_task\ndef there():\n    pass\n"
    task = "@shared_task\ndef update():\n    there.delay()\n"
    source = "from celery import shared_task\n\nfrom .tasks import there\n\n\n" + task
    assert moved(path, tasks, source) == f"{tasks}\n\n{task}"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("from .tasks import there as other\n\n\n", "it uses `other`, which this module defines"),
        ("from .others import other\n\n\n", "`other` means something else in the module of tasks"),
        ("other = 1\n\n\n", "it uses `other`, which this module defines"),
        ("try:\n    from x import other\nexcept E:\n    pass\n\n\n", "it uses `other`, which is not certain to be one"),
    ],
)
def test_a_task_stays_with_what_cannot_go_with_it(path: str, source: str, why: str) -> None:
    task = "@shared_task\ndef update():\n    other()\n"
    tasks = "from celery import shared_task\n\nother = 2\n"
    with pytest.raises(Refused, match=why):
        moved(path, tasks, "from celery import shared_task\n\n" + source + task)


def test_a_byte_order_mark_stays(path: str) -> None:
    source = "from celery import shared_task\n\n\n@shared_task\ndef update():\n    pass\n"
    mark, line = b"\xef\xbb\xbf", source.splitlines().index("def update():") + 1
    after = move(path, mark + source.encode(), mark, line, TO_TASKS)
    assert after.source.startswith(mark) and after.tasks.startswith(mark)
    assert after.source.count(mark) == after.tasks.count(mark) == 1
