"""What ``aa-celery site`` says of a site: made by hand, with its environment."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from environments import POSIX, install
from flake8_aa_celery.site.text import render

if TYPE_CHECKING:
    from frontends import Frontends

TASKS = """\
from celery import shared_task


@shared_task
def update(): ...


@shared_task(priority=7, name="shop.slowly")
def slow(pk): ...


@shared_task
def report(): ...
"""
README = """\
# Shop

```python
CELERYBEAT_SCHEDULE["shop_update"] = {"task": "shop.tasks.update", "schedule": crontab(minute="*/10")}
CELERYBEAT_SCHEDULE["shop_report"] = {"task": "shop.tasks.report", "schedule": crontab(minute=0, hour=3)}
CELERYBEAT_SCHEDULE["shop_other"] = {"task": "other.tasks.report", "schedule": 60}
```

```bash
CELERYBEAT_SCHEDULE["no python"] = {"task": "shop.tasks.report", "schedule": 60}
```
"""
BASE = """\
from celery.schedules import crontab

INSTALLED_APPS = ["allianceauth", "shop"]
CELERYBEAT_SCHEDULE = {
    "kept": {"task": "shop.tasks.update", "schedule": crontab(minute=5, hour="*/4"), "apply_offset": True},
    "gone": {"task": "shop.tasks.report", "schedule": 60},
    "changed": {"task": "shop.tasks.report", "schedule": 60},
}
"""
LOCAL = """\
from .base import *

del CELERYBEAT_SCHEDULE["gone"]
CELERYBEAT_SCHEDULE.pop("nothing", None)
CELERYBEAT_SCHEDULE["changed"] = {"task": "shop.slowly", "schedule": crontab(minute=0), "args": (1,)}
CELERYBEAT_SCHEDULE["twice"] = {"task": "shop.tasks.update", "schedule": 600, "options": {"priority": 8}}
"""


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """An environment with two apps, one of which the site does not install."""
    site = tmp_path / "env" / POSIX
    install(site, "shop", {"tasks.py": TASKS}, readme=README)
    install(site, "unused", {"tasks.py": TASKS}, readme=README.replace("shop", "unused"))
    return tmp_path / "env"


@pytest.fixture
def site(frontends: Frontends, tmp_path: Path) -> Path:
    """The current folder, a site of Alliance Auth."""
    settings = tmp_path / "site" / "myauth" / "settings"
    settings.mkdir(parents=True)
    (tmp_path / "site" / "manage.py").touch()
    for folder in (settings, settings.parent):
        (folder / "__init__.py").touch()
    (settings / "base.py").write_text(BASE)
    (settings / "local.py").write_text(LOCAL)
    os.chdir(tmp_path / "site")
    return tmp_path / "site"


def shown(frontends: Frontends, environment: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit code, and what ``--output-format json`` says."""
    ended = frontends.command("site", "--environment", str(environment), "--output-format", "json", *arguments)
    return ended.code, json.loads("\n".join(ended.lines))


def test_what_is_scheduled_is_listed(frontends: Frontends, environment: Path, site: Path) -> None:
    code, found = shown(frontends, environment)
    assert code == 0
    entries = {entry["name"]: entry for entry in found["entries"]}
    assert list(entries) == ["kept", "changed", "twice"]
    assert entries["kept"] == {
        "name": "kept",
        "task": "shop.tasks.update",
        "arguments": "",
        "when": "every 4 h at :05",
        "starts_an_hour": 0.25,
        "minutes": [5],
        "hours": [0, 4, 8, 12, 16, 20],
        "is_spread": True,
        "priority": 5,
        "path": "myauth/settings/base.py",
        "line": 5,
        "origin": None,
        "problems": [],
    }
    assert (entries["changed"]["when"], entries["changed"]["priority"]) == ("hourly at :00", 7)
    assert (entries["changed"]["arguments"], entries["changed"]["path"]) == ("args=(1,)", "myauth/settings/local.py")
    assert (entries["twice"]["starts_an_hour"], entries["twice"]["priority"]) == (6, 8)
    assert found["doubles"] == [["kept", "twice"]]
    assert found["starts_at_minute"][:6] == [1, 0, 0, 0, 0, 0]  # what has an offset starts anywhere


def test_the_apps_of_the_site_are_shown_with_their_tasks(frontends: Frontends, environment: Path, site: Path) -> None:
    _, found = shown(frontends, environment)
    assert [app["title"] for app in found["apps"]] == ["aa-shop 1.2.3"]
    assert found["apps"][0]["tasks"] == [
        {"name": "shop.tasks.update", "priority": 5, "entries": ["kept", "twice"]},
        {"name": "shop.slowly", "priority": 7, "entries": ["changed"]},
        {"name": "shop.tasks.report", "priority": 5, "entries": []},
    ]


def test_what_is_documented_and_not_scheduled_is_told(frontends: Frontends, environment: Path, site: Path) -> None:
    _, found = shown(frontends, environment)
    assert [(each["origin"], each["task"], each["when"]) for each in found["missing"]] == [
        ("aa-shop 1.2.3", "shop.tasks.report", "daily at 03:00")
    ]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ('{"task": "shop.tasks.updat", "schedule": 60}', "AAC406"),
        ('{"task": "nothing.tasks.update", "schedule": 60}', "AAC406"),
        ('{"task": "shop.slowly", "schedule": 60}', "AAC503"),
        ('{"task": "shop.tasks.update"}', "AAC503"),
        ('{"task": "shop.tasks.update", "schedule": crontab(minute=60)}', "AAC502"),
    ],
)
def test_what_cannot_run_ends_with_1(
    frontends: Frontends, environment: Path, site: Path, entry: str, code: str
) -> None:
    with (site / "myauth" / "settings" / "local.py").open("a") as file:
        file.write(f'CELERYBEAT_SCHEDULE["broken"] = {entry}\n')
    ended, found = shown(frontends, environment)
    assert ended == 1
    broken = next(each for each in found["entries"] if each["name"] == "broken")
    assert [(each["code"], each["stops"]) for each in broken["problems"]] == [(code, True)]


def test_a_task_of_an_app_that_is_not_installed_cannot_run(frontends: Frontends, environment: Path, site: Path) -> None:
    install(
        environment / POSIX,
        "several",
        {"tasks.py": TASKS, "sub/__init__.py": "", "sub/apps.py": "", "sub/tasks.py": TASKS, "part/tasks.py": TASKS},
    )
    with (site / "myauth" / "settings" / "local.py").open("a") as file:
        file.write('INSTALLED_APPS += ["several"]\n')
        for module in ("unused", "several", "several.sub", "several.part"):
            file.write(f'CELERYBEAT_SCHEDULE["{module}"] = {{"task": "{module}.tasks.report", "schedule": 60}}\n')
    ended, found = shown(frontends, environment)
    problems = {each["name"]: [problem["message"] for problem in each["problems"]] for each in found["entries"]}
    assert ended == 1
    assert {name: messages for name, messages in problems.items() if messages} == {
        "unused": ["`unused` is not in INSTALLED_APPS, so that no worker has its tasks"],
        "several.sub": ["`several.sub` is not in INSTALLED_APPS, so that no worker has its tasks"],
    }
    several = next(app for app in found["apps"] if app["package"] == "several")
    assert {task["name"] for task in several["tasks"] if task["entries"]} == {
        "several.tasks.report",
        "several.part.tasks.report",
        "shop.slowly",  # which is the name of one here, too
    }
    with (site / "myauth" / "settings" / "local.py").open("a") as file:
        file.write("INSTALLED_APPS += more()\n")
    assert shown(frontends, environment)[0] == 0  # what more there is nobody knows


def test_what_runs_each_minute_is_told_and_runs(frontends: Frontends, environment: Path, site: Path) -> None:
    with (site / "myauth" / "settings" / "local.py").open("a") as file:
        file.write('CELERYBEAT_SCHEDULE["often"] = {"task": "shop.tasks.report", "schedule": crontab(hour=3)}\n')
    ended, found = shown(frontends, environment)
    often = next(each for each in found["entries"] if each["name"] == "often")
    assert (ended, often["when"]) == (0, "every minute in hour 3")
    assert [(each["code"], each["stops"]) for each in often["problems"]] == [("AAC501", False)]


def test_the_text_has_all_parts(frontends: Frontends, environment: Path, site: Path) -> None:
    with (site / "myauth" / "settings" / "local.py").open("a") as file:
        file.write('CELERYBEAT_SCHEDULE["broken"] = {"task": "shop.tasks.updat", "schedule": 90}\n')
    (environment / POSIX / "half-1.0.dist-info").mkdir()
    ended = frontends.command("site", "--environment", str(environment))
    assert ended.code == 1
    broken = f"{environment}/{POSIX}/half-1.0.dist-info"
    assert "\n".join(ended.lines).split() == TEXT.format(broken).split()
    assert len({line.index("priority") for line in ended.lines[1:5]}) == 1
    verbose = frontends.command("site", "-v", "--environment", str(environment), "--color", "always")
    assert any("shop.tasks.report" in line and "priority 5" in line for line in verbose.lines)


TEXT = """\
Scheduled: 4 entries, 7 an hour in all
  kept     every 4 h at :05, moved by the site's own offset  6 a day     priority 5
    shop.tasks.update  myauth/settings/base.py:5
  changed  hourly at :00     1 an hour   priority 7  shop.slowly        myauth/settings/local.py:5
  twice    every 10 min      6 an hour   priority 8  shop.tasks.update  myauth/settings/local.py:6
  broken   every 90 s        40 an hour  priority ?  shop.tasks.updat   myauth/settings/local.py:7

Cannot run
  broken  myauth/settings/local.py:7
    no task of aa-shop 1.2.3 is called `shop.tasks.updat`: did you mean `shop.tasks.update`? (AAC406)

Documented by an app, and not scheduled
  aa-shop 1.2.3  shop.tasks.report  daily at 03:00

Started by more than one entry
  shop.tasks.update: kept, twice

Apps with tasks
  aa-shop 1.2.3: 3 tasks, 2 scheduled
    shop.tasks.update  priority 5  kept, twice
    shop.slowly        priority 7  changed

Could not be read
  {}: no RECORD that can be read: half is left out
"""


def test_many_starts_at_one_minute_are_drawn(frontends: Frontends, environment: Path, site: Path) -> None:
    with (site / "myauth" / "settings" / "local.py").open("a") as file:
        for number in range(6):
            file.write(f'CELERYBEAT_SCHEDULE["{number}"] = {{"task": "x.y", "schedule": crontab(minute="0,30")}}\n')
    lines = frontends.command("site", "--environment", str(environment)).lines
    assert [line for line in lines if line.startswith("  :")] == ["  :00    7 ███████", "  :30    6 ██████"]
    assert "  at the other minutes 0" in lines


def test_the_settings_of_a_docker_installation_lie_in_conf(
    frontends: Frontends, environment: Path, tmp_path: Path
) -> None:
    template = "project_template/project_name/settings/base.py"
    install(environment / POSIX, "allianceauth", {"tasks.py": TASKS, template: BASE})
    conf = tmp_path / "docker" / "conf"
    conf.mkdir(parents=True)
    (conf / "local.py").write_text(LOCAL)
    code, found = shown(frontends, environment, str(tmp_path / "docker"))
    assert code == 0
    assert [(each["name"], each["origin"]) for each in found["entries"]] == [
        ("kept", "aa-allianceauth 1.2.3"),
        ("changed", None),
        ("twice", None),
    ]
    assert [app["title"] for app in found["apps"]] == ["aa-allianceauth 1.2.3", "aa-shop 1.2.3"]


def test_tasks_of_the_site_itself_are_an_app_of_it(frontends: Frontends, environment: Path, site: Path) -> None:
    (site / "myauth" / "tasks.py").write_text("from celery import shared_task\n\n\n@shared_task\ndef own(): ...\n")
    _, found = shown(frontends, environment)
    assert found["apps"][0] == {
        "title": "myauth",
        "package": "myauth",
        "tasks": [{"name": "myauth.tasks.own", "priority": 5, "entries": []}],
    }


def test_an_apps_own_code_that_schedules_is_shown(frontends: Frontends, environment: Path, site: Path) -> None:
    install(
        environment / POSIX,
        "extra",
        {
            "tasks.py": TASKS,
            "conf.py": 'CELERYBEAT_SCHEDULE = {"by_app": {"task": "extra.tasks.report", "schedule": 60}}\n',
        },
    )
    with (site / "myauth" / "settings" / "local.py").open("a") as file:
        file.write('INSTALLED_APPS += ["extra"]\n')
    _, found = shown(frontends, environment)
    assert [each["origin"] for each in found["entries"] if each["name"] == "by_app"] == ["aa-extra 1.2.3"]


BY_APP = 'CELERYBEAT_SCHEDULE = {"by_app": {"task": "extra.tasks.report", "schedule": 60}}\n'


def test_without_settings_all_apps_are_shown_and_that_is_said(
    frontends: Frontends, environment: Path, tmp_path: Path
) -> None:
    (tmp_path / "nothing").mkdir()
    ended = frontends.command("site", "--environment", str(environment), str(tmp_path / "nothing"))
    assert (ended.code, ended.lines[0]) == (0, "Nothing is scheduled.")
    assert "no schedule is set here" in ended.errors
    assert [line for line in ended.lines if "tasks, " in line] == [
        "  aa-shop 1.2.3: 3 tasks, 0 scheduled",
        "  aa-unused 1.2.3: 3 tasks, 0 scheduled",
    ]


@pytest.mark.parametrize("path", ["nowhere", "site/manage.py"])
def test_what_is_no_folder_is_refused(frontends: Frontends, site: Path, tmp_path: Path, path: str) -> None:
    ended = frontends.command("site", str(tmp_path / path))
    assert (ended.code, ended.lines) == (2, [])
    assert ended.errors.startswith(f"aa-celery: {tmp_path / path}: No")


def test_what_is_no_environment_is_refused(frontends: Frontends, site: Path) -> None:
    ended = frontends.command("site", "--environment", "nowhere")
    assert (ended.code, ended.lines) == (2, [])
    assert ended.errors.endswith("nowhere: no Python environment, for it has no site-packages: nothing is read there\n")


def test_a_broken_file_does_not_end_it(frontends: Frontends, environment: Path, site: Path) -> None:
    (site / "myauth" / "broken.py").write_text("CELERYBEAT_SCHEDULE = {\n")
    (environment / POSIX / "shop" / "other.py").write_bytes(b"CELERYBEAT_SCHEDULE = '\xff'\n")
    (environment / POSIX / "aa_shop-1.2.3.dist-info" / "METADATA").write_text(
        "Name: x\nDescription-Content-Type: text/markdown\n\n```python\nCELERYBEAT_SCHEDULE = {\n```\n"
    )
    code, found = shown(frontends, environment)
    assert (code, found["missing"], len(found["entries"])) == (0, [], 3)


def test_a_site_without_anything_is_rendered() -> None:
    from flake8_aa_celery.site.elements import Site

    assert render(Site("", "", (), (), (), (), (0,) * 60, ())) == "Nothing is scheduled.\n"
