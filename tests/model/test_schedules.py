"""The entries of a schedule, wherever they are set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.periodic.schedules import schedule_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

APP = "from celery import Celery\napp = Celery('app')\n"


@pytest.mark.parametrize(
    "source",
    [
        "CELERYBEAT_SCHEDULE = {'a': {}}",
        "CELERYBEAT_SCHEDULE['a'] = {}",
        "CELERYBEAT_SCHEDULE.update({'a': {}})",
        "settings.CELERYBEAT_SCHEDULE['a'] = {}",
        "app.conf.beat_schedule = {'a': {}}",
        "app.conf.beat_schedule['a'] = {}",
        "app.conf.beat_schedule.update({'a': {}})",
        "app.conf['beat_schedule'] = {'a': {}}",
        "app.conf.update(beat_schedule={'a': {}})",
        "app.add_periodic_task(30, t.s(), name='a')",
        "@app.on_after_configure.connect\ndef f(sender, **_):\n    sender.add_periodic_task(30, t.s(), name='a')",
        "@app.on_after_configure.connect\ndef f(sender, /):\n    sender.add_periodic_task(30, t.s(), name='a')",
    ],
)
def test_where_an_entry_is_found(tmp_path: Path, source: str) -> None:
    (entry,) = schedule_of(module_of(tmp_path, APP + source))
    assert entry.name == "a"


@pytest.mark.parametrize("source", ["beat_schedule = {'a': {}}", "other['beat_schedule'] = {'a': {}}", "x[0] = {}"])
def test_what_is_no_schedule(tmp_path: Path, source: str) -> None:
    assert schedule_of(module_of(tmp_path, APP + source)) == []


def test_arguments_that_are_not_seen_are_not_missing(tmp_path: Path) -> None:
    (entry,) = schedule_of(module_of(tmp_path, APP + "app.add_periodic_task(*given)"))
    assert not entry.fields.lacks("sig")


def test_no_other_file_is_read_for_a_key_that_cannot_be_a_setting(tmp_path: Path) -> None:
    source = APP + "from .names import KEY\nfound = {}\nfound[KEY] = 1"
    module = module_of(tmp_path, source, files={"app/names.py": ""})
    assert schedule_of(module) == []
    assert module.project.loaded(str(tmp_path.resolve() / "app" / "names.py"), b"") is None
