"""``aa-celery fix``: what it writes, says, and ends with."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from frontends import Frontends

HEAD = "from celery import shared_task\n\n\n@shared_task(priority={})\ndef update(pk):\n    print(pk)\n"
UNSAFE = HEAD.format(0) + "\n\nfor x in (1, 2, 3, 4):\n    update.apply_async(args=[x], priority=7)\n"
SAFE = HEAD.format('"5"')
MENDED = HEAD.format(5)
SELECT = ("--isolated", "--select", "AAC2")


def place(text: str, name: str = "tasks.py") -> Path:
    file = Path(name)
    file.write_text(text)
    return file


def test_safe_fixes_are_written(frontends: Frontends) -> None:
    file = place(SAFE)
    outcome = frontends.command("fix", *SELECT)
    assert (outcome.code, outcome.lines, outcome.errors) == (1, [], "1 violation fixed in 1 file\n")
    assert file.read_text() == MENDED


def test_a_second_run_finds_nothing(frontends: Frontends) -> None:
    place(SAFE)
    frontends.command("fix", *SELECT)
    outcome = frontends.command("fix", *SELECT)
    assert (outcome.code, outcome.lines, outcome.errors) == (0, [], "")


def test_what_is_left_is_reported_as_check_does(frontends: Frontends) -> None:
    file = place(UNSAFE)
    outcome = frontends.command("fix", *SELECT)
    assert outcome.code == 1
    assert outcome.lines == frontends.check(*SELECT).lines != []
    assert file.read_text() == UNSAFE


def test_unsafe_fixes_are_written_on_request(frontends: Frontends) -> None:
    file = place(UNSAFE)
    outcome = frontends.command("fix", "--unsafe-fixes", *SELECT)
    assert (outcome.code, outcome.lines) == (1, [])
    assert file.read_text() == UNSAFE.replace("priority=0", "priority=5")


def test_what_is_ignored_is_not_fixed(frontends: Frontends) -> None:
    file = place(SAFE)
    assert frontends.command("fix", *SELECT, "--ignore", "AAC202").code == 0
    assert file.read_text() == SAFE


def test_a_diff_is_shown_and_nothing_written(frontends: Frontends) -> None:
    file = place(SAFE)
    outcome = frontends.command("fix", "--diff", *SELECT)
    assert outcome.code == 1
    assert outcome.errors == "1 violation would be fixed in 1 file\n"
    assert outcome.lines[:3] == ["--- ./tasks.py", "+++ ./tasks.py", "@@ -1,6 +1,6 @@ AAC202 Use priority 5"]
    assert [line for line in outcome.lines[3:] if line[0] in "+-"] == [
        '-@shared_task(priority="5")',
        "+@shared_task(priority=5)",
    ]
    assert file.read_text() == SAFE


def test_a_diff_can_be_applied(frontends: Frontends, tmp_path: Path) -> None:
    file = place(SAFE.replace("\n", "\r\n").removesuffix("\r\n"))
    before = file.read_bytes()
    command = [sys.executable, "-m", "flake8_aa_celery", "fix", "--diff", *SELECT, "tasks.py"]
    diff = subprocess.run(command, check=False, capture_output=True).stdout
    assert b"\\ No newline at end of file\n" in diff
    subprocess.run(["git", "apply", "-p0", "--unsafe-paths"], input=diff, check=True)
    assert file.read_bytes() == before.replace(b'"5"', b"5")


def test_a_diff_reports_what_is_left_on_standard_error(frontends: Frontends) -> None:
    place(UNSAFE)
    outcome = frontends.command("fix", "--diff", *SELECT)
    assert outcome.lines == []
    assert "tasks.py:4:23: AAC201" in outcome.errors


def test_each_hunk_of_a_diff_names_its_rules(frontends: Frontends) -> None:
    calls = "\n".join("print()" for _ in range(20))
    place(f"{SAFE}\n\n{calls}\nupdate.apply_async(args=[1], priority='7')\n")
    lines = frontends.command("fix", "--diff", *SELECT).lines
    assert [line.split(" @@ ")[1] for line in lines if line.startswith("@@")] == [
        "AAC202 Use priority 5",
        "AAC202 Use priority 7",
    ]


def test_a_diff_is_coloured_for_a_person(frontends: Frontends) -> None:
    place(SAFE)
    lines = frontends.command("fix", "--diff", "--color=always", *SELECT).lines
    assert '\x1b[31m-@shared_task(priority="5")\x1b[0m' in lines
    assert "\x1b[32m+@shared_task(priority=5)\x1b[0m" in lines
    plain = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in lines]
    assert plain == frontends.command("fix", "--diff", *SELECT).lines


def test_what_a_diff_leaves_is_reported_in_the_lines_of_the_file_as_it_is(frontends: Frontends) -> None:
    place(UNSAFE)
    select = ("--isolated", "--select", "AAC105,AAC201")
    (checked,) = [line for line in frontends.check(*select).lines if "AAC201" in line]
    outcome = frontends.command("fix", "--diff", *select)
    assert sum(line[0] == "+" for line in outcome.lines) > 2
    assert checked in outcome.errors.splitlines()


def test_a_check_can_fix(frontends: Frontends) -> None:
    file = place(SAFE)
    outcome = frontends.check("--fix", *SELECT)
    assert (outcome.code, outcome.lines, outcome.errors) == (1, [], "1 violation fixed in 1 file\n")
    assert file.read_text() == MENDED


def test_a_check_has_the_options_of_a_fix(frontends: Frontends) -> None:
    file = place(SAFE)
    for options in (["--diff"], ["--fix", "--diff", "--exit-zero"]):
        assert frontends.check(*options, *SELECT) == frontends.command("fix", *options[-2:], *SELECT)
    assert file.read_text() == SAFE
    assert frontends.check("--fix-only", *SELECT).code == 1
    assert file.read_text() == MENDED
    place(UNSAFE)
    assert frontends.check("--fix", "--unsafe-fixes", *SELECT).errors == "1 violation fixed in 1 file\n"


@pytest.mark.parametrize("options", [["--unsafe-fixes"], ["--fix", "--add-noqa"], ["--diff", "--update-baseline"]])
def test_options_of_a_check_that_do_not_go_together_are_misuse(frontends: Frontends, options: list[str]) -> None:
    outcome = frontends.check(*options)
    assert (outcome.code, outcome.lines, len(outcome.errors.splitlines())) == (2, [], 1)


def test_it_is_said_how_many_more_unsafe_fixes_would_cure(frontends: Frontends) -> None:
    place(SAFE)
    place(UNSAFE, "more.py")
    assert frontends.command("fix", *SELECT).errors.splitlines() == [
        "1 violation fixed in 1 file",
        "1 violation left in 1 file, 1 can be fixed with `aa-celery fix --unsafe-fixes`",
    ]
    assert frontends.command("fix", "--fix-only", *SELECT).errors.splitlines() == [
        "1 can be fixed with `aa-celery fix --unsafe-fixes`",
    ]


def test_where_only_fixes_are_wanted_what_is_left_is_not_denied(frontends: Frontends) -> None:
    place(UNSAFE)
    assert frontends.command("fix", "--fix-only", "--color=always", *SELECT).lines == []
    place(MENDED)
    assert "Nothing is left to do" in "".join(frontends.command("fix", "--color=always", *SELECT).lines)


def test_what_a_baseline_holds_is_not_left(frontends: Frontends) -> None:
    place(UNSAFE)
    assert frontends.check("--update-baseline", "--baseline=known.json", *SELECT).code == 0
    outcome = frontends.command("fix", "--baseline=known.json", *SELECT)
    assert (outcome.code, outcome.lines) == (0, [])
    place(SAFE, "more.py")
    place(UNSAFE, "other.py")
    outcome = frontends.command("fix", "--baseline=known.json", *SELECT)
    assert [line.split(":")[0] for line in outcome.lines] == ["./other.py"]
    assert frontends.command("fix", "--baseline=known.json", "--update-baseline", *SELECT).code == 0
    assert frontends.check("--baseline=known.json", *SELECT).code == 0


def test_standard_input_is_a_filter(frontends: Frontends, monkeypatch: pytest.MonkeyPatch) -> None:
    def feed(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    feed(SAFE)
    outcome = frontends.command("fix", "-", *SELECT)
    assert outcome.code == 1
    assert "\n".join(outcome.lines) + "\n" == MENDED
    feed("x = 1\n")
    outcome = frontends.command("fix", "-", *SELECT)
    assert (outcome.code, outcome.lines, outcome.errors) == (0, ["x = 1"], "")


def test_a_filter_moves_no_task_to_another_file(frontends: Frontends, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("app").mkdir()
    place("", "app/__init__.py")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MISPLACED.encode())))
    arguments = ("--unsafe-fixes", "--isolated", "--select", "AAC101", "--stdin-filename", "app/helpers.py", "-")
    outcome = frontends.command("fix", *arguments)
    assert outcome.code == 1
    assert outcome.lines == MISPLACED.splitlines()
    assert outcome.errors.count("AAC101") == 1
    assert "`one` and 1 more" in outcome.errors


def test_standard_input_is_fixed_by_itself(frontends: Frontends) -> None:
    outcome = frontends.command("fix", "-", "tasks.py")
    assert outcome.code == 2
    assert outcome.errors == "aa-celery: standard input is fixed by itself, without other paths\n"


@pytest.mark.parametrize(("text", "code"), [(SAFE, 1), (UNSAFE, 0), (MENDED, 0)])
def test_fix_only_counts_the_changes_alone(frontends: Frontends, text: str, code: int) -> None:
    place(text)
    outcome = frontends.command("fix", "--fix-only", *SELECT)
    assert (outcome.code, outcome.lines) == (code, [])


def test_exit_zero_is_always_zero(frontends: Frontends) -> None:
    place(SAFE)
    place(UNSAFE, "more.py")
    outcome = frontends.command("fix", "--exit-zero", *SELECT)
    assert outcome.code == 0
    assert len(outcome.lines) == 1


def test_each_fix_is_shown_with_its_rule_and_title(frontends: Frontends) -> None:
    place(SAFE)
    errors = frontends.command("fix", "--show-fixes", *SELECT).errors
    assert errors == "./tasks.py: AAC202 invalid-priority fixed: Use priority 5\n1 violation fixed in 1 file\n"


def test_tests_that_patch_a_method_are_spoken_of_where_another_one_is_called(frontends: Frontends) -> None:
    place("from celery import shared_task\n\n\n@shared_task\ndef update(pk): ...\n\n\nupdate.delay(1, queue='x')\n")
    errors = frontends.command("fix", "--isolated", "--select", "AAC206").errors
    assert errors.splitlines()[1:] == [
        "tests that patch `delay` or what else is no longer called will notice; a formatter may run after this"
    ]


def test_quiet_says_nothing(frontends: Frontends) -> None:
    place(SAFE)
    place(UNSAFE, "more.py")
    outcome = frontends.command("fix", "-q", *SELECT)
    assert (outcome.code, outcome.lines, outcome.errors) == (1, [], "")


def test_verbose_names_each_fix_and_each_refusal(frontends: Frontends) -> None:
    place(SAFE)
    place(HEAD.format(7) + "\n\nupdate.delay(1, priority=0)\n", "more.py")
    errors = frontends.command("fix", "-v", *SELECT).errors
    assert "./tasks.py: AAC202 fixed: Use priority 5\n" in errors
    assert "./more.py:9: AAC206 not fixed: AAC201 would be violated\n" in errors


def test_a_read_only_file_is_reported_and_left_alone(frontends: Frontends) -> None:
    file = place(SAFE)
    file.chmod(0o444)
    outcome = frontends.command("fix", *SELECT)
    assert outcome.code == 2
    assert outcome.errors.startswith("aa-celery: ./tasks.py: Read-only\n")
    assert file.read_text() == SAFE


def test_a_file_that_somebody_changes_meanwhile_is_left_alone(
    frontends: Frontends, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flake8_aa_celery.cli import _write

    file = place(SAFE)
    monkeypatch.setattr(_write, "read", lambda path: b"something else")
    outcome = frontends.command("fix", *SELECT)
    assert outcome.code == 2
    assert "it was changed meanwhile" in outcome.errors
    assert file.read_text() == SAFE


def test_what_a_killed_run_has_left_is_removed(frontends: Frontends) -> None:
    place(MENDED)
    left = Path(".tasks.py.aa-celery-999999999.tmp")
    left.touch()
    frontends.command("fix", *SELECT)
    assert not left.exists()


def test_a_link_stays_a_link(frontends: Frontends) -> None:
    place(SAFE, "real.txt")
    os.symlink("real.txt", "tasks.py")
    frontends.command("fix", *SELECT, "tasks.py")
    assert os.path.islink("tasks.py")
    assert Path("real.txt").read_text() == MENDED


def test_two_processes_fix_as_one_does(frontends: Frontends) -> None:
    for name in "abcd":
        place(SAFE + "#" * 100_000 + "\n", f"{name}.py")
    outcome = frontends.command("fix", "-j", "2", *SELECT)
    assert outcome.errors == "4 violations fixed in 4 files\n"
    assert {Path(f"{name}.py").read_text()[: len(MENDED)] for name in "abcd"} == {MENDED}


MISPLACED = (
    "from celery import shared_task\n\n\n@shared_task\ndef one():\n    return 1\n\n\n"
    "@shared_task\ndef two():\n    return 2\n\n\none.delay()\n"
)


def test_tasks_are_moved_to_a_new_module(frontends: Frontends) -> None:
    Path("app").mkdir()
    place("", "app/__init__.py")
    place(MISPLACED, "app/helpers.py")
    arguments = ("fix", "--unsafe-fixes", "--isolated", "--select", "AAC101")
    outcome = frontends.command(*arguments, "app/helpers.py")
    assert (outcome.code, outcome.lines, outcome.errors) == (1, [], "2 violations fixed in 1 file\n")
    assert Path("app/helpers.py").read_text() == (
        "from .tasks import one\nfrom .tasks import two  # noqa: F401\n\n\none.delay()\n"
    )
    assert Path("app/tasks.py").read_text() == (
        'from celery import shared_task\n\n\n@shared_task(name="app.helpers.one")\ndef one():\n    return 1\n\n\n'
        '@shared_task(name="app.helpers.two")\ndef two():\n    return 2\n'
    )
    assert frontends.command(*arguments).code == 0


def test_what_a_move_would_show_in_the_file_that_it_leaves_is_seen_before_the_new_module_is_written(
    frontends: Frontends,
) -> None:
    Path("app").mkdir()
    place("", "app/__init__.py")
    file = place(MISPLACED.replace("one.delay()", "one()"), "app/helpers.py")
    arguments = ("fix", "-v", "--unsafe-fixes", "--isolated", "--select", "AAC101,AAC403")
    assert "app/helpers.py:7: AAC101 not fixed: AAC403 would be violated" in frontends.command(*arguments).errors
    once = file.read_text()
    frontends.command(*arguments)
    assert file.read_text() == once


def test_a_task_that_cannot_be_moved_stays_with_a_reason(frontends: Frontends) -> None:
    Path("app").mkdir()
    place("", "app/__init__.py")
    place("from . import helpers\n\nprint(helpers)\n", "app/tasks.py")
    file = place(MISPLACED, "app/helpers.py")
    outcome = frontends.command("fix", "-v", "--unsafe-fixes", "--isolated", "--select", "AAC101")
    assert outcome.code == 1
    assert outcome.errors.count("AAC101 not fixed: the module of tasks imports this one") == 2
    assert outcome.errors.splitlines()[-1] == "1 violation left in 1 file"
    assert file.read_text() == MISPLACED


def edited(text: str, edits: list[dict[str, Any]]) -> str:
    """A text after the edits of a report."""
    lines = text.splitlines(keepends=True)
    for edit in sorted(edits, key=lambda edit: -edit["line"]):
        lines[edit["line"] - 1 : edit["end_line"] - 1] = [edit["content"]]
    return "".join(lines)


MANY = (
    "from celery import shared_task\n\n\n@shared_task\ndef one(pk):\n    return pk\n\n\n"
    '@shared_task(priority="5")\ndef two(pk):\n    return pk\n\n\n'
    "one.delay(1, priority=7)\ntwo.delay(1, priority=7)\ntwo.apply_async(args=[1], priority=3.0)\n"
)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_report_says_what_the_fix_of_each_violation_would_change(frontends: Frontends, jobs: str) -> None:
    place(MANY)
    place(MANY, "more.py")
    select = ("--isolated", "--select=AAC2,AAC105", "--output-format=json", f"--jobs={jobs}")
    found = json.loads("".join(f"{line}\n" for line in frontends.check(*select).lines))
    assert Path("tasks.py").read_text() == MANY
    alone = [
        edited(MANY, each["fix"]["edits"])
        for each in found
        if each["path"] == "./more.py" and each["code"].startswith("AAC2")
    ]
    assert alone == [
        MANY.replace('"5"', "5"),
        MANY.replace("one.delay(1, priority=7)", "one.apply_async(args=[1], priority=7)"),
        MANY.replace("two.delay(1, priority=7)", "two.apply_async(args=[1], priority=7)"),
        MANY.replace("3.0", "3"),
    ]
    for logger in [edited(MANY, each["fix"]["edits"]) for each in found if each["code"] == "AAC105"]:
        assert "logger = logging.getLogger(__name__)\n" in logger
        assert logger.startswith("import logging\n")


def test_where_a_fix_is_refused_a_report_says_of_no_change(frontends: Frontends) -> None:
    place(HEAD.format(7) + "\n\nupdate.delay(1, priority=0)\n")
    (found,) = [
        each
        for each in json.loads("".join(frontends.check(*SELECT, "--output-format=json").lines))
        if each["code"] == "AAC206"
    ]
    assert found["fix"]["edits"] == []


def test_standard_input_is_reported_with_edits(frontends: Frontends, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SAFE.encode())))
    (found,) = json.loads("".join(frontends.check(*SELECT, "--output-format=json", "-").lines))
    assert found["fix"]["edits"][0]["content"] == "@shared_task(priority=5)\n"
