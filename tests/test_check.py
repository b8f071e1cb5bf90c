"""``aa-celery check``: what it prints where, and with which exit code it ends."""

from __future__ import annotations

import ast
import io
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery import __version__
from flake8_aa_celery.cli import _files
from flake8_aa_celery.report import formats
from frontends import CELERY, F, Frontends, write

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("fakes")

#: What closes a report of one call of f.
ONE = "1 violation in 1 file, 1 can be fixed with `aa-celery fix`\n"


def feed(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """Make bytes the standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


# -- findings and exit codes -----------------------------------------------------------------------------------


def test_nothing_found_is_silence_and_success(frontends: Frontends) -> None:
    write("a.py", "h()")
    assert frontends.check() == (0, [], "")


def test_violations_are_lines_in_order_and_exit_one(frontends: Frontends) -> None:
    write("b.py", "g(); f()", "f()")
    write("a.py", "x = f()")
    assert frontends.check("b.py", "a.py") == (
        1,
        [f"a.py:2:5: {F}", "b.py:2:1: AAC203 g is called", f"b.py:2:6: {F}", f"b.py:3:1: {F}"],
        "4 violations in 2 files, 3 can be fixed with `aa-celery fix`\n",
    )


def test_this_folder_is_checked_where_no_path_is_given(frontends: Frontends) -> None:
    write("sub/a.py", "f()")
    assert frontends.check().lines == [f"./sub/a.py:2:1: {F}"]


def test_columns_count_characters(frontends: Frontends) -> None:
    write("a.py", "'äöü€😀'; f()")
    assert frontends.check("a.py").lines == [f"a.py:2:10: {F}"]


def test_columns_count_characters_in_other_encodings(frontends: Frontends, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"# coding: latin-1\n" + CELERY.encode() + b"'\xe4'; f()\n")
    assert frontends.check("a.py").lines == [f"a.py:3:6: {F}"]


def test_a_mark_before_the_first_line_is_no_column(frontends: Frontends, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"\xef\xbb\xbff('\xc3\xa4 crontab')\n")
    assert frontends.check("a.py").lines == [f"a.py:1:1: {F}"]


def test_exit_zero_reports_and_succeeds(frontends: Frontends) -> None:
    write("a.py", "f()")
    assert frontends.check("--exit-zero", "a.py") == (0, [f"a.py:2:1: {F}"], ONE)


@pytest.mark.parametrize(("least", "code"), [("error", 0), ("warning", 1), ("convention", 1)])
def test_fail_on_fails_for_what_is_as_bad_and_reports_all(frontends: Frontends, least: str, code: int) -> None:
    write("a.py", "f()")  # a warning
    assert frontends.check("--fail-on", least, "a.py") == (code, [f"a.py:2:1: {F}"], ONE)


def test_quiet_leaves_the_exit_code_to_tell(frontends: Frontends) -> None:
    write("a.py", "f()")
    assert frontends.check("-q", "a.py") == (1, [], "")
    assert frontends.check("-q", "--output-file=report", "a.py") == (1, [], "")


def test_verbose_says_what_was_done(frontends: Frontends, tmp_path: Path) -> None:
    write("a.py", "h()")
    (tmp_path / "b.py").touch()
    outcome = frontends.check("-v")
    assert "\n2 files read, 1 of them have to do with Celery; 1 processes" in outcome.errors


def test_noqa_silences(frontends: Frontends) -> None:
    write("a.py", "f()  # noqa: AAC201", "f()  # noqa: AAC203")
    assert frontends.check("a.py").lines == [f"a.py:3:1: {F}"]


def test_rules_are_selected_and_ignored_by_prefix(frontends: Frontends) -> None:
    write("a.py", "f()", "g()", "optional()")
    assert frontends.check("--select", "AAC1,AAC201", "a.py").lines == [
        f"a.py:2:1: {F}",
        "a.py:4:1: AAC104 optional is called",
    ]
    assert frontends.check("--ignore", "AAC201", "a.py").lines == ["a.py:3:1: AAC203 g is called"]


@pytest.mark.parametrize("pattern", ["sub/*.py", "a.py", "sub/a.py"])
def test_rules_are_ignored_file_by_file(frontends: Frontends, pattern: str) -> None:
    write("sub/a.py", "f()", "g()")
    write("b.py", "f()")
    assert frontends.check("--per-file-ignores", f"{pattern}:AAC201").lines == [
        f"./b.py:2:1: {F}",
        "./sub/a.py:3:1: AAC203 g is called",
    ]


def test_a_setting_reaches_the_rules(frontends: Frontends) -> None:
    write("a.py", "f()")
    assert frontends.check("--bulk-priority", "8", "a.py").lines == ["a.py:2:1: AAC201 f is called at 8"]


@pytest.mark.parametrize("path", ["tests/a.py", "app/test_a.py", "app/migrations/a.py", "a_tests.py", "conftest.py"])
def test_test_code_is_checked_on_request(frontends: Frontends, path: str) -> None:
    write("setup.py")
    write(path, "f()")
    assert frontends.check(path) == (0, [], "")
    assert frontends.check("--check-tests", path).lines == [f"{path}:2:1: {F}"]


def test_a_project_in_a_folder_called_tests_is_checked(frontends: Frontends) -> None:
    write("tests/project/a.py", "f()")
    write("tests/project/setup.py")
    assert frontends.check("tests/project/a.py").code == 1


# -- what cannot be read or parsed -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "place", "why"),
    [
        (b"crontab(\n", "1:8", "'(' was never closed"),
        (b"# crontab\n\nx = \0\n", None, "null bytes"),
        (b"x = 'crontab \xff'\n", None, "xff"),
        (b"# coding: nonsense\n# crontab\n", None, "nonsense"),
        (b"crontab\n" + b"(" * 20_000 + b")" * 20_000, None, ""),
        (b"x = crontab, " + b"-" * 20_000 + b"1", "1:1", "it is nested too deeply"),
    ],
    ids=["syntax", "null", "bytes", "cookie", "parentheses", "signs"],
)
def test_a_file_that_is_no_python_is_one_line(
    frontends: Frontends, tmp_path: Path, data: bytes, place: str | None, why: str
) -> None:
    (tmp_path / "a.py").write_bytes(data)
    write("b.py", "f()")
    outcome = frontends.check()
    broken, other = outcome.lines
    assert (outcome.code, other) == (1, f"./b.py:2:1: {F}")
    assert outcome.errors == "2 violations in 2 files, 1 can be fixed with `aa-celery fix`\n"
    assert broken.startswith(f"./a.py:{place or ''}")
    assert "AAC900 cannot be parsed by Python 3." in broken
    assert why in broken


@pytest.mark.parametrize("is_new", [False, True], ids=["as it is", "as Python 3.14 does"])
@pytest.mark.parametrize("codec", ["rot13", "hex", "zlib", "base64", "bz2", "uu", "quopri"])
def test_a_codec_that_is_no_text_encoding_is_one_line_and_the_rest_is_checked(
    frontends: Frontends, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codec: str, is_new: bool
) -> None:
    parse = ast.parse

    def refuse(source: bytes | str, *arguments: object, **named: object) -> object:
        if isinstance(source, bytes) and source.startswith(b"# coding"):
            raise LookupError(f"'{codec}' is not a text encoding; use codecs.open() to handle arbitrary codecs")
        return parse(source, *arguments, **named)  # type: ignore[call-overload]

    if is_new:
        monkeypatch.setattr(ast, "parse", refuse)
    (tmp_path / "a.py").write_text(f"# coding: {codec}\n# crontab\n")
    write("b.py", "f()")
    for command in ("check", "fix"):
        outcome = frontends.command(command, "--select=AAC203,AAC201,AAC9", "--diff" if command == "fix" else "--quiet")
        assert outcome.code == 1
        assert "Traceback" not in outcome.errors
    broken, other = frontends.check().lines
    assert broken.startswith("./a.py:1:1: AAC900 cannot be parsed by Python 3.")
    assert f"'{codec}' is not a text encoding" in broken
    assert other == f"./b.py:2:1: {F}"
    assert frontends.check("--add-noqa").code == 1


def test_a_file_without_celery_is_not_parsed(frontends: Frontends, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"f(\n\0\xff")
    assert frontends.check() == (0, [], "")


def test_a_warning_of_the_parser_is_not_shown(frontends: Frontends) -> None:
    write("a.py", "x = '\\d'", "1 is 1")
    command = [sys.executable, "-W", "error", "-m", "flake8_aa_celery", "check", "a.py"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stderr == ""


def test_a_crash_in_a_rule_is_one_line_and_the_others_go_on(frontends: Frontends) -> None:
    write("a.py", "crash()", "crash()", "f()")
    crashed, other = frontends.check("a.py").lines
    assert crashed.startswith("a.py:1:1: AAC999 rule AAC401 (crash) crashed: KeyError: 2 at frontends.py:")
    assert crashed.endswith(f"; please report this line to flake8-aa-celery {__version__}")
    assert other == f"a.py:4:1: {F}"


@pytest.mark.parametrize("error", [ZeroDivisionError, RecursionError])
def test_a_crash_in_the_model_is_one_line(
    error: type[Exception], frontends: Frontends, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise error("of the model")

    monkeypatch.setattr("flake8_aa_celery.model.code.project.Project.module", broken)
    write("a.py", "f()")
    (line,) = frontends.check("a.py").lines
    assert line.startswith(f"a.py:1:1: AAC999 the model crashed: {error.__name__}: of the model at test_check.py:")


def test_a_rule_that_follows_too_far_is_not_the_fault_of_the_file(
    frontends: Frontends, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless() -> None:  # with `*_` as parameters Python 3.13.0 never stops it
        endless()

    monkeypatch.setattr("frontends.crash", lambda *_: endless())
    write("a.py", "f()")
    crashed, other = frontends.check("a.py").lines
    assert crashed.startswith("a.py:1:1: AAC999 rule AAC401 (crash) crashed: RecursionError: maximum recursion depth")
    assert other == f"a.py:2:1: {F}"


def test_a_path_that_does_not_exist_is_misuse_and_the_rest_is_checked(frontends: Frontends) -> None:
    write("a.py", "f()")
    assert frontends.check("none.py", "a.py", "--exit-zero") == (
        2,
        [f"a.py:2:1: {F}"],
        "aa-celery: none.py: No such file or directory\n" + ONE,
    )


def test_a_file_that_cannot_be_read_is_named_and_the_rest_is_checked(
    frontends: Frontends, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(path: str) -> bytes:
        if path == "a.py":
            raise PermissionError(13, "Permission denied", path)
        return b"f()  # crontab\n"

    monkeypatch.setattr(_files, "read", unreadable)
    write("a.py")
    write("b.py")
    assert frontends.check("a.py", "b.py") == (2, [f"b.py:1:1: {F}"], f"aa-celery: a.py: Permission denied\n{ONE}")


# -- standard input and output ---------------------------------------------------------------------------------


def test_standard_input_is_checked(frontends: Frontends, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, b"f()  # crontab\r\n")
    assert frontends.check("-").lines == [f"stdin:1:1: {F}"]


def test_standard_input_may_say_where_it_would_be_a_file(frontends: Frontends, monkeypatch: pytest.MonkeyPatch) -> None:
    write("setup.py")
    write("b.py", "f()")
    feed(monkeypatch, b"f()  # crontab\n")
    assert frontends.check("--stdin-filename", "c.py", "-", "b.py").lines == [f"b.py:2:1: {F}", f"c.py:1:1: {F}"]
    feed(monkeypatch, b"f()  # crontab\n")
    assert frontends.check("--stdin-filename", "tests/c.py", "-").lines == []


def test_standard_input_without_celery_is_nothing(frontends: Frontends, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, b"f()\n")
    assert frontends.check("-") == (0, [], "")


def test_the_report_can_go_into_a_file(frontends: Frontends, tmp_path: Path) -> None:
    write("a.py", "f()")
    assert frontends.check("--output-file", "report.txt", "a.py") == (1, [], ONE)
    assert (tmp_path / "report.txt").read_text() == f"a.py:2:1: {F}\n"


@pytest.mark.parametrize("name", formats())
def test_a_summary_is_said_where_the_report_goes_into_a_file(frontends: Frontends, name: str) -> None:
    write("a.py", "f()")
    assert frontends.check(f"--output-format={name}", "--output-file=report", "a.py") == (1, [], ONE)
    write("a.py")
    assert frontends.check(f"--output-format={name}", "--output-file=report", "a.py") == (0, [], "No violations\n")


@pytest.mark.parametrize("name", formats())
def test_a_report_that_people_read_has_a_summary_in_a_pipe_too(frontends: Frontends, name: str) -> None:
    write("a.py", "f()")
    errors = frontends.check(f"--output-format={name}", "a.py").errors
    assert errors == (ONE if name in ("text", "concise", "pylint", "github") else "")


# -- nothing is checked ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["check", "fix"])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("empty",), "nothing was checked: there is no file to check in empty"),
        (("empty", "build"), "nothing was checked: there is no file to check in empty, build"),
        ((".", "--exclude=*"), "nothing was checked: there is no file to check in ."),
        (("x.py", "--exclude=x.py", "--force-exclude"), "nothing was checked: x.py is excluded"),
        (("tests",), "nothing was checked: what there is in tests is test code, or migrations (see --check-tests)"),
    ],
)
def test_where_nothing_is_checked_it_is_said(
    frontends: Frontends, tmp_path: Path, command: str, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "empty").mkdir()
    write("build/node_modules/x.py")
    write("tests/test_x.py")
    write("x.py")
    assert frontends.command(command, *arguments) == (0, [], f"aa-celery: {said}\n")
    assert frontends.command(command, "-q", *arguments).errors == ""


def test_a_file_without_celery_was_checked(frontends: Frontends, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    assert frontends.check() == (0, [], "")


def test_where_a_path_does_not_exist_no_more_is_said(frontends: Frontends) -> None:
    assert frontends.check("none") == (2, [], "aa-celery: none: No such file or directory\n")


# -- noqa --------------------------------------------------------------------------------------------------------------


def test_noqa_can_be_ignored(frontends: Frontends) -> None:
    write("a.py", "f()  # noqa", "f()  # noqa: AAC201")
    assert frontends.check("a.py").lines == []
    assert frontends.check("--ignore-noqa", "a.py").lines == [f"a.py:2:1: {F}", f"a.py:3:1: {F}"]
    assert (
        frontends.check("--ignore-noqa", "a.py").lines
        == frontends.flake8("--disable-noqa", "--select=AAC", "a.py").lines
    )


@pytest.mark.parametrize("other", ["--fix", "--diff", "--add-noqa"])
def test_noqa_is_heeded_where_something_is_changed(frontends: Frontends, other: str) -> None:
    assert frontends.check("--ignore-noqa", other).code == 2


def test_a_report_that_cannot_be_written_is_misuse(frontends: Frontends) -> None:
    write("a.py", "f()")
    outcome = frontends.check("--output-file", "none/report.txt", "a.py")
    assert (outcome.code, outcome.errors) == (2, "aa-celery: none/report.txt: No such file or directory\n")


def test_statistics_follow_the_lines(frontends: Frontends) -> None:
    write("a.py", "g()", "f()", "f()")
    assert frontends.check("--statistics", "a.py").lines[3:] == [
        "2 AAC201 [*] call-of-f",
        "1 AAC203 [ ] call-of-g",
        "[*] can be fixed with `aa-celery fix`",
    ]


def test_statistics_do_not_spoil_a_format_for_programs(frontends: Frontends) -> None:
    write("a.py", "f()")
    outcome = frontends.check("--statistics", "--output-format", "json", "a.py")
    assert json.loads("\n".join(outcome.lines))[0]["code"] == "AAC201"
    assert outcome.errors.startswith("1 AAC201 [*] call-of-f\n")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such file names")
def test_a_file_name_that_cannot_be_printed_is_escaped(frontends: Frontends) -> None:
    write(os.fsdecode(b"\xff.py"), "f()")
    assert frontends.check().lines == [rf"./\udcff.py:2:1: {F}"]


def test_excluded_files_that_are_named_are_left_out_where_that_is_forced(frontends: Frontends, tmp_path: Path) -> None:
    write("build/a.py", "f()")
    write("b.py", "f()")
    assert frontends.check("build/a.py").code == 1
    assert frontends.check("--force-exclude", "build/a.py", "b.py").lines == [f"b.py:2:1: {F}"]
    (tmp_path / "pyproject.toml").write_text(
        '[tool.flake8-aa-celery]\nforce-exclude = true\nextend-exclude = ["b.py"]\n'
    )
    assert frontends.check("build/a.py", "b.py").lines == []
    assert frontends.check("--no-force-exclude", "build/a.py").code == 1


@pytest.mark.parametrize("command", ["check", "fix"])
def test_standard_input_that_would_be_an_excluded_file_is_left_out_where_that_is_forced(
    frontends: Frontends, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    arguments = ("-", "--stdin-filename=build/a.py", "--force-exclude")
    source = "import celery\nf()\n"
    feed(monkeypatch, source.encode())
    outcome = frontends.command(command, *arguments)
    assert (outcome.code, outcome.lines) == (0, source.splitlines() if command == "fix" else [])
