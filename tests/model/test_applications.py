"""How many applications a project has, and which import makes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.configuration.applications import has_one_application, imports_of_application
from flake8_aa_celery.model.resolve.task_functions import tasks_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

MADE = "from celery import Celery\napp = Celery('x')\n"
TASK = "from proj.celery import app\n\n@app.task\ndef update(): ...\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"proj/celery.py": MADE}, True),
        ({}, True),
        ({"proj/celery.py": MADE, "other/celery.py": MADE}, False),
        ({"proj/celery.py": MADE, "other/tests/celery.py": MADE}, True),
        ({"proj/celery.py": MADE, "other/tasks.py": TASK.replace("proj", "elsewhere")}, False),
        ({"other/tasks.py": TASK.replace("proj", "elsewhere")}, False),
        ({"proj/celery.py": MADE.replace("'x'", "'x', set_as_current=False")}, False),
        ({"proj/celery.py": "from celery import Celery\ndef make():\n    return Celery()\napp = make()\n"}, True),
        ({"proj/celery.py": "from celery import Celery\ndef make():\n    return Celery()\nmake()\nmake()\n"}, False),
        ({"proj/celery.py": "from celery import Celery\nclass MyCelery(Celery): ...\na = MyCelery()\n" * 2}, False),
    ],
)
def test_the_applications_of_a_project_are_counted(tmp_path: Path, files: dict[str, str], expected: bool) -> None:
    assert has_one_application(module_of(tmp_path, TASK, files=files).project) is expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from proj.celery import app\n@app.task\ndef x(): ...", ["app"]),
        ("import proj.celery\n@proj.celery.app.task(bind=True)\ndef x(self): ...", ["proj"]),
        ("from proj import celery as made\n@made.app.task\ndef x(): ...", ["made"]),
        ("from elsewhere.celery import app\n@app.task\ndef x(): ...", []),
        ("from celery import current_app\n@current_app.task\ndef x(): ...", []),
    ],
)
def test_an_import_of_the_project_makes_the_application(tmp_path: Path, source: str, expected: list[str]) -> None:
    (task,) = tasks_of(module_of(tmp_path, source, files={"proj/celery.py": MADE}))
    assert imports_of_application(task) == expected


@pytest.mark.parametrize(
    ("stored", "tasks"),
    [
        ('    flask_app.extensions["celery"] = app\n', ["update"]),
        ("    flask_app.celery = app\n", []),
        ('    flask_app.extensions["other"] = app\n', []),
        ('    flask_app.config["celery"] = app\n', []),
    ],
)
def test_an_application_among_the_extensions_of_flask_is_known(tmp_path: Path, stored: str, tasks: list[str]) -> None:
    made = f"from celery import Celery\ndef init(flask_app):\n    app = Celery('x')\n{stored}    return app\n"
    source = (
        "from flask import Flask\nflask_app = Flask(__name__)\napp = flask_app.extensions['celery']\n"
        "@app.task\ndef update(): ...\n"
    )
    module = module_of(tmp_path, source, files={"shop/__init__.py": made})
    assert [task.node.name for task in tasks_of(module)] == tasks
