"""What is known of a site without importing it is what Celery has once it is imported."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from benchmarks.registry import compare, registered
from environments import POSIX, install

if TYPE_CHECKING:
    from pathlib import Path

TASKS = """\
from functools import partial, wraps

from celery import Task, shared_task

from .options import DEFAULTS, LOW


class Base(Task):
    abstract = True
    priority = 6


def logged(function):
    @wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)

    return inner


@shared_task
def plain(pk, *, force=False): ...


@shared_task(bind=True, priority=LOW, max_retries=None)
def bound(self, pk=1): ...


@shared_task(name="shop.named", **DEFAULTS)
def named_otherwise(pk): ...


@shared_task(base=Base)
@logged
def decorated(one, two): ...


our_task = partial(shared_task, priority=9, base=Base)


@our_task
def by_partial(): ...


class Group:
    @staticmethod
    @shared_task(rate_limit="10/m")
    def method(pk): ...


if LOW:

    @shared_task
    def conditional(): ...


def function(pk): ...


by_call = shared_task(function)
"""
OPTIONS = "LOW = 3 + 4\nDEFAULTS = {'time_limit': 60 * 5, 'acks_late': True}\n"
APPLICATION = """\
from celery import Celery

app = Celery("site")
app.conf.imports = ["shop.tasks", "shop.more.tasks"]
app.conf.beat_schedule = {
    "first": {"task": "shop.named", "schedule": 60, "args": (1,)},
}
app.conf.beat_schedule["second"] = {"task": "shop.tasks.plain", "schedule": 60, "args": (1,)}


@app.task
def own(): ...
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site, beside the environment that its app is installed in."""
    more = TASKS.replace("shop.", "more.").replace(".options", "..options")
    files = {"tasks.py": TASKS, "options.py": OPTIONS, "more/__init__.py": "", "more/tasks.py": more}
    install(tmp_path / "env" / POSIX, "shop", files)
    (tmp_path / "site" / "work").mkdir(parents=True)
    (tmp_path / "site" / "setup.py").touch()
    (tmp_path / "site" / "work" / "__init__.py").touch()
    (tmp_path / "site" / "work" / "celery.py").write_text(APPLICATION)
    return tmp_path / "site"


@pytest.mark.slow
def test_tasks_and_schedules_are_what_celery_has(site: Path) -> None:
    environment = site.parent / "env"
    path = os.pathsep.join([str(environment / POSIX), *filter(None, sys.path)])
    real = registered(sys.executable, site, "work.celery:app", path=path)
    found = compare(real, environment, site)
    assert found.wrong == []
    assert found.same["names"] == found.same["parameters"] == 17
    assert found.same["lines"] >= 15
    assert (found.same["entries"], found.unknown.total()) == (2, 0)
    assert found.same["options"] == 12


@pytest.mark.slow
def test_what_is_known_wrong_is_told(site: Path) -> None:
    environment = site.parent / "env"
    path = os.pathsep.join([str(environment / POSIX), *filter(None, sys.path)])
    real = registered(sys.executable, site, "work.celery:app", path=path)
    real["tasks"]["shop.tasks.plain"]["parameters"] = ["pk"]
    real["tasks"]["shop.tasks.bound"]["options"]["priority"] = 3
    real["tasks"]["shop.gone"] = real["tasks"].pop("shop.named")
    assert compare(real, environment, site).wrong == [
        "shop.gone is registered and not known",
        "shop.named is known and not registered",
        "options of shop.tasks.bound: priority: 7 is known, 3 is true",
        "parameters of shop.tasks.plain: ['pk', 'force'] is known, ['pk'] is true",
    ]


def test_a_site_that_cannot_be_imported_is_an_error(site: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (site / "work" / "celery.py").write_text("raise RuntimeError('no broker')\n")
    with pytest.raises(subprocess.CalledProcessError):
        registered(sys.executable, site, "work.celery:app")
    assert "no broker" in capfd.readouterr().err
