"""Any settings: an error in one line that names file, key and what is allowed, before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.settings import OPTIONS

if TYPE_CHECKING:
    from pathlib import Path

    from frontends import Frontends

BROKEN = "from celery import shared_task\n\n\n@shared_task(priority='5')\ndef update(pk):\n    print(pk)\n"
DEEP = "[" * 20_000
#: A value that fits no setting, of every type that TOML has.
WRONG = ("1979-05-27", "1e999", "[[1]]", "[{ a = 1 }]", "-1", "''", "[1, 'AAC1']", "9" * 3_000, f"'{'x' * 100_000}'")


@pytest.mark.parametrize("value", WRONG, ids=lambda value: value[:12])
@pytest.mark.parametrize("option", [option.name for option in OPTIONS])
def test_a_value_that_fits_no_setting_is_named_and_nothing_is_written(
    frontends: Frontends, tmp_path: Path, option: str, value: str
) -> None:
    (tmp_path / "tasks.py").write_text(BROKEN)
    (tmp_path / "pyproject.toml").write_text(f"[tool.flake8-aa-celery]\n{option} = {value}\n")
    outcome = frontends.command("fix")
    assert (outcome.code, outcome.lines, outcome.errors.count("\n")) == (2, [], 1)
    assert f"pyproject.toml: {option} must be " in outcome.errors
    assert len(outcome.errors) < 500
    assert (tmp_path / "tasks.py").read_text() == BROKEN


@pytest.mark.parametrize("option", [option.name for option in OPTIONS])
def test_a_misspelt_setting_is_named_with_the_right_one(frontends: Frontends, tmp_path: Path, option: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.flake8-aa-celery]\n{option[:-1]} = 1\n")
    outcome = frontends.check()
    assert outcome.code == 2
    assert f"there is no setting {option[:-1]!r}; did you mean {option!r}?" in outcome.errors


@pytest.mark.parametrize(
    "text",
    [f"select = {DEEP}", f"select = {DEEP}{']' * len(DEEP)}", "select", "= 1", "a = 1\na = 2", "\0", "x = '\n'"],
    ids=lambda text: text[:12],
)
def test_broken_toml_is_one_line_that_names_the_file(frontends: Frontends, tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.flake8-aa-celery]\n{text}\n")
    outcome = frontends.check()
    assert (outcome.code, outcome.lines, outcome.errors.count("\n")) == (2, [], 1)
    assert "pyproject.toml: " in outcome.errors


def test_a_setting_that_is_nested_too_deeply_on_the_command_line_is_misuse(frontends: Frontends) -> None:
    outcome = frontends.check("--config", f"select={DEEP}")
    assert (outcome.code, outcome.errors.count("\n")) == (2, 1)
