"""The byte search that decides whether a file is parsed at all."""

from __future__ import annotations

import time

import pytest

from flake8_aa_celery.model import relevant


@pytest.mark.parametrize(
    "source",
    [
        "from celery import shared_task",
        "task.delay(1)",
        "task . delay(1)",
        "task.\\\n    delay(1)",
        "(task.  # now\n    delay(1))",
        "task.apply_async()",
        "task.s(1)",
        "task.si (1)",
        "@app.task\ndef f(): ...",
        "@app . task()\ndef f(): ...",
        "CELERYBEAT_SCHEDULE = {}",
        "beat_schedule = {}",
        "crontab(hour=3)",
        "app.send_task('x')",
        "AsyncResult(x)",
        "from . import tasks",
        "from .tasks import update",
        "import app.tasks",
        "from app.tasks.character import update",
        "from . import (\n    models,\n    tasks,\n)",
        "from . import models, \\\n    tasks",
        "x = 1; from . import tasks",
        "from app \\\n    .tasks import update",
        "import celery",
        "from .celery import app",
        "from celery_once import AlreadyQueued",
        "from . import (\n    celery_app,\n    models,\n)",
    ],
)
def test_what_may_have_to_do_with_celery(source: str) -> None:
    assert relevant(source.encode())


@pytest.mark.parametrize(
    "source",
    [
        "",
        "import os\nprint(1)",
        "delay = 3",
        "def tasks(): ...\nimport os",
        "call(s(1))",
        "names(1)",
        "x.strip()",
        "'tasks of the user'\nimport os",
        "'for celery'\nimport os",
        "from .update_tasks import fetch",
        "from .tasks_of_users import fetch",
        "import os\nprint(\n    tasks,\n)",
    ],
)
def test_what_has_nothing_to_do_with_celery(source: str) -> None:
    assert not relevant(source.encode())


def test_the_names_of_the_modules_that_hold_tasks_can_be_set() -> None:
    source = b"from . import jobs"
    assert relevant(source, ("tasks", "jobs"))
    assert not relevant(source)


@pytest.mark.parametrize(
    "part",
    [
        b"a@b.c, ",
        b"@",
        b".",
        b".#",
        b". ",
        b"@.task_",
        b". \\\n",
        b".\n",
        b"tasks = 1\n",
        b"tasks ",
        b"(tasks\n",
        b"\n.#",
    ],
)
def test_a_long_text_of_whatever_is_searched_in_no_time(part: bytes) -> None:
    began = time.process_time()
    assert not relevant(part * (1_000_000 // len(part)))
    assert time.process_time() - began < 5


def test_a_long_line_is_searched_in_no_time() -> None:
    assert not relevant(b"import os; " * 200_000 + b"\ntasks = 1")
