"""What a configuration says of pickles, of eager tasks, of routes and imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.calling.pickles import pickles_of
from flake8_aa_celery.model.calling.routes import named_in_vain_of
from flake8_aa_celery.model.configuration.eager import eager_settings_of
from flake8_aa_celery.model.configuration.serializers import pickle_settings_of
from flake8_aa_celery.settings import Settings
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = Settings(profile="celery")
TASKS = "from celery import shared_task\n@shared_task\ndef a(): ...\n"


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("accept_content = ['pickle']", ["accept_content"]),
        ("task_serializer = 'pickle'\naccept_content = ('json', 'pickle')", ["accept_content", "task_serializer"]),
        ("accept_content = ['json', 'yaml']", []),
        ("accept_content = ACCEPTED", []),
        ("task_default_queue = 'pickle'", []),
    ],
)
def test_which_settings_name_pickle(tmp_path: Path, source: str, names: list[str]) -> None:
    module = module_of(tmp_path, source, "celeryconfig.py", settings=PLAIN)
    assert [setting.name for setting in pickle_settings_of(module)] == names


@pytest.mark.parametrize(
    ("source", "number"),
    [
        ("a.apply_async(serializer='pickle')", 1),
        ("a.s().set(serializer='pickle')", 1),
        ("a.apply_async(serializer='pickle')\na.apply_async(serializer='pickle')", 2),
        ("a.apply_async(serializer=name)", 0),
        ("a.delay(serializer='pickle')", 0),
    ],
)
def test_which_dispatches_are_pickled(tmp_path: Path, source: str, number: int) -> None:
    assert len(pickles_of(module_of(tmp_path, TASKS + source))) == number


@pytest.mark.parametrize(
    ("path", "profile", "number"),
    [
        ("project/settings.py", "alliance-auth", 1),
        ("project/settings/local.py", "alliance-auth", 1),
        ("project/settings/dev.py", "alliance-auth", 0),
        ("project/settings/ci_checks.py", "alliance-auth", 0),
        ("celeryconfig.py", "celery", 1),
    ],
)
def test_where_tasks_are_always_eager(tmp_path: Path, path: str, profile: str, number: int) -> None:
    settings = Settings(profile="celery" if profile == "celery" else "alliance-auth")
    written = "task_always_eager = True" if path == "celeryconfig.py" else "CELERY_ALWAYS_EAGER = True"
    assert len(eager_settings_of(module_of(tmp_path, written, path, settings=settings))) == number


@pytest.mark.parametrize(
    ("routes", "names"),
    [
        ("{'app.tasks.a': {}}", []),
        ("{'app.tasks.*': {}}", []),
        ("{'app.t?sks.a': {}}", []),
        ("{'app.tasks.b': {}}", ["app.tasks.b"]),
        ("{'app.tasks.b*': {}}", ["app.tasks.b*"]),
        ("{'other.tasks.b*': {}}", []),
        ("([('app.jobs.*', {}), ('app.tasks.*', {})],)", ["app.jobs.*"]),
        ("[{'app.jobs.*': {}}]", ["app.jobs.*"]),
        ("routes()", []),
    ],
)
def test_which_routes_lead_nowhere(tmp_path: Path, routes: str, names: list[str]) -> None:
    module = module_of(tmp_path, f"task_routes = {routes}", "celeryconfig.py", {"app/tasks.py": TASKS}, PLAIN)
    assert [found.name for found in named_in_vain_of(module)] == names


def test_a_pattern_is_not_judged_where_a_name_is_not_known(tmp_path: Path) -> None:
    unknown = "from celery import shared_task\n@shared_task(name=NAME)\ndef a(): ...\n"
    module = module_of(
        tmp_path, "task_routes = {'app.tasks.b*': {}}", "celeryconfig.py", {"app/tasks.py": unknown}, PLAIN
    )
    assert named_in_vain_of(module) == []
