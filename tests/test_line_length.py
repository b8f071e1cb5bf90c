"""How long the lines of a fix may be: what formatters and flake8 are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.line_length import line_length

if TYPE_CHECKING:
    from pathlib import Path

BLACK = "[tool.black]\nline-length = 100\n"
RUFF = "[tool.ruff]\nline-length = 110\n"


def said(folder: Path, files: dict[str, str], file: str = "tasks.py") -> int:
    """The length for a file of a project that has these files."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return line_length(str(folder / file))


@pytest.mark.parametrize(
    ("files", "length"),
    [
        ({}, 88),
        ({"pyproject.toml": BLACK}, 100),
        ({"pyproject.toml": RUFF}, 110),
        ({"pyproject.toml": RUFF + BLACK}, 100),
        ({"pyproject.toml": RUFF, "ruff.toml": "line-length = 70"}, 110),
        ({"ruff.toml": "line-length = 70"}, 70),
        ({".ruff.toml": "line-length = 71"}, 71),
        ({"ruff.toml": "line-length = 70", "setup.cfg": "[flake8]\nmax-line-length = 120"}, 70),
        ({"setup.cfg": "[flake8]\nmax-line-length = 120"}, 120),
        ({"tox.ini": "[flake8]\nmax_line_length = 121"}, 121),
        ({".flake8": "[flake8]\nmax-line-length=122"}, 122),
        ({"pyproject.toml": "[tool.flake8]\nmax-line-length = 123"}, 123),
        ({"pyproject.toml": "[tool.black]\nskip-string-normalization = true\n" + RUFF}, 88),
        ({"pyproject.toml": "[tool.black]\n", ".flake8": "[flake8]\nmax-line-length = 120"}, 88),
    ],
)
def test_black_is_asked_first_then_ruff_then_flake8(tmp_path: Path, files: dict[str, str], length: int) -> None:
    assert said(tmp_path, files) == length


@pytest.mark.parametrize(
    "text",
    [
        "[tool.isort]\nline_length = 79\n",
        "[tool.pylint.format]\nmax-line-length = 79\n",
        "[tool.ruff.lint.pycodestyle]\nmax-line-length = 79\n",
        "# line-length = 79\n",
        'text = """\nline-length = 79\n"""\n',
    ],
)
def test_the_length_of_another_tool_does_not_count(tmp_path: Path, text: str) -> None:
    assert said(tmp_path, {"pyproject.toml": text}) == 88


def test_the_length_of_another_tool_that_stands_first_does_not_hide_that_of_black(tmp_path: Path) -> None:
    assert said(tmp_path, {"pyproject.toml": "[tool.isort]\nline_length = 79\n" + BLACK}) == 100


@pytest.mark.parametrize("value", ["true", "0", "-1", '"x"', "1.5", "[1]"])
def test_what_is_no_length_is_none(tmp_path: Path, value: str) -> None:
    assert said(tmp_path, {"pyproject.toml": f"[tool.black]\nline-length = {value}\n"}) == 88


@pytest.mark.parametrize("files", [{"pyproject.toml": "[tool.black\n"}, {"setup.cfg": "flake8]\n"}, {"tox.ini": "[a]"}])
def test_what_cannot_be_read_says_nothing(tmp_path: Path, files: dict[str, str]) -> None:
    assert said(tmp_path, files) == 88


def test_the_nearest_folder_in_which_a_formatter_is_set_up_decides(tmp_path: Path) -> None:
    files = {"pyproject.toml": BLACK, "app/pyproject.toml": "[project]\nname = 'app'\n", "app/sub/ruff.toml": "[lint]"}
    assert said(tmp_path, files, "app/tasks.py") == 100
    assert said(tmp_path, files, "app/sub/tasks.py") == 88


def test_a_formatter_above_counts_before_flake8_beside_the_file(tmp_path: Path) -> None:
    files = {"pyproject.toml": BLACK, "app/.flake8": "[flake8]\nmax-line-length = 79"}
    assert said(tmp_path, files, "app/tasks.py") == 100


def test_what_ruff_extends_is_read(tmp_path: Path) -> None:
    files = {"pyproject.toml": RUFF, "app/ruff.toml": 'extend = "../pyproject.toml"'}
    assert said(tmp_path, files, "app/tasks.py") == 110


def test_files_of_ruff_that_extend_each_other_end(tmp_path: Path) -> None:
    assert said(tmp_path, {"ruff.toml": 'extend = "ruff.toml"'}) == 88
