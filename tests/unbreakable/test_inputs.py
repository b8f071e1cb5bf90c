"""Any bytes: every file is either checked or said to be no Python, and the next one has its turn."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from benchmarks.fuzz import trouble_with
from benchmarks.robustness import EVERY_RULE, files_below, try_file
from flake8_aa_celery.fixes.engine import fix
from flake8_aa_celery.fixes.whole_project import fix_all
from flake8_aa_celery.linter import check, lint
from flake8_aa_celery.settings import Settings
from mutations import mutated
from support import FIXTURES

HEAD = "from celery import shared_task\n\n\n@shared_task(priority='5')\ndef update(pk):\n    print(pk)  # ä\n"
SETTINGS = Settings(select=EVERY_RULE, check_tests=True)
DEEP = 20_000


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Where a module of an empty project would be."""
    (tmp_path / "setup.py").touch()
    return str(tmp_path / "app" / "tasks.py")


def codes(path: str, data: bytes) -> list[str]:
    return sorted({violation.code for violation in lint(path, data, SETTINGS)})


def as_latin_1(text: str) -> bytes:
    return b"# coding: latin-1\n" + text.encode("latin-1")


READABLE = {
    "plain": HEAD.encode(),
    "mark": b"\xef\xbb\xbf" + HEAD.encode(),
    "latin-1": as_latin_1(HEAD),
    "utf-8 by cookie": b"# -*- coding: utf-8 -*-\n" + HEAD.encode(),
    "cp1252": b"# vim: set fileencoding=cp1252 :\n" + HEAD.encode("cp1252"),
    "shift-jis": b"# coding: shift_jis\n" + HEAD.replace("ä", "日本").encode("shift_jis"),
    "crlf": HEAD.replace("\n", "\r\n").encode(),
    "mixed": HEAD.replace("\n", "\r\n", 3).encode(),
    "form feeds": HEAD.replace("\n\n\n", "\n\x0c\n\n").encode(),
    "tabs": HEAD.replace("    ", "\t").encode(),
    "no final newline": HEAD.rstrip("\n").encode(),
    "backslash at the end of lines": HEAD.replace("priority=", "\\\n  priority=").encode(),
    "latin-1 and crlf": as_latin_1(HEAD).replace(b"\n", b"\r\n"),
}


@pytest.mark.parametrize("name", READABLE)
def test_an_encoding_changes_nothing(path: str, name: str) -> None:
    data = READABLE[name]
    assert codes(path, data) == codes(path, READABLE["plain"])
    fixed = fix(path, data, SETTINGS._replace(select=("AAC202",)), unsafe=True)
    assert fixed.data == data.replace(b"'5'", b"5")


def test_carriage_returns_alone_end_lines_too(path: str) -> None:
    data = HEAD.replace("\n", "\r").encode()
    assert codes(path, data) == codes(path, READABLE["plain"])
    fixed = fix(path, data, SETTINGS._replace(select=("AAC202",)), unsafe=True)
    assert fixed.data in (data, data.replace(b"'5'", b"5"))


@pytest.mark.parametrize(
    "data",
    [
        HEAD.encode("latin-1"),
        b"# coding: nonsense\n" + HEAD.encode(),
        b"# coding: ascii\n" + HEAD.encode(),
        b"\xef\xbb\xbf# coding: latin-1\n" + HEAD.encode(),
        HEAD.encode("utf-16"),
        b"from celery import shared_task\n\0",
        b"from celery import shared_task\nx = '\xed\xa0\x80'\n",
        b"# coding: rot13\nfrom celery import shared_task\n",
        b"# coding: zlib\nfrom celery import shared_task\n",
        b"# coding: idna\nfrom celery import shared_task\n" + b"x" * 300,
        b"from celery import shared_task\n\tx = 1\n        y = 1\n",
    ],
    ids=repr,
)
def test_what_cannot_be_decoded_is_one_violation_or_none_and_never_fixed(path: str, data: bytes) -> None:
    assert codes(path, data) in (["AAC900"], [])
    check(path, data + b"# noqa: AAC1\n", SETTINGS)
    assert fix(path, data, SETTINGS, unsafe=True).data == data


@pytest.mark.parametrize("data", [b"", b"\n", b"\x0c", b"\\", b"\xef\xbb\xbf", b"#", b"\r", b"'", b"\x1a"])
def test_next_to_nothing_is_nothing_to_object_to(path: str, data: bytes) -> None:
    assert codes(path, data) == []


def test_one_line_of_five_megabytes_is_checked(path: str) -> None:
    line = "update.delay(1); x = '" + "a@b.c, " * 700_000 + "'\n"
    assert len(line) > 4_900_000
    assert "AAC202" in codes(path, (HEAD + line).encode())


def test_two_hundred_thousand_lines_are_checked(path: str) -> None:
    assert "AAC202" in codes(path, HEAD.encode() + b"x = 1\n" * 200_000)


NESTED = {
    "parentheses": "(" * DEEP + "1" + ")" * DEEP,
    "brackets": "[" * DEEP + "]" * DEEP,
    "dicts": "{1:" * DEEP + "1" + "}" * DEEP,
    "attributes": "update" + ".a" * DEEP,
    "calls": "update" + "()" * DEEP,
    "calls in calls": "update(" * DEEP + ")" * DEEP,
    "items": "update" + "[0]" * DEEP,
    "sums": "1" + "+1" * DEEP,
    "chains": "update.s()" + " | update.s()" * DEEP,
    "signs": "-" * DEEP + "1",
    "not": "not " * DEEP + "1",
    "lambdas": "lambda: " * DEEP + "1",
    "choices": "1 if 2 else " * DEEP + "1",
    "powers": "1" + "**1" * DEEP,
    "branches": "1\nif 1: pass\n" + "elif 1: pass\n" * DEEP,
    "less deep": "update" + ".set(a=1)" * 900,
}
#: Prints what is expected, by whether Python parses it, and what is found.
SCRIPT = """
import ast, sys
from flake8_aa_celery.linter import lint
from flake8_aa_celery.settings import Settings
source = sys.stdin.buffer.read()
try:
    ast.parse(source)
    print("AAC999")
except (SyntaxError, RecursionError, MemoryError):
    print("AAC900")
found = lint(sys.argv[1], source, Settings())
print(*sorted({violation.code for violation in found}))
"""


def pythons() -> list[str]:
    """This Python and those that pyenv has, from 3.10 on."""
    found = sorted(Path.home().glob(".pyenv/versions/3.1*/bin/python"))
    return [sys.executable, *map(str, found)]


@pytest.mark.parametrize("python", pythons(), ids=lambda python: Path(python).parent.parent.name)
@pytest.mark.parametrize("name", NESTED)
def test_what_is_nested_too_deeply_is_one_violation_of_whose_fault_it_is(path: str, name: str, python: str) -> None:
    data = f"{HEAD}x = {NESTED[name]}\n".encode()
    command = [python, "-c", SCRIPT, path]
    root = Path(__file__).parents[2]
    ended = subprocess.run(command, input=data, capture_output=True, cwd=root, check=False)
    expected, found = ended.stdout.splitlines()
    assert (ended.returncode, found, ended.stderr) == (0, expected, b"")


@pytest.mark.parametrize("times", [200, 300, 900])
def test_what_is_too_deep_for_a_fix_alone_is_left_with_a_reason(path: str, times: int) -> None:
    deep = f"update{'.set(a=1)' * times}"
    helpers = Path(path).with_name("helpers.py")
    texts = [
        f"{HEAD}x = {deep}\n",
        HEAD.replace("print(pk)", deep),
        f"{HEAD}y = [\n    update.delay(),\n    {deep},\n]\n",
    ]
    for text in texts:
        outcome = fix_all([(str(helpers), text.encode())], SETTINGS, lambda part, work: work(part), unsafe=True)
        assert all("crashed" not in why for each in outcome.values() for _, why in each.refused)


def test_what_pyflakes_crashes_on_is_left_with_that_reason(path: str) -> None:
    data = (
        b"from celery import chain, shared_task\n\n\n@shared_task\ndef update(pk):\n    return pk\n"
        b"    from __future__ import annotations\n\n\n"
        b"def start():\n    chain(update.si(1), update.si(2))\n    update.si(1)\n    update.apply_async(priority='5')\n"
    )
    fixed = fix(path, data, SETTINGS, unsafe=True)
    assert {why for _, why in fixed.refused} == {"pyflakes cannot check the file"}
    assert fix(path, fixed.data, SETTINGS, unsafe=True).applied == ()


def test_a_module_that_is_nested_too_deeply_is_not_the_fault_of_who_imports_it(path: str) -> None:
    app = Path(path).parent
    app.mkdir()
    (app / "__init__.py").touch()
    (app / "deep.py").write_text(f"{HEAD}x = update{'.a' * 2_500}\n")
    data = b"from celery import shared_task\nfrom app.deep import update\nupdate.delay(1, 2)\n"
    assert "AAC900" not in codes(path, data)


def test_fixes_that_wait_for_one_that_is_refused_are_made_in_one_run(path: str) -> None:
    data = (FIXTURES / "AAC207" / "fix.py").read_bytes()
    fixed = fix(path, data, SETTINGS, unsafe=True)
    assert fixed.refused
    assert fix(path, fixed.data, SETTINGS, unsafe=True).applied == ()


@hypothesis_settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_mutated_celery_code_breaks_nothing(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    root = tmp_path_factory.getbasetemp() / "mutated"
    root.mkdir(exist_ok=True)
    (root / "setup.py").touch()
    random = Random(seed)
    _, trouble = trouble_with(mutated(random).encode(errors="replace"), random, root, fixed_of=100)
    # where more fixes hinder each other than there are rounds, a second run goes on
    assert [found for found in trouble if "second fix" not in found] == []


@hypothesis_settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=200), start=st.booleans())
def test_no_bytes_crash(data: bytes, start: bool) -> None:
    whole = b"from celery import shared_task\n" + data if start else data + b"\nfrom celery import shared_task\n"
    assert "AAC999" not in codes("app/tasks.py", whole)


def test_a_part_of_the_standard_library_breaks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Path(subprocess.__file__).parent
    monkeypatch.setattr("flake8_aa_celery.model.relevant", lambda *_: True)
    broken = [
        f"{file}: {why}"
        for folder in ("asyncio", "concurrent", "email", "json", "unittest")
        for file in files_below(library / folder)
        for why in try_file(str(file), file.read_bytes()).broken
    ]
    assert broken == []
