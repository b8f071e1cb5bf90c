"""What a project says that it depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.dependencies import Dependencies, declared_in

if TYPE_CHECKING:
    from pathlib import Path

PYPROJECT = '[project]\nname = "x"\ndependencies = ["Celery[redis]>=5.2,<6; python_version > \'3.8\'", "aa_freight"]\n'
OPTIONAL = '[project]\ndependencies = []\n[project.optional-dependencies]\ntest = ["celery~=5.3"]\n'
POETRY = '[tool.poetry.dependencies]\npython = "^3.10"\ncelery = {version = "^5.3", extras = ["redis"]}\ndjango = "*"\n'
SETUP_CFG = "[options]\ninstall_requires =\n    celery==5.3.6\n    django\n"
SETUP_PY = 'from setuptools import setup\nsetup(name="x", install_requires=["celery==5.3.6", VERSION])\n'
REQUIREMENTS = "# what we need\n-r base.txt\n\ncelery==5.3.6  # for now\nhttps://example.org/x.whl\n"


def asked(root: Path, files: dict[str, str]) -> Dependencies:
    """What these files declare."""
    for name, text in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return declared_in(str(root))


@pytest.mark.parametrize(
    ("name", "text", "versions"),
    [
        ("pyproject.toml", PYPROJECT, (">=5.2,<6",)),
        ("pyproject.toml", OPTIONAL, ("~=5.3",)),
        ("pyproject.toml", POETRY, ("^5.3",)),
        ("setup.cfg", SETUP_CFG, ("==5.3.6",)),
        ("setup.py", SETUP_PY, ("==5.3.6",)),
        ("requirements.txt", REQUIREMENTS, ("==5.3.6",)),
        ("requirements-dev.in", REQUIREMENTS, ("==5.3.6",)),
        ("requirements/production.txt", REQUIREMENTS, ("==5.3.6",)),
    ],
)
def test_a_place_declares_what_it_depends_on(name: str, text: str, versions: tuple[str, ...], tmp_path: Path) -> None:
    found = asked(tmp_path, {name: text})
    assert found.is_declared
    assert found.versions["celery"] == versions


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", "[tool.ruff]\nline-length = 100\n"),
        ("pyproject.toml", '[project]\nname = "x"\ndynamic = ["dependencies"]\n'),
        ("pyproject.toml", "[project\ndependencies = ["),
        ("pyproject.toml", "[project]\ndependencies = 5\n"),
        ("setup.cfg", "install_requires\n"),
        ("setup.cfg", "[flake8]\nmax-line-length = 100\n"),
        ("setup.py", "setup(install_requires=read())\n"),
        ("setup.py", "setup(install_requires=\n"),
        ("notes.txt", "celery==5.3\n"),
    ],
)
def test_what_cannot_be_read_declares_nothing(name: str, text: str, tmp_path: Path) -> None:
    found = asked(tmp_path, {name: text})
    assert not found.is_declared
    assert not found.versions


def test_names_are_compared_as_package_indexes_do(tmp_path: Path) -> None:
    assert set(asked(tmp_path, {"pyproject.toml": PYPROJECT}).versions) == {"celery", "aa-freight"}


def test_several_places_add_up(tmp_path: Path) -> None:
    found = asked(tmp_path, {"pyproject.toml": PYPROJECT, "requirements.txt": REQUIREMENTS})
    assert found.versions["celery"] == (">=5.2,<6", "==5.3.6")


def test_a_file_that_is_no_text_declares_nothing(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_bytes(b"\xff\xfe\x00celery")
    assert not declared_in(str(tmp_path)).versions


@pytest.mark.parametrize(
    ("versions", "is_old"),
    [
        ("==5.3.6", True), (">=5.2", True), (">=5.2,<6", True), ("~=5.3", True), ("^5.3", True), (">5.3", True),
        ("<5.4", True), ("<=5.3", True), ("===5.2.7", True), ("==5.3.*", True), ("5.2.7", True),
        ("", False), (">=5.4", False), ("==5.4.0", False), (">=5.2,!=5.3,>=5.5", False), ("<6", False),
        ("!=5.3.1", False), ("~=5.4", False), ("==latest", False),
    ],
)  # fmt: skip
def test_a_version_may_be_older(versions: str, is_old: bool) -> None:
    assert Dependencies({"celery": (versions,)}, is_declared=True).may_be_before("celery", (5, 4)) is is_old


def test_what_is_not_declared_is_the_newest() -> None:
    assert not Dependencies({}, is_declared=True).may_be_before("celery", (5, 4))
