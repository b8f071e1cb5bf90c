"""Every rule finds in its fixtures what their comments expect, on the very line, and nothing else."""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.rules import all_rules
from support import EXPECT, FIXTURES, OK, Mark, cases, differences, expected_in, found_in, place

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support import Case

    Ask = Callable[[Case], tuple[Path, list[Mark]]]

RULES = [code for code in all_rules() if not code.startswith("AAC9")]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Lays a case out and lints it, once however many tests ask: its root, and what was found."""

    @cache
    def lint(case: Case) -> tuple[Path, list[Mark]]:
        root = case.build(tmp_path_factory.mktemp("case") / "project")
        return root, found_in(root, case.selected())

    return lint


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_fixture_holds_the_violations_of_its_comments(case: Case, ask: Ask) -> None:
    if sys.version_info < case.needs_python():
        pytest.skip(f"the syntax needs Python {'.'.join(map(str, case.needs_python()))}")
    root, found = ask(case)
    lines = list(differences(root, expected_in(root), found))
    if lines:
        legend = "(- expected but not found, + found but not expected)"
        pytest.fail("\n".join([f"tests/fixtures/{case.name} {legend}", *lines]), pytrace=False)


@pytest.mark.parametrize("code", RULES)
def test_the_messages_of_a_rule_have_less_than_120_characters(code: str, ask: Ask) -> None:
    asked = [case for case in cases() if case.code == code and sys.version_info >= case.needs_python()]
    assert not [mark for case in asked for mark in ask(case)[1] if len(mark.message) >= 120]


@pytest.mark.parametrize("code", RULES)
def test_a_rule_has_as_many_silent_lines_as_flagged_ones(code: str) -> None:
    lines = [line for case in cases() if case.code == code for line in case.lines()]
    flagged = sum(bool((comment := EXPECT.search(line)) and code in comment[1]) for line in lines)
    silent = sum(bool(OK.search(line)) for line in lines)
    assert flagged, f"tests/fixtures/{code} has no line with `# expect: {code}`"
    assert silent >= flagged, f"tests/fixtures/{code} has {silent} `# ok:` lines for {flagged} flagged ones"


def test_what_is_missing_and_what_is_too_much_is_told_apart(tmp_path: Path) -> None:
    place(tmp_path, "tasks.py", b"first\nsecond\nthird\n")
    expected = [Mark("tasks.py", 1, "AAC205", "update"), Mark("tasks.py", 2, "AAC205", "")]
    found = [Mark("tasks.py", 1, "AAC205", "`update` runs"), Mark("tasks.py", 3, "AAC205", "`sync` runs")]
    assert list(differences(tmp_path, expected, found)) == [
        "- tasks.py:2: AAC205",
        "      second",
        "+ tasks.py:3: AAC205 `sync` runs",
        "      third",
    ]


def test_one_comment_expects_one_violation(tmp_path: Path) -> None:
    place(tmp_path, "tasks.py", b"first\n")
    once = Mark("tasks.py", 1, "AAC205", "x")
    assert list(differences(tmp_path, [once], [once, once])) == ["+ tasks.py:1: AAC205 x", "      first"]


def test_every_fixture_folder_belongs_to_a_rule() -> None:
    folders = {folder.name for folder in FIXTURES.glob("AAC*")}
    assert folders <= set(all_rules()), "fixtures of rules that do not exist"


def test_every_comment_that_expects_something_can_be_read() -> None:
    unread = [
        f"{case.name}: {line.strip()}"
        for case in cases()
        for line in case.lines()
        if (comment := EXPECT.search(line)) and not comment[1].strip().startswith("AAC")
    ]
    assert not unread
