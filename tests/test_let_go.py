"""A module that is let go of when it is linted leaves nothing behind that others come upon."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.project import Project
from support import place

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from flake8_aa_celery.model.code.module import Module
    from frontends import Frontends

FILES = {
    "app/__init__.py": "",
    "app/helpers.py": """\
import requests


def store(flag, row):
    hand_on(row, print)


def hand_on(row, then):
    then(row)
    requests.get("https://example.com")
""",
    "app/actions.py": """\
from django.db import transaction

from app.helpers import store
from app.tasks import update


def act(row):
    with transaction.atomic():
        store(True, row)
    update.delay(1)
""",
    "app/tasks.py": """\
from celery import shared_task

from app.helpers import store


@shared_task(max_retries=3)
def update(pk):
    store(True, pk)
""",
}


def test_a_module_in_which_a_function_is_called_is_kept_with_what_is_known_of_the_call(
    frontends: Frontends, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "setup.py").touch()
    for path, text in FILES.items():
        place(tmp_path, path, text.encode())
    kept: set[str] = set()
    keep = Project.keep

    def remember(project: Project, module: Module) -> None:
        kept.add(module.dotted)
        keep(project, module)

    monkeypatch.setattr(Project, "keep", remember)
    os.chdir(tmp_path)
    outcome = frontends.check("--no-cache", "-j1", "--select", "AAC405", "app/actions.py")
    assert outcome.lines == []
    assert {"app.actions", "app.helpers"} <= kept


def test_an_asynchronous_function_within_a_function_that_is_looked_into(frontends: Frontends, tmp_path: Path) -> None:
    place(tmp_path, "app/__init__.py", b"")
    place(
        tmp_path,
        "app/tasks.py",
        b"from celery import shared_task\n\n\ndef run(flag, what):\n    if flag:\n        print(what)\n\n"
        b"    async def inner(x):\n        if x:\n            return 1\n        elif flag:\n            return 2\n\n"
        b"    return inner\n\n\n@shared_task\ndef update(pk):\n    run(True, pk)\n",
    )
    os.chdir(tmp_path)
    outcome = frontends.check("--no-cache", "--isolated", "--select", "ALL", "app")
    assert not [line for line in outcome.lines if "AAC999" in line]
