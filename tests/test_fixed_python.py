"""A fix writes what the oldest Python of the project compiles."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.fixes._python import compiles, new_f_strings, oldest_python

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("pyproject.toml", '[project]\nrequires-python = ">=3.8"\n', (3, 8)),
        ("pyproject.toml", "[project]\nrequires-python='>=3.12,<4'\n", (3, 12)),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.11"\n', (3, 11)),
        ("setup.cfg", "[options]\npython_requires = >=3.9\n", (3, 9)),
        ("setup.py", 'setup(\n    python_requires="~=3.11",\n)\n', (3, 11)),
        ("pyproject.toml", "[project]\nname = 'x'\n", (3, 10)),
    ],
)
def test_a_project_says_which_python_it_needs(tmp_path: Path, name: str, text: str, expected: tuple[int, int]) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / name).write_text(text)
    assert oldest_python(str(tmp_path / "app")) == expected


@pytest.mark.parametrize(
    ("code", "version", "expected"),
    [
        ("x = 1", (3, 10), True),
        ("match x:\n    case 1: pass", (3, 9), False),
        ("match x:\n    case 1: pass", (3, 10), True),
        ("[x for x in (y := z)]", (3, 10), False),
        ("return 1", (3, 10), False),
        ("x = (", (3, 10), False),
    ],
)
def test_what_compiles_is_more_than_what_can_be_parsed(code: str, version: tuple[int, int], expected: bool) -> None:
    assert compiles(code.encode(), version) is expected


@pytest.mark.skipif(sys.version_info < (3, 12), reason="older ones cannot read such f-strings")
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('f"{x}"', 0),
        ("f\"{x['a']}\"", 0),
        ('f"{x["a"]}"', 1),
        ("f'''{x['a']}'''", 0),
        ("f\"{x['''a''']} {y}\" 'b'", 0),
        ("f'{x}' + f\"{'\\n'}\"", 1),
        ('f"{x:{y}}"', 0),
        ('f"{f"{x}"}"', 1),
        ('f"{f\'a"b\'}"', 1),
        ('f"{x  # why\n}"', 2),
        ('"{x["', 0),
    ],
)
def test_f_strings_that_older_pythons_do_not_know_are_counted(code: str, expected: int) -> None:
    assert new_f_strings(code) == expected
