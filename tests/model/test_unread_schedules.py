"""Schedules that nobody reads, that are there twice, and receivers that come too late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.calling.twice import twice_scheduled_of
from flake8_aa_celery.model.periodic.late_receivers import late_receivers_of
from flake8_aa_celery.model.periodic.unread import unread_schedules_of
from flake8_aa_celery.settings import Settings
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = Settings(profile="celery")
APP = "from celery import Celery\napp = Celery('app')\n"


@pytest.mark.parametrize(
    ("namespace", "unread"),
    [
        ("", {"CELERY_BEAT_SCHEDULE": "CELERYBEAT_SCHEDULE"}),
        (", namespace='CELERY'", {"CELERYBEAT_SCHEDULE": "CELERY_BEAT_SCHEDULE"}),
        (", namespace='MY'", dict.fromkeys(("CELERYBEAT_SCHEDULE", "CELERY_BEAT_SCHEDULE"), "MY_BEAT_SCHEDULE")),
        (", namespace=unknown", {}),
    ],
)
def test_which_name_is_read(tmp_path: Path, namespace: str, unread: dict[str, str]) -> None:
    files = {"app/celery.py": APP + f"app.config_from_object('django.conf:settings'{namespace})"}
    source = "CELERY_BEAT_SCHEDULE = {}\nCELERYBEAT_SCHEDULE = {}"
    module = module_of(tmp_path, source, "app/settings.py", files, PLAIN)
    assert {found.written: found.read for found in unread_schedules_of(module)} == unread


def test_all_places_of_a_name_are_found_in_their_order(tmp_path: Path) -> None:
    source = "CELERY_BEAT_SCHEDULE = {}\nCELERY_BEAT_SCHEDULE['x'] = {}\nprint(CELERY_BEAT_SCHEDULE)"
    (found,) = unread_schedules_of(module_of(tmp_path, source, "app/settings.py"))
    assert [node.lineno for node in found.nodes] == [1, 2, 3]


@pytest.mark.parametrize(
    ("entries", "same"),
    [
        ("'a': {'task': 'x.a', 'schedule': 60}, 'a': {'task': 'x.b', 'schedule': 60}", ["key"]),
        ("'a': {'task': 'x.a', 'schedule': 60}, 'b': {'task': 'x.a', 'schedule': 60}", ["task"]),
        ("'a': {'task': 'x.a', 'schedule': 60}, 'b': {'task': 'x.a', 'schedule': 60, 'args': None}", ["task"]),
        ("'a': {'task': 'x.a', 'schedule': 60}, 'b': {'task': 'x.a', 'schedule': 61}", []),
        ("'a': {'task': 'x.a', 'schedule': every}, 'b': {'task': 'x.a', 'schedule': every}", ["task"]),
        ("'a': {'task': 'x.a', 'schedule': 1}, 'b': {'task': 'x.a', 'schedule': True}", []),
        ("'a': {'task': name, 'schedule': 60}, 'b': {'task': name, 'schedule': 60}", []),
        ("'a': {'task': 'x.a'}, 'b': {'task': 'x.a'}", []),
    ],
)
def test_what_is_scheduled_twice(tmp_path: Path, entries: str, same: list[str]) -> None:
    module = module_of(tmp_path, f"CELERYBEAT_SCHEDULE = {{{entries}}}", "app/settings.py")
    assert [found.same for found in twice_scheduled_of(module)] == same


@pytest.mark.parametrize(
    ("source", "number"),
    [
        ("@app.on_after_configure.connect\ndef f(sender, **_): ...", 1),
        ("@app.on_after_configure.connect(weak=False)\ndef f(sender, **_): ...", 1),
        ("app.on_after_configure.connect(print)", 1),
        ("app.on_after_finalize.connect(print)", 0),
        ("other.on_after_configure.connect(print)", 0),
    ],
)
def test_which_receivers_are_late(tmp_path: Path, source: str, number: int) -> None:
    module = module_of(tmp_path, f"from app.celery import app\n{source}", files={"app/celery.py": APP})
    assert len(late_receivers_of(module)) == number


def test_what_the_application_imports_is_in_time(tmp_path: Path) -> None:
    files = {"app/celery.py": APP + "from . import tasks"}
    module = module_of(tmp_path, "from app.celery import app\napp.on_after_configure.connect(print)", files=files)
    assert late_receivers_of(module) == []
