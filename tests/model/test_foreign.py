"""Tasks of other projects without a priority, and priorities that do not arrive."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.priorities.foreign import foreign_tasks_of
from flake8_aa_celery.model.priorities.lost import lost_priorities_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

TASKS = """\
from celery import Celery, chain, group, shared_task, signature
app = Celery()
@shared_task
def a(x=None): ...
@shared_task(priority=7)
def low(x=None): ...
"""
FILES = {"pyproject.toml": "", "app/__init__.py": ""}


def names_in(root: Path, body: str) -> list[str]:
    """The foreign tasks that a function with this body sends without a priority."""
    source = f"{TASKS}def f(x, xs):\n{indent(body, '    ')}\n"
    return [foreign.name for foreign in foreign_tasks_of(module_of(root, source, files=FILES))]


@pytest.mark.parametrize(
    "body",
    [
        "app.send_task('other.tasks.b')",
        "signature('other.tasks.b').delay()",
        "chain(a.si(), signature('other.tasks.b')).apply_async(priority=7)",
        "group(signature('other.tasks.b')).delay()",
    ],
)
def test_a_foreign_task_without_a_priority(tmp_path: Path, body: str) -> None:
    assert names_in(tmp_path, body) == ["other.tasks.b"]


@pytest.mark.parametrize(
    "body",
    [
        "app.send_task('other.tasks.b', priority=x)",
        "app.send_task('other.tasks.b', **x)",
        "app.send_task('app.tasks.a')",
        "app.send_task('app.tasks.gone')",
        "app.send_task('b')",
        "app.send_task(x)",
        "signature('other.tasks.b').set(priority=7).delay()",
        "chain(signature('other.tasks.b'), a.si()).apply_async(priority=7)",
    ],
)
def test_a_task_with_a_priority_or_of_this_project(tmp_path: Path, body: str) -> None:
    assert names_in(tmp_path, body) == []


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ("", ["other.tasks.b"]),
        ("INSTALLED_APPS = ['other']", []),
        ("INSTALLED_APPS += ['other.apps.OtherConfig']", []),
        ("INSTALLED_APPS.append('other')", []),
        ("INSTALLED_APPS = ['another']", ["other.tasks.b"]),
    ],
)
def test_a_schedule_knows_the_apps_that_are_installed(tmp_path: Path, settings: str, names: list[str]) -> None:
    source = f"{settings}\nCELERYBEAT_SCHEDULE = {{'b': {{'task': 'other.tasks.b', 'schedule': 60}}}}\n"
    module = module_of(tmp_path, source, "myauth/local.py", {"pyproject.toml": ""})
    assert [foreign.name for foreign in foreign_tasks_of(module)] == names


def lost_in(root: Path, body: str, options: str = "bind=True, priority=8") -> list[str]:
    """What happened to the priorities that are lost in a task with this body."""
    source = f"{TASKS}@shared_task({options})\ndef t(self, x, xs):\n{indent(body, '    ')}\n"
    return [lost.how for lost in lost_priorities_of(module_of(root, source, files=FILES))]


@pytest.mark.parametrize(
    ("body", "how"),
    [
        ("low.map(xs).delay()", "mapped"),
        ("low.chunks(xs, 10).set(priority=7).delay()", "mapped"),
        ("a.apply_async(priority=7, link=a.si())", "linked"),
        ("self.replace(a.si())", "replaced"),
    ],
)
def test_a_priority_that_does_not_arrive(tmp_path: Path, body: str, how: str) -> None:
    assert lost_in(tmp_path, body) == [how]


@pytest.mark.parametrize(
    "body",
    [
        "low.map(xs).apply_async(priority=7)",
        "low.map(xs).set(priority=7).delay()",
        "a.map(xs).delay()",
        "a.apply_async(priority=7, link=low.si())",
        "a.apply_async(link=a.si())",
        "self.replace(low.si())",
        "self.replace(x)",
        "x.replace(a.si())",
    ],
)
def test_a_priority_that_arrives(tmp_path: Path, body: str) -> None:
    assert lost_in(tmp_path, body) == []


def test_a_task_without_a_priority_has_none_to_lose(tmp_path: Path) -> None:
    assert lost_in(tmp_path, "self.replace(a.si())", "bind=True") == []
