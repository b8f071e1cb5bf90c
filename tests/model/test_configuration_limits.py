"""What a configuration says of passwords, old names, limits, queues, late acknowledgement and results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.calling.hoarding import hoarding_of
from flake8_aa_celery.model.calling.limits import contradictions_of
from flake8_aa_celery.model.calling.queues import undeclared_queues_of
from flake8_aa_celery.model.configuration.celery_settings import given_in, only_constant
from flake8_aa_celery.model.configuration.expiry import endless_results_of
from flake8_aa_celery.model.configuration.old_names import old_settings_of
from flake8_aa_celery.model.configuration.urls import passwords_of
from flake8_aa_celery.model.resolve.values import UNKNOWN
from flake8_aa_celery.settings import Settings
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

    from flake8_aa_celery.model.code.module import Module

PLAIN = Settings(profile="celery")
QUEUES = "from kombu import Queue\ntask_create_missing_queues = False\n"


def configured(root: Path, source: str) -> Module:
    """A `celeryconfig.py` of a project that is none of Alliance Auth's."""
    return module_of(root, source, "celeryconfig.py", settings=PLAIN)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("task_acks_late = True", True),
        ("", "default"),
        ("task_acks_late = unknown", UNKNOWN),
        ("class A:\n    pass\ntask_acks_late = True\ntask_acks_late = False", UNKNOWN),
    ],
)
def test_what_a_project_sets(tmp_path: Path, source: str, value: object) -> None:
    project = configured(tmp_path, source).project
    assert only_constant(project, "task_acks_late", "default") == value


def test_settings_are_found_in_all_files(tmp_path: Path) -> None:
    app = "from celery import Celery\napp = Celery('app')\napp.conf.task_acks_late = True"
    module = module_of(tmp_path, "", files={"app/celery.py": app, "celeryconfig.py": "task_acks_late = True"})
    assert len(given_in(module.project, "task_acks_late")) == 2


@pytest.mark.parametrize(
    ("url", "number"),
    [
        ("'amqp://u:8fK2vq91@host//'", 1),
        ("'redis://:8fK2vq91@host'", 1),
        ("'sentinel://:8fK2vq91@one;sentinel://two'", 1),
        ("f'redis://:8fK2vq91@{host}'", 1),
        ("['redis://one', 'redis://:8fK2vq91@two']", 1),
        ("'amqp://guest:guest@host'", 0),
        ("'redis://:changeme@host'", 0),
        ("'redis://:your-password@host'", 0),
        ("'redis://:${PASSWORD}@host'", 0),
        ("'redis://host:6379/0'", 0),
        ("f'redis://:{password}@host'", 0),
        ("os.environ['URL']", 0),
    ],
)
def test_which_urls_hold_a_password(tmp_path: Path, url: str, number: int) -> None:
    assert len(passwords_of(configured(tmp_path, f"broker_url = {url}"))) == number


@pytest.mark.parametrize(
    ("source", "read"),
    [
        ("task_routes = {}\nCELERY_ACKS_LATE = True", ["task_acks_late"]),
        ("CELERY_ACKS_LATE = True", []),
        ("task_acks_late = True\nworker_concurrency = 2", []),
    ],
)
def test_which_names_are_old(tmp_path: Path, source: str, read: list[str]) -> None:
    assert [old.read for old in old_settings_of(configured(tmp_path, source))] == read


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("task_time_limit = 60\ntask_soft_time_limit = 60", ["soft limit"]),
        ("task_time_limit = 60\ntask_soft_time_limit = 30", []),
        ("task_time_limit = unknown\ntask_soft_time_limit = 30", []),
        (
            "task_acks_late = True\ntask_time_limit = 60\nbroker_transport_options = {'visibility_timeout': 30}",
            ["hard limit"],
        ),
        ("task_time_limit = 60\nbroker_transport_options = {'visibility_timeout': 30}", []),
    ],
)
def test_which_limits_contradict_one_another(tmp_path: Path, source: str, kinds: list[str]) -> None:
    assert [found.kind for found in contradictions_of(configured(tmp_path, source))] == kinds


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("task_queues = [Queue('a')]\ntask_routes = {'x': 'b'}", ["b"]),
        ("task_queues = (Queue('a'),)\ntask_routes = {'x': {'queue': 'a'}}", []),
        ("task_queues = {'a': {}}\ntask_routes = {'x': {'queue': 'b'}}", ["b"]),
        ("task_queues = queues()\ntask_routes = {'x': 'b'}", []),
        ("task_routes = {'x': 'celery'}", []),
        ("task_default_queue = 'b'\ntask_routes = {'x': 'b'}", []),
    ],
)
def test_which_queues_are_not_declared(tmp_path: Path, source: str, names: list[str]) -> None:
    assert [found.name for found in undeclared_queues_of(configured(tmp_path, QUEUES + source))] == names


@pytest.mark.parametrize(
    ("source", "multipliers"),
    [
        ("task_acks_late = True", [4]),
        ("task_acks_late = True\nworker_prefetch_multiplier = 1", []),
        ("task_acks_late = True\nworker_prefetch_multiplier = unknown", []),
        ("task_acks_late = False", []),
    ],
)
def test_where_messages_are_hoarded(tmp_path: Path, source: str, multipliers: list[float]) -> None:
    assert [found.multiplier for found in hoarding_of(configured(tmp_path, source))] == multipliers


@pytest.mark.parametrize(
    ("expires", "number"), [("None", 1), ("0", 1), ("0.0", 1), ("False", 0), ("60", 0), ("unknown", 0)]
)
def test_which_results_are_kept_for_ever(tmp_path: Path, expires: str, number: int) -> None:
    module = configured(tmp_path, f"result_backend = 'redis://'\nresult_expires = {expires}")
    assert len(endless_results_of(module)) == number
