"""Kept outcomes are compared, and rewritten where ``pytest --update`` says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from outcomes import Outcomes
from support import place

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A folder of outcomes of which one is out of date, and one should not be there."""
    for path, text in {"app/tasks.py": "old\n", "app/gone.py": "gone\n", "notes.txt": "kept\n"}.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    return tmp_path


FOUND = {"app/tasks.py": "new\n", "app/deep/more.py": "ä\n"}


def test_an_outcome_that_differs_fails_and_stays(kept: Path) -> None:
    file = kept / "app" / "tasks.py"
    with pytest.raises(AssertionError):
        Outcomes(update=False).compare("new\n", file)
    assert file.read_text("utf-8") == "old\n"


def test_an_outcome_is_rewritten(kept: Path) -> None:
    file = kept / "app" / "tasks.py"
    Outcomes(update=True).compare("new\n", file)
    Outcomes(update=False).compare("new\n", file)


def test_an_outcome_that_is_missing_fails_and_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Outcomes(update=False).compare("new\n", tmp_path / "report.new")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", FOUND)
def test_a_folder_of_outcomes_of_which_one_differs_fails_and_stays(path: str, tmp_path: Path) -> None:
    for each, text in FOUND.items():
        place(tmp_path, each, (text if each != path else "old\n").encode())
    inits = {f"{folder}/__init__.py": "" for folder in ("app", "app/deep")}
    with pytest.raises(AssertionError):
        Outcomes(update=False).compare_all(FOUND | inits, tmp_path)
    assert (tmp_path / path).read_text("utf-8") == "old\n"


def test_a_file_too_much_among_the_outcomes_fails(kept: Path) -> None:
    with pytest.raises(AssertionError):
        Outcomes(update=False).compare_all({"app/tasks.py": "old\n"}, kept)


def test_a_folder_of_outcomes_is_rewritten(kept: Path) -> None:
    Outcomes(update=True).compare_all(FOUND, kept)
    Outcomes(update=False).compare_all(FOUND, kept)
    assert {file.name for file in kept.rglob("*") if file.is_file()} == {"tasks.py", "more.py", "notes.txt"}


def test_the_option_decides(outcomes: Outcomes, request: pytest.FixtureRequest) -> None:
    assert outcomes.update is request.config.getoption("--update")
