"""Which profile a project is of, where nobody says so."""

from __future__ import annotations

import io
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.cli import main
from flake8_aa_celery.profiles import Profiles

if TYPE_CHECKING:
    from pathlib import Path

DECLARED = '[project]\nname = "shop"\ndependencies = ["celery", {}]\n'
APPLICATION = 'from celery import Celery\n\napp = Celery("shop")\n'
SETTINGS = "INSTALLED_APPS = []\n"
IMPORTING = "from allianceauth.services.hooks import get_extension_logger\n"
TASK = "from celery import shared_task\n\n\n@shared_task\ndef update():\n    ...\n"
AA, CELERY = "alliance-auth", "celery"

PROJECTS: list[tuple[dict[str, str], str]] = [
    ({}, AA),
    ({"setup.py": ""}, AA),
    ({"pyproject.toml": "[tool.ruff]\n"}, AA),
    ({"pyproject.toml": DECLARED.format('"django"')}, CELERY),
    ({"pyproject.toml": DECLARED.format('"allianceauth>=4"')}, AA),
    ({"pyproject.toml": DECLARED.format('"allianceauth_app_utils"')}, AA),
    ({"pyproject.toml": DECLARED.format('"aa-memberaudit"')}, AA),
    ({"pyproject.toml": DECLARED.format('"django-esi"')}, AA),
    ({"pyproject.toml": DECLARED.format('"django-eveuniverse>=1"')}, AA),
    ({"pyproject.toml": DECLARED.format('"aardwolf"')}, CELERY),
    ({"pyproject.toml": '[project]\nname = "aa-shop"\ndependencies = []\n'}, AA),
    ({"pyproject.toml": '[project]\nname = "allianceauth"\ndependencies = ["celery"]\n'}, AA),
    ({"requirements.txt": "celery\n", "manage.py": ""}, CELERY),
    ({"requirements/base.txt": "allianceauth\n", "manage.py": ""}, AA),
    ({"setup.cfg": "[metadata]\nname = aa-shop\n[options]\ninstall_requires =\n  django\n"}, AA),
    ({"setup.cfg": "[options]\ninstall_requires =\n  django\n"}, CELERY),
    ({"manage.py": "", "shop/celery.py": APPLICATION}, CELERY),
    ({"manage.py": "", "shop/settings.py": SETTINGS}, CELERY),
    ({"manage.py": "", "shop/settings.py": SETTINGS, "shop/tasks.py": TASK + IMPORTING}, AA),
    ({"manage.py": "", "shop/settings.py": SETTINGS + "# allianceauth\n"}, CELERY),
    ({"manage.py": "", "shop/tasks.py": TASK}, AA),
    ({"shop/celery.py": APPLICATION}, AA),
    ({"manage.py": "", "node_modules/x/celery.py": APPLICATION}, AA),
]


def build(root: Path, files: dict[str, str]) -> Path:
    for name, text in {"shop/__init__.py": "", **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return root


@pytest.mark.parametrize(("files", "profile"), PROJECTS)
def test_a_project_shows_what_it_is(files: dict[str, str], profile: str, tmp_path: Path) -> None:
    assert Profiles().of(str(build(tmp_path, files) / "shop")).name == profile


@pytest.mark.parametrize("profile", [AA, CELERY])
def test_settings_decide_where_they_say_so(profile: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build(tmp_path, {"pyproject.toml": f'[tool.flake8-aa-celery]\nprofile = "{profile}"\n'})
    main(["check", "--show-settings", str(tmp_path)])
    assert f'profile = "{profile}"  # {tmp_path / "pyproject.toml"}\n' in capsys.readouterr().out


def test_it_is_said_which_profile_it_is_and_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build(tmp_path, {"pyproject.toml": DECLARED.format('"django"'), "shop/tasks.py": TASK})
    why = 'profile = "celery"  # auto: no app of Alliance Auth is among the declared dependencies\n'
    main(["check", "--show-settings", str(tmp_path)])
    assert why in capsys.readouterr().out
    main(["check", "-v", str(tmp_path)])
    assert why in capsys.readouterr().err


@pytest.mark.parametrize(("dependency", "code"), [('"django"', ""), ('"allianceauth"', "AAC105")])
def test_the_command_and_the_plugin_find_the_same(
    dependency: str, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build(tmp_path, {"pyproject.toml": DECLARED.format(dependency), "shop/tasks.py": TASK})
    main(["check", str(tmp_path)])
    by_command = capsys.readouterr().out
    by_flake8 = subprocess.run(
        [sys.executable, "-m", "flake8", "--select=AAC", "shop"], cwd=tmp_path, capture_output=True, text=True
    )
    assert (code in by_command) == (code in by_flake8.stdout)
    assert bool(by_command) == bool(by_flake8.stdout) == bool(code)


def test_each_project_of_a_run_has_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build(tmp_path / "one", {"pyproject.toml": DECLARED.format('"django"'), "shop/tasks.py": TASK})
    build(tmp_path / "two", {"pyproject.toml": DECLARED.format('"allianceauth"'), "shop/tasks.py": TASK})
    main(["check", "--select=AAC105", str(tmp_path)])
    both = capsys.readouterr().out
    main(["check", str(tmp_path)])
    assert both.count("AAC105") == 2
    assert capsys.readouterr().out.count("AAC105") == 1


def test_a_snippet_is_of_alliance_auth(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(build(tmp_path, {"pyproject.toml": DECLARED.format('"django"')}))
    for options, is_found in (([], True), (["--stdin-filename=shop/tasks.py"], False)):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TASK.encode())))
        main(["check", "-", *options])
        assert ("AAC105" in capsys.readouterr().out) == is_found
