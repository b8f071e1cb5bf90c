"""Installed packages: found by their metadata, read where a name leads to them, and never linted themselves."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from environments import POSIX, install
from flake8_aa_celery.installed import Environment, environment_at, is_environment
from flake8_aa_celery.settings import AUTO

if TYPE_CHECKING:
    from frontends import Frontends

TASKS = """\
from celery import shared_task

from .models import Owner

PRIORITY = 7


@shared_task
def update(pk): ...


@shared_task(priority=8)
def gentle(pk): ...


@shared_task(name="shop.special")
def named_otherwise(): ...


def helper(): ...
"""
USES = """\
from celery import chain, shared_task
from shop import tasks
from shop.tasks import gentle, update


def send(pks):
    update.delay()
    tasks.gone.delay(1)
    chain(update.si(1), update.s(2)).delay()
    for pk in pks:
        update.delay(pk)
        gentle.delay(pk)
"""


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """An environment with an app and a library, beside the project."""
    site = tmp_path / "env" / POSIX
    install(site, "shop", {"tasks.py": TASKS, "models.py": "class Owner: ...\n", "tests/tasks.py": TASKS})
    install(site, "library", {"core.py": "x = 1\n"})
    install(site, "loops", {"tasks.py": "def loop(): ...\n"})
    return tmp_path / "env"


@pytest.fixture
def project(frontends: Frontends, tmp_path: Path) -> Path:
    """The current folder, a project that uses the app."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "manage.py").touch()
    (root / "uses.py").write_text(USES)
    os.chdir(root)
    return root


def said(lines: list[str]) -> list[tuple[str, str]]:
    """Where something was found, and the rule with the beginning of its message."""
    return [(line.split(":")[1], line.split(": ", 1)[1].partition(":")[0]) for line in lines]


# -- what an environment has ------------------------------------------------------------------------------------------


def test_packages_with_tasks_are_found_by_their_metadata(environment: Path) -> None:
    found = Environment(str(environment))
    assert list(found.apps) == ["shop"]
    app = found.app_of("shop.tasks.update")
    assert app is not None
    assert (app.title, app.readme()) == ("aa-shop 1.2.3", ("METADATA.md", "# Readme\n"))
    assert "shop/models.py" in app.modules
    assert (found.app_of("library.core"), found.problems) == (None, [])


@pytest.mark.parametrize("site", [POSIX, "lib64/python3.9/site-packages", "Lib/site-packages", "site-packages"])
def test_environments_of_all_layouts_are_known(tmp_path: Path, site: str) -> None:
    install(tmp_path / site, "shop", {"tasks.py": TASKS})
    path = str(tmp_path / site if site == "site-packages" else tmp_path)
    assert is_environment(path)
    assert list(Environment(path).apps) == ["shop"]


def test_a_folder_that_is_linked_twice_is_read_once(environment: Path) -> None:
    (environment / "lib64").symlink_to("lib")
    assert len(Environment(str(environment)).sites) == 1


@pytest.mark.parametrize("way", ["pth", "finder", "easy-install"])
def test_editable_installations_are_followed(tmp_path: Path, way: str) -> None:
    source, site = tmp_path / "source", tmp_path / "env" / POSIX
    site.mkdir(parents=True)
    (source / "shop").mkdir(parents=True)
    (source / "shop" / "__init__.py").touch()
    (source / "shop" / "tasks.py").write_text(TASKS)
    if way == "easy-install":
        (source / "aa_shop.egg-info").mkdir()
        (source / "aa_shop.egg-info" / "PKG-INFO").write_text("Name: aa-shop\nVersion: 1.2.3\n")
        (site / "easy-install.pth").write_text(f"# made by hand\n{source}\nimport os; os.abort()\n/nowhere\n")
    else:
        named = {"pth": "_aa_shop.pth", "finder": "__editable___aa_shop_1_2_3_finder.py"}[way]
        mapping = f"import os\nMAPPING: dict[str, str] = {{'shop': {str(source / 'shop')!r}}}\nos.abort()\n"
        (site / named).write_text(f"{source}\n" if way == "pth" else mapping)
        (site / "aa_shop-1.2.3.dist-info").mkdir()
        (site / "aa_shop-1.2.3.dist-info" / "RECORD").write_text(f"{named},sha256=x,1\n")
    app = Environment(str(tmp_path / "env")).app_of("shop")
    assert app is not None
    assert (app.title, app.folder) == ("aa-shop 1.2.3", str(source))


def test_packages_of_one_namespace_are_told_apart(tmp_path: Path) -> None:
    site = tmp_path / "env" / POSIX
    for name in ("one", "two"):
        (site / "corp" / name).mkdir(parents=True)
        (site / "corp" / name / "__init__.py").touch()
        (site / "corp" / name / "tasks.py").write_text(TASKS)
        (site / f"corp_{name}-1.0.dist-info").mkdir()
        record = f"corp/{name}/__init__.py,,\ncorp/{name}/tasks.py,,\n"
        (site / f"corp_{name}-1.0.dist-info" / "RECORD").write_text(record)
    found = Environment(str(tmp_path / "env"))
    titles = {name: app.title for name in ("one", "two") if (app := found.app_of(f"corp.{name}.tasks.update"))}
    assert titles == {"one": "corp-one 1.0", "two": "corp-two 1.0"}


def test_what_is_broken_is_named_and_the_rest_is_there(environment: Path) -> None:
    site = environment / POSIX
    (site / "aa_gone-1.0.dist-info").mkdir()
    half = install(site, "half", {"tasks.py": TASKS})
    for path in (site / "half").iterdir():
        path.unlink()
    (site / "half").rmdir()
    (site / "zipped-1.0.egg").write_bytes(b"PK\3\4")
    (site / "pipe.pth").symlink_to("/dev/zero")
    os.mkfifo(site / "waiting.pth")
    found = Environment(str(environment))
    assert list(found.apps) == ["shop"]
    assert found.problems == [
        f"{site / 'aa_gone-1.0.dist-info'}: no RECORD that can be read: aa-gone is left out",
        f"{half}: its files are gone: aa-half is left out",
    ]


def test_the_environment_is_looked_for(environment: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", "")
    running = environment_at(AUTO, str(project))
    assert is_environment(running)  # the one that runs the tests
    (project / "venv").symlink_to(environment)
    assert environment_at(AUTO, str(project)) == str(project / "venv")
    (project / ".venv").mkdir()  # is none
    assert environment_at(AUTO, str(project)) == str(project / "venv")
    monkeypatch.setenv("VIRTUAL_ENV", str(environment))
    assert environment_at(AUTO, str(project)) == str(environment)
    assert environment_at("", str(project)) == ""


# -- what is said with one --------------------------------------------------------------------------------------------


def test_what_is_said_of_own_tasks_is_said_of_installed_ones(
    frontends: Frontends, environment: Path, project: Path
) -> None:
    options = ("--environment", str(environment), "--select", "AAC2,AAC308,AAC401,AAC420", "--profile", "alliance-auth")
    outcome = frontends.check(*options)
    assert said(outcome.lines) == [
        ("7", "AAC401 `update` cannot be called with these arguments"),
        ("8", "AAC420 `shop.tasks` has no `gone`, which raises `AttributeError`"),
        ("9", "AAC308 `update` cannot take the result of the task before it"),
        ("11", "AAC205 `update` is sent for each item of a loop at priority 5, the normal one"),
    ]
    assert {line.split(":")[0] for line in outcome.lines} == {"./uses.py"}
    (project / "pyproject.toml").write_text(f'[tool.flake8-aa-celery]\nenvironment = "{environment}"\n')
    assert frontends.check(*options[2:]).lines == outcome.lines
    flake8 = frontends.flake8("--select=AAC401,AAC420", f"--aa-celery-environment={environment}", "uses.py")
    assert [line.split(":")[1] for line in flake8.lines] == ["7", "8"]


def test_without_one_nothing_of_it_is_known(frontends: Frontends, environment: Path, project: Path) -> None:
    (project / ".venv").symlink_to(environment)
    assert frontends.check("--select", "AAC308,AAC4").lines == []
    assert said(frontends.check("--select", "AAC401", "--environment", "auto").lines)[0][0] == "7"
    assert frontends.check("--select", "AAC401", "--environment", "auto", "--no-environment").lines == []


SCHEDULE = """\
CELERYBEAT_SCHEDULE = {
    "one": {"task": "shop.tasks.updat", "schedule": 3600},
    "two": {"task": "shop.tasks.helper", "schedule": 3600},
    "three": {"task": "shop.special", "schedule": 3600},
    "four": {"task": "shop.tasks.named_otherwise", "schedule": 3600},
    "five": {"task": "nothing.tasks.update", "schedule": 3600},
    "six": {"task": "library.tasks.update", "schedule": 3600},
    "seven": {"task": "loops.tasks.update", "schedule": 3600},
    "eight": {"task": "shop.tasks.update", "schedule": 3600},
    "nine": {"task": "shop.tasks.gentle", "schedule": 3600, "args": (1,)},
}
"""


def test_schedules_of_installed_tasks(frontends: Frontends, environment: Path, project: Path) -> None:
    (project / "local.py").write_text(SCHEDULE)
    found = frontends.check(
        "--environment", str(environment), "--select", "AAC209,AAC406,AAC503", "--profile", "alliance-auth", "local.py"
    )
    by_line = {line.split(":")[1]: line.split(": ", 1)[1] for line in found.lines}
    assert by_line["2"] == (
        "AAC406 no task of aa-shop 1.2.3 is called `shop.tasks.updat`: did you mean `shop.tasks.update`?"
    )
    assert by_line["5"] == (
        "AAC406 no task of aa-shop 1.2.3 is called `shop.tasks.named_otherwise`: did you mean `shop.special`?"
    )
    assert by_line["6"] == (
        "AAC406 no task of this project and its environment is called `nothing.tasks.update`: "
        "its messages are dropped, correct the name"
    )
    assert by_line["9"] == "AAC503 `update` cannot be scheduled like this: `pk` is missing"
    assert {"4", "10"}.isdisjoint(by_line)
    assert all(not by_line.get(line, "").startswith("AAC406") for line in ("7", "8"))  # no apps: not known


def test_a_schedule_for_workers_elsewhere_is_left_alone(frontends: Frontends, environment: Path, project: Path) -> None:
    (project / "local.py").write_text(SCHEDULE)
    options = ("--environment", str(environment), "--select", "AAC406", "--profile", "celery", "local.py")
    assert "6" not in {line.split(":")[1] for line in frontends.check(*options).lines}


def test_routes_and_names_of_other_packages_are_judged_as_before(
    frontends: Frontends, environment: Path, project: Path
) -> None:
    (project / "settings.py").write_text('CELERY_TASK_ROUTES = {"shop.views.*": {"queue": "a"}}\n')
    options = ("--select", "AAC706,AAC505", "--environment", str(environment), "settings.py")
    assert frontends.check(*options).lines == []


def test_an_installed_package_of_the_projects_own_name_is_not_read(
    frontends: Frontends, environment: Path, project: Path
) -> None:
    (project / "shop").mkdir()
    (project / "shop" / "__init__.py").touch()
    (project / "shop" / "tasks.py").write_text("from celery import shared_task\n\n\n@shared_task\ndef update(): ...\n")
    found = frontends.check("--select", "AAC401", "--environment", str(environment), "uses.py")
    assert "7" not in {line.split(":")[1] for line in found.lines}


def test_calls_are_followed_into_installed_packages(frontends: Frontends, environment: Path, project: Path) -> None:
    site = environment / POSIX
    install(site, "web", {"tasks.py": "import celery\n", "core.py": WAITS})
    (project / "jobs").mkdir()
    (project / "jobs" / "__init__.py").touch()
    (project / "jobs" / "tasks.py").write_text(
        "from celery import shared_task\nfrom web.core import fetch_all\n\n"
        "@shared_task\ndef run(urls):\n    fetch_all(urls)\n"
    )
    options = ("--select", "AAC306", "--profile", "alliance-auth", "jobs")
    assert frontends.check(*options).lines == []
    assert [line.split(":")[1] for line in frontends.check(*options, "--environment", str(environment)).lines] == ["6"]


WAITS = """\
import requests


def fetch_all(urls):
    for url in urls:
        requests.get(url, timeout=3)
"""


# -- what is no environment -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["nowhere", "project"])
def test_what_is_no_environment_is_said_once(frontends: Frontends, project: Path, tmp_path: Path, path: str) -> None:
    place = tmp_path / path
    warning = f"{place}: no Python environment, for it has no site-packages: nothing is read there\n"
    outcome = frontends.check("--select", "AAC401", "--environment", str(place))
    assert (outcome.code, outcome.errors) == (0, f"aa-celery: {warning}")
    assert frontends.flake8("--select=AAC401", f"--aa-celery-environment={place}").errors == (
        f"flake8-aa-celery: {warning}"
    )
    (project / "pyproject.toml").write_text(f'[tool.flake8-aa-celery]\nenvironment = "../{path}"\n')
    assert "no Python environment" in frontends.check("--select", "AAC401").errors
    assert frontends.flake8("--select=AAC401").errors.count("no Python environment") == 1


@pytest.mark.parametrize("value", ["3", "true", '[".venv"]', '""'])
def test_an_environment_is_a_path(frontends: Frontends, project: Path, value: str) -> None:
    (project / "pyproject.toml").write_text(f"[tool.flake8-aa-celery]\nenvironment = {value}\n")
    outcome = frontends.check()
    assert outcome.code == 2
    assert "environment must be the path of a virtual environment, auto, or false, not" in outcome.errors


def test_a_file_that_cannot_be_read_says_nothing(frontends: Frontends, environment: Path, project: Path) -> None:
    (environment / POSIX / "shop" / "tasks.py").write_bytes(b"# coding: ascii\n# celery \xff\n")
    assert frontends.check("--select", "AAC4", "--environment", str(environment)) == (0, [], "")
