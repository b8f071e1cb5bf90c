"""What a project sets of Celery's settings, in which namespace, and what of it means nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.configuration.celery_settings import celery_settings_of
from flake8_aa_celery.model.configuration.namespaces import namespace_in_django
from flake8_aa_celery.model.configuration.unknown import meant_by
from flake8_aa_celery.model.knowledge.celery_settings import CONFUSED, OLD_NAMES
from flake8_aa_celery.settings import Settings
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = Settings(profile="celery")
APP = "from celery import Celery\napp = Celery('app')\n"


def test_the_settings_are_those_of_the_installed_celery() -> None:
    defaults = pytest.importorskip("celery.app.defaults")
    assert {new: old for new, old in defaults._TO_OLD_KEY.items() if OLD_NAMES.get(new) != old} == {}


def test_no_setting_is_known_that_the_newest_celery_does_not_have() -> None:
    celery = pytest.importorskip("celery")
    if (celery.VERSION.major, celery.VERSION.minor) < (5, 7):
        pytest.skip("an older Celery has fewer settings")
    assert set(OLD_NAMES) == pytest.importorskip("celery.app.defaults").SETTING_KEYS


def test_what_is_confused_with_a_setting_is_none() -> None:
    assert CONFUSED.keys() & OLD_NAMES.keys() == set()
    assert set(CONFUSED.values()) <= OLD_NAMES.keys()


@pytest.mark.parametrize(
    ("configured", "namespace"),
    [
        ("app.config_from_object('django.conf:settings', namespace='CELERY')", "CELERY"),
        ("app.config_from_object('django.conf:settings', False, False, 'CELERY')", "CELERY"),
        ("NS = 'CELERY'\napp.config_from_object('django.conf:settings', namespace=NS)", "CELERY"),
        ("from django.conf import settings\napp.config_from_object(settings, namespace='MY')", "MY"),
        ("app.config_from_object('django.conf:settings')", ""),
        ("app.config_from_object('django.conf:settings', namespace=None)", ""),
    ],
)
def test_the_namespace_of_djangos_settings(tmp_path: Path, configured: str, namespace: str) -> None:
    module = module_of(tmp_path, APP + configured, "app/celery.py", settings=PLAIN)
    found = namespace_in_django(module.project)
    assert found is not None
    assert found.name == namespace


@pytest.mark.parametrize(
    "configured",
    [
        "",
        "app.config_from_object('django.conf:settings', namespace=unknown)",
        "app.config_from_object('django.conf:settings', **options)",
        "app.config_from_object('celeryconfig')",
        "app.config_from_object('django.conf:settings')\n"
        "app.config_from_object('django.conf:settings', namespace='CELERY')",
    ],
)
def test_a_namespace_that_is_not_known(tmp_path: Path, configured: str) -> None:
    module = module_of(tmp_path, APP + configured, "app/celery.py", settings=PLAIN)
    assert namespace_in_django(module.project) is None


def test_the_namespace_of_the_application_counts_where_none_is_given(tmp_path: Path) -> None:
    source = (
        "from celery import Celery\napp = Celery('app', namespace='MY')\napp.config_from_object('django.conf:settings')"
    )
    found = namespace_in_django(module_of(tmp_path, source, "app/celery.py", settings=PLAIN).project)
    assert found is not None
    assert found.prefix == "MY_"


def test_alliance_auth_has_no_namespace(tmp_path: Path) -> None:
    found = namespace_in_django(module_of(tmp_path, "", "app/tasks.py").project)
    assert found is not None
    assert found.prefix == ""


@pytest.mark.parametrize(
    ("source", "path"),
    [
        (APP + "app.conf.task_acks_late = True", "app/celery.py"),
        (APP + "app.conf['task_acks_late'] = True", "app/celery.py"),
        (APP + "app.conf.update(task_acks_late=True)", "app/celery.py"),
        (APP + "app.conf.update({'task_acks_late': True})", "app/celery.py"),
        (APP + "app.conf.update(**{'task_acks_late': True})", "app/celery.py"),
        ("CELERY_ACKS_LATE = True", "app/settings/workers.py"),
        ("class Base:\n    CELERY_ACKS_LATE: bool = True", "app/settings.py"),
        ("task_acks_late = True", "celeryconfig.py"),
    ],
)
def test_where_a_setting_is_found(tmp_path: Path, source: str, path: str) -> None:
    (setting,) = celery_settings_of(module_of(tmp_path, source, path))
    assert setting.name == "task_acks_late"


def test_a_module_that_an_application_reads_holds_settings(tmp_path: Path) -> None:
    app = APP + "app.config_from_object('app.config')"
    module = module_of(tmp_path, "task_acks_late = True", "app/config.py", {"app/celery.py": app}, PLAIN)
    assert [setting.name for setting in celery_settings_of(module)] == ["task_acks_late"]


def test_a_class_that_an_application_reads_holds_settings(tmp_path: Path) -> None:
    source = APP + "class Config:\n    task_acks_late = True\napp.config_from_object(Config)"
    module = module_of(tmp_path, source, "app/celery.py", settings=PLAIN)
    assert [setting.name for setting in celery_settings_of(module)] == ["task_acks_late"]


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("task_acks_late = True", "app/config.py"),
        ("CELERY_ACKS_LATE = True", "app/models.py"),
        ("other.conf.task_acks_late = True", "app/celery.py"),
        ("def f():\n    CELERY_ACKS_LATE = True", "app/settings.py"),
    ],
)
def test_where_there_is_no_setting(tmp_path: Path, source: str, path: str) -> None:
    assert celery_settings_of(module_of(tmp_path, source, path)) == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("time_limit", "task_time_limit"),
        ("worker_time_limit", "task_time_limit"),
        ("task_default_prority", "task_default_priority"),
        ("broker", "broker_url"),
        ("exchange", ""),
        ("once", ""),
        ("redis_url", ""),
        ("result", ""),
    ],
)
def test_which_setting_is_meant(written: str, meant: str) -> None:
    assert meant_by(written) == meant
