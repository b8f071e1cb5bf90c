"""A file whose only fault is syntax of a newer Python: that is told, and no build fails for it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.linter import lint
from flake8_aa_celery.newer_syntax import needed_version
from flake8_aa_celery.settings import Settings
from support import place

if TYPE_CHECKING:
    from pathlib import Path

    from frontends import Frontends

HEAD = "from celery import shared_task\n"
#: What a Python after 3.14 may parse; here what stands for it where the tests run on the newest.
NEWEST = "try:\n    pass\nexcept A, B:\n    pass\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = 1\n", (3, 10)),
        ("x = f'{a}' f\"{b['c']}\"\n", (3, 10)),
        ("x = f'''{a\n}{'b'}'''\n", (3, 10)),
        ("try:\n    pass\nexcept (A, B):\n    pass\n", (3, 10)),
        ("try:\n    pass\nexcept* A:\n    pass\n", (3, 11)),
        ("x = a[*b]\n", (3, 11)),
        ("type X = int\n", (3, 12)),
        ("def f[T](x: T): ...\n", (3, 12)),
        ("class A[T]: ...\n", (3, 12)),
        ("x = f'{a['b']}'\n", (3, 12)),
        ("x = f'{\"\\n\".join(a)}'\n", (3, 12)),
        ("def f[T = int](x: T): ...\n", (3, 13)),
        ("try:\n    pass\nexcept A, B:\n    pass\n", (3, 14)),
        ("x = t'{a}'\n", (3, 14)),
        ("def f(:\n", (0, 0)),
        ("print 'x'\n", (0, 0)),
        ("type X = int\ndef f(:\n", (0, 0)),
    ],
)
def test_the_python_that_a_file_is_written_for(source: str, expected: tuple[int, int]) -> None:
    assert needed_version(source.encode()) == expected


@pytest.mark.parametrize("data", [b"\xff\xfe(", b"# coding: rot13\n(", b"# coding: nope\n(", b"x = (\0)"])
def test_what_cannot_be_decoded_is_written_wrong(data: bytes) -> None:
    assert needed_version(data) == (0, 0)


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "(" * 9_000 + ")" * 9_000,
        "x = a" + "(1)" * 9_000,
        "x = a" + "[1]" * 9_000,
        "x = a" + ".b(1, 2)" * 9_000,
        "x = 1" + " + 1" * 9_000,
        "x = " + "-" * 9_000 + "1",
        "x = " + "1 if a else " * 8_000 + "1",
        "x = " + "lambda: " * 9_000 + "1",
        "x = " + "'a' " * 9_000,
        "x = f'{" + "(" * 9_000 + ")" * 9_000 + "}'",
        "x = t'{" + "(" * 9_000 + ")" * 9_000 + "}'",
        "if a:\n    pass\n" + "elif b:\n    pass\n" * 5_000,
        "".join(f"{' ' * level}if a:\n" for level in range(400)) + " " * 400 + "pass",
        "match a:\n    case " + "1 | " * 9_000 + "1: pass",
    ],
    ids=lambda source: str(source[:14]),
)
def test_what_is_nested_too_deeply_for_the_parser_of_libcst_is_not_handed_to_it(source: str) -> None:
    """It ends the process where the stack is full: these would end that of the tests."""
    assert needed_version(f"{source}\n".encode()) == (0, 0)


@pytest.mark.parametrize(
    "source",
    [
        "x = [" + "a.b(1), " * 2_000 + "]",
        "x = {" + "'a': [1, {2: -3}], " * 2_000 + "}",
        "x = 1 + 2\n" * 2_000,
        "def f():\n    return not a\n" * 1_000,
    ],
    ids=lambda source: str(source[:14]),
)
def test_what_is_long_and_flat_is_read(source: str) -> None:
    assert needed_version(f"{source}\ntype X = int\n".encode()) == (3, 12)


def test_of_a_huge_file_nothing_is_said() -> None:
    assert needed_version(b"type X = int\n" * 9_000) == (0, 0)


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="no syntax is newer than what runs")
def test_newer_syntax_is_told_and_fails_nothing(tmp_path: Path, frontends: Frontends) -> None:
    place(tmp_path, "a.py", (HEAD + NEWEST).encode())
    running = ".".join(map(str, sys.version_info[:2]))
    outcome = frontends.check("a.py")
    (line,) = outcome.lines
    told = f"is written for Python 3.14, and this is {running}: run aa-celery with Python 3.14 or newer"
    assert line.startswith("a.py:4:") and line.endswith(f"AAC900 {told}")
    assert outcome.code == 0
    place(tmp_path, "b.py", f"{HEAD}def f(:\n".encode())
    assert frontends.check("a.py", "b.py").code == 1


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="no syntax is newer than what runs")
def test_a_note_is_the_least_of_all_in_reports() -> None:
    (found,) = lint("/nowhere/a.py", (HEAD + NEWEST).encode(), Settings())
    assert (found.code, found.is_note) == ("AAC900", True)


def test_what_is_written_wrong_is_no_note() -> None:
    (found,) = lint("/nowhere/a.py", f"{HEAD}def f(:\n".encode(), Settings())
    assert (found.code, found.is_note) == ("AAC900", False)
