"""The command: what it prints where, and with which exit code it ends."""

from __future__ import annotations

import io
import json
import os
import pickle
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doors import CELERY, FAKES, Doors
from flake8_aa_celery import __version__
from flake8_aa_celery.cli import _arguments, _files, _workers, check
from flake8_aa_celery.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("fakes")
F = "AAC201 f is called at 7"


def write(path: str, *lines: str) -> None:
    """Write a module that has to do with Celery; its own lines begin with the second."""
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(CELERY + "".join(f"{line}\n" for line in lines))


def feed(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """Make bytes the standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


# -- check: findings and exit codes -----------------------------------------------------------------------------------


def test_nothing_found_is_silence_and_success(doors: Doors) -> None:
    write("a.py", "h()")
    assert doors.check() == (0, [], "")


def test_violations_are_lines_in_order_and_exit_one(doors: Doors) -> None:
    write("b.py", "g(); f()", "f()")
    write("a.py", "x = f()")
    assert doors.check("b.py", "a.py") == (
        1,
        [f"a.py:2:5: {F}", "b.py:2:1: AAC203 g is called", f"b.py:2:6: {F}", f"b.py:3:1: {F}"],
        "",
    )


def test_this_folder_is_checked_where_no_path_is_given(doors: Doors) -> None:
    write("sub/a.py", "f()")
    assert doors.check().lines == [f"./sub/a.py:2:1: {F}"]


def test_columns_count_characters(doors: Doors) -> None:
    write("a.py", "'äöü€😀'; f()")
    assert doors.check("a.py").lines == [f"a.py:2:10: {F}"]


def test_columns_count_characters_in_other_encodings(doors: Doors, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"# coding: latin-1\n" + CELERY.encode() + b"'\xe4'; f()\n")
    assert doors.check("a.py").lines == [f"a.py:3:6: {F}"]


def test_a_mark_before_the_first_line_is_no_column(doors: Doors, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"\xef\xbb\xbff('\xc3\xa4 crontab')\n")
    assert doors.check("a.py").lines == [f"a.py:1:1: {F}"]


def test_exit_zero_reports_and_succeeds(doors: Doors) -> None:
    write("a.py", "f()")
    assert doors.check("--exit-zero", "a.py") == (0, [f"a.py:2:1: {F}"], "")


def test_quiet_leaves_the_exit_code_to_tell(doors: Doors) -> None:
    write("a.py", "f()")
    assert doors.check("-q", "a.py") == (1, [], "")


def test_verbose_says_what_was_done(doors: Doors, tmp_path: Path) -> None:
    write("a.py", "h()")
    (tmp_path / "b.py").touch()
    outcome = doors.check("-v")
    assert outcome.errors.startswith("2 files read, 1 of them have to do with Celery; 1 processes")


def test_noqa_silences(doors: Doors) -> None:
    write("a.py", "f()  # noqa: AAC201", "f()  # noqa: AAC203")
    assert doors.check("a.py").lines == [f"a.py:3:1: {F}"]


def test_rules_are_selected_and_ignored_by_prefix(doors: Doors) -> None:
    write("a.py", "f()", "g()", "optional()")
    assert doors.check("--select", "AAC1,AAC201", "a.py").lines == [
        f"a.py:2:1: {F}",
        "a.py:4:1: AAC104 optional is called",
    ]
    assert doors.check("--ignore", "AAC201", "a.py").lines == ["a.py:3:1: AAC203 g is called"]


@pytest.mark.parametrize("pattern", ["sub/*.py", "a.py", "sub/a.py"])
def test_rules_are_ignored_file_by_file(doors: Doors, pattern: str) -> None:
    write("sub/a.py", "f()", "g()")
    write("b.py", "f()")
    assert doors.check("--per-file-ignores", f"{pattern}:AAC201").lines == [
        f"./b.py:2:1: {F}",
        "./sub/a.py:3:1: AAC203 g is called",
    ]


def test_a_setting_reaches_the_rules(doors: Doors) -> None:
    write("a.py", "f()")
    assert doors.check("--bulk-priority", "8", "a.py").lines == ["a.py:2:1: AAC201 f is called at 8"]


@pytest.mark.parametrize("path", ["tests/a.py", "app/test_a.py", "app/migrations/a.py", "a_tests.py", "conftest.py"])
def test_test_code_is_checked_on_request(doors: Doors, path: str) -> None:
    write("setup.py")
    write(path, "f()")
    assert doors.check(path) == (0, [], "")
    assert doors.check("--check-tests", path).lines == [f"{path}:2:1: {F}"]


def test_a_project_in_a_folder_called_tests_is_checked(doors: Doors) -> None:
    write("tests/project/a.py", "f()")
    write("tests/project/setup.py")
    assert doors.check("tests/project/a.py").code == 1


# -- check: what cannot be read or parsed -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "place", "why"),
    [
        (b"crontab(\n", "1:8", "'(' was never closed"),
        (b"# crontab\n\nx = \0\n", None, "null bytes"),
        (b"x = 'crontab \xff'\n", None, "'utf-8' codec can't decode byte 0xff"),
        (b"# coding: nonsense\n# crontab\n", None, "nonsense"),
        (b"crontab\n" + b"(" * 20_000 + b")" * 20_000, None, ""),
        (b"x = crontab" + b".a" * 20_000, "1:1", "it is nested too deeply"),
        (b"x = crontab, " + b"-" * 20_000 + b"1", "1:1", "it is nested too deeply"),
    ],
    ids=["syntax", "null", "bytes", "cookie", "parentheses", "attributes", "signs"],
)
def test_a_file_that_is_no_python_is_one_line(
    doors: Doors, tmp_path: Path, data: bytes, place: str | None, why: str
) -> None:
    (tmp_path / "a.py").write_bytes(data)
    write("b.py", "f()")
    outcome = doors.check()
    broken, other = outcome.lines
    assert (outcome.code, other, outcome.errors) == (1, f"./b.py:2:1: {F}", "")
    assert broken.startswith(f"./a.py:{place or ''}")
    assert "AAC900 cannot be parsed by Python 3." in broken
    assert why in broken


def test_a_file_without_celery_is_not_parsed(doors: Doors, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"f(\n\0\xff")
    assert doors.check() == (0, [], "")


def test_a_warning_of_the_parser_is_not_shown(doors: Doors) -> None:
    write("a.py", "x = '\\d'", "1 is 1")
    command = [sys.executable, "-W", "error", "-m", "flake8_aa_celery", "check", "a.py"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stderr == ""


def test_a_crash_in_a_rule_is_one_line_and_the_others_go_on(doors: Doors) -> None:
    write("a.py", "crash()", "crash()", "f()")
    crashed, other = doors.check("a.py").lines
    assert crashed.startswith("a.py:1:1: AAC999 rule AAC401 (crash) crashed: KeyError: 2 at doors.py:")
    assert crashed.endswith(f"; please report this line to flake8-aa-celery {__version__}")
    assert other == f"a.py:4:1: {F}"


def test_a_crash_in_the_model_is_one_line(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("of the model")

    monkeypatch.setattr("flake8_aa_celery.model.project.Project.module", broken)
    write("a.py", "f()")
    (line,) = doors.check("a.py").lines
    assert line.startswith("a.py:1:1: AAC999 the model crashed: ZeroDivisionError: of the model at test_cli.py:")


def test_a_path_that_does_not_exist_is_misuse_and_the_rest_is_checked(doors: Doors) -> None:
    write("a.py", "f()")
    assert doors.check("none.py", "a.py", "--exit-zero") == (
        2,
        [f"a.py:2:1: {F}"],
        "aa-celery: none.py: No such file or directory\n",
    )


def test_a_file_that_cannot_be_read_is_named_and_the_rest_is_checked(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(path: str) -> bytes:
        if path == "a.py":
            raise PermissionError(13, "Permission denied", path)
        return b"f()  # crontab\n"

    monkeypatch.setattr(_files, "read", unreadable)
    write("a.py")
    write("b.py")
    assert doors.check("a.py", "b.py") == (2, [f"b.py:1:1: {F}"], "aa-celery: a.py: Permission denied\n")


# -- check: standard input and output ---------------------------------------------------------------------------------


def test_standard_input_is_checked(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, b"f()  # crontab\r\n")
    assert doors.check("-").lines == [f"stdin:1:1: {F}"]


def test_standard_input_may_say_where_it_would_be_a_file(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    write("setup.py")
    write("b.py", "f()")
    feed(monkeypatch, b"f()  # crontab\n")
    assert doors.check("--stdin-filename", "c.py", "-", "b.py").lines == [f"b.py:2:1: {F}", f"c.py:1:1: {F}"]
    feed(monkeypatch, b"f()  # crontab\n")
    assert doors.check("--stdin-filename", "tests/c.py", "-").lines == []


def test_standard_input_without_celery_is_nothing(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, b"f()\n")
    assert doors.check("-") == (0, [], "")


def test_the_report_can_go_into_a_file(doors: Doors, tmp_path: Path) -> None:
    write("a.py", "f()")
    assert doors.check("--output-file", "report.txt", "a.py") == (1, [], "")
    assert (tmp_path / "report.txt").read_text() == f"a.py:2:1: {F}\n"


def test_a_report_that_cannot_be_written_is_misuse(doors: Doors) -> None:
    write("a.py", "f()")
    outcome = doors.check("--output-file", "none/report.txt", "a.py")
    assert (outcome.code, outcome.errors) == (2, "aa-celery: none/report.txt: No such file or directory\n")


def test_statistics_follow_the_lines(doors: Doors) -> None:
    write("a.py", "g()", "f()", "f()")
    assert doors.check("--statistics", "a.py").lines[3:] == [
        "2 AAC201 [*] call-of-f",
        "1 AAC203 [ ] call-of-g",
        "[*] can be fixed with `aa-celery fix`",
    ]


def test_statistics_do_not_spoil_a_format_for_programs(doors: Doors) -> None:
    write("a.py", "f()")
    outcome = doors.check("--statistics", "--output-format", "json", "a.py")
    assert json.loads("\n".join(outcome.lines))[0]["code"] == "AAC201"
    assert outcome.errors.startswith("1 AAC201 [*] call-of-f\n")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such file names")
def test_a_file_name_that_cannot_be_printed_is_escaped(doors: Doors) -> None:
    write(os.fsdecode(b"\xff.py"), "f()")
    assert doors.check().lines == [rf"./\udcff.py:2:1: {F}"]


# -- check: processes -------------------------------------------------------------------------------------------------


def test_processes_change_nothing(doors: Doors) -> None:
    for number in range(23):
        write(f"m{number}.py", *["f()"] * number, "g()  # noqa" if number % 3 else "g()")
    serial = doors.check("-j", "1")
    assert len(serial.lines) == sum(range(23)) + 8
    for jobs in ("2", "3", "7", "50"):
        assert doors.check("-j", jobs) == serial


@pytest.mark.parametrize("jobs", ["0", "-1", "many", "²", "9" * 20])
def test_a_strange_number_of_processes_is_one_line_and_misuse(doors: Doors, jobs: str) -> None:
    complaint = f"aa-celery: --jobs must be a whole number from 1, not {jobs!r}\n"
    assert doors.check(f"--jobs={jobs}") == (2, [], complaint)


def test_few_bytes_are_linted_in_this_process() -> None:
    assert _workers.processes(None, [("a.py", b"x" * 1000)]) == 1


def test_many_bytes_are_shared_by_all_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 5}, raising=False)
    assert _workers.processes(None, [("a.py", b"x" * 10_000_000)]) == 3


def test_where_nothing_can_be_forked_everything_is_linted_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    files = [(f"m{number}.py", b"f()  # crontab") for number in range(4)]
    results = _workers.lint_all(files, Settings(), 4)
    assert [result.path for result in results if result.violations] == [path for path, _ in files]


def test_a_process_sends_what_it_found_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def end(code: int) -> None:
        raise SystemExit(code)

    monkeypatch.setattr(os, "_exit", end)
    reader, writer = os.pipe()
    with pytest.raises(SystemExit) as ended:
        _workers._work_and_exit([("a.py", b"f()")], lambda files: [path for path, _ in files], writer)
    with open(reader, "rb") as pipe:
        assert pickle.loads(pipe.read()) == ["a.py"]
    assert ended.value.code == 0


def test_a_process_that_is_killed_is_misuse(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    write("a.py", "f()")
    write("b.py", "f()")
    parent = os.getpid()

    def killed(*_: object) -> list[object]:
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return []

    monkeypatch.setattr(_workers, "check", killed)
    assert doors.check("-j", "2") == (2, [], "aa-celery: a process that checks files ended with -9\n")


# -- the ends of a run ------------------------------------------------------------------------------------------------


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_an_interrupt_is_quiet(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "lint_all", interrupted)
    assert doors.check() == (130, [], "")


def test_an_interrupt_while_a_class_is_made_is_quiet(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    class Field:
        __set_name__ = interrupted

    def make_class(*_: object) -> None:
        type("Node", (), {"field": Field()})

    monkeypatch.setattr(check, "lint_all", make_class)
    assert doors.check() == (130, [], "")


def test_a_crash_that_is_no_interrupt_is_not_hidden(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(check, "lint_all", crash)
    with pytest.raises(RuntimeError):
        doors.check()


def test_an_interrupt_leaves_no_process_behind(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    write("a.py", "f()")
    write("b.py", "f()")
    parent = os.getpid()

    def slow(*_: object) -> list[object]:
        if os.getpid() == parent:
            raise KeyboardInterrupt
        time.sleep(60)
        return []

    started: list[int] = []

    def forked(fork: Callable[[], int] = os.fork) -> int:
        started.append(fork())
        return started[-1]

    monkeypatch.setattr(_workers, "check", slow)
    monkeypatch.setattr(os, "fork", forked)
    began = time.monotonic()
    assert doors.check("-j", "2") == (130, [], "")
    assert time.monotonic() - began < 30
    (child,) = started
    with pytest.raises(ChildProcessError):
        os.waitpid(child, os.WNOHANG)


def run(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "flake8_aa_celery", *arguments]
    return subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def assert_ends_quietly_when_nobody_reads(process: subprocess.Popen[str]) -> None:
    """It says nothing, and ends as what a signal of a closed pipe ends."""
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait() == 141


def test_a_closed_pipe_is_quiet(doors: Doors) -> None:
    with open("a.py", "w", encoding="utf-8") as file:
        file.write("crontab(\n")
    process = run("check")
    assert_ends_quietly_when_nobody_reads(process)


def test_a_closed_pipe_is_quiet_in_colour_too(doors: Doors) -> None:
    write("tasks.py", "@shared_task", "def f():", *["    f.delay(priority=3)"] * 2000)
    process = run("check", "--color=always")
    assert_ends_quietly_when_nobody_reads(process)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full disk to write to")
@pytest.mark.parametrize("arguments", [["check", "a.py"], ["rules"], ["--help"], ["graph", "--format=html"]], ids=str)
def test_an_output_that_takes_nothing_is_one_line_and_misuse(doors: Doors, arguments: list[str]) -> None:
    write("a.py", "(")
    command = [sys.executable, "-m", "flake8_aa_celery", *arguments]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "aa-celery: standard output: No space left on device"
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell that closes streams")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [("check a.py <&- >&- 2>&-", 1), ("check none.py >&- 2>&-", 2), ("check - <&-", 0), ("check none.py a.py 2>&-", 2)],
)
def test_closed_streams_are_no_crash(doors: Doors, arguments: str, code: int) -> None:
    write("a.py", "(")
    done = subprocess.run(f"{sys.executable} -m flake8_aa_celery {arguments}", shell=True, capture_output=True)
    assert (done.returncode, done.stderr) == (code, b"")
    assert b"none.py" not in done.stdout


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
@pytest.mark.parametrize("arguments", [["--help"], ["graph"], ["rule", "AAC205"], ["check", "--color=always"]], ids=str)
def test_what_an_encoding_does_not_have_is_said_in_its_own_signs(
    doors: Doors, arguments: list[str], encoding: str
) -> None:
    write("tasks.py", "@shared_task", "def f():", f"    f.delay({'x' * 100}, priority=3)")
    environment = os.environ | {"PYTHONIOENCODING": encoding, "COLUMNS": "60"}
    command = [sys.executable, "-m", "flake8_aa_celery", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (int(arguments[0] == "check"), b"")
    assert b"\\u" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["check", "a.py"], 1), (["--version"], 0), (["check", "none.py"], 2), (["nonsense"], 2)],
    ids=str,
)
def test_the_module_is_the_command(doors: Doors, arguments: list[str], code: int) -> None:
    with open("a.py", "w", encoding="utf-8") as file:
        file.write("crontab(\n")
    process = run(*arguments)
    process.communicate()
    assert process.returncode == code


# -- other commands ---------------------------------------------------------------------------------------------------


def test_the_version_is_printed(doors: Doors) -> None:
    assert doors.command("--version") == (0, [f"aa-celery {__version__}"], "")
    assert doors.check("--version") == (0, [f"aa-celery {__version__}"], "")


def test_help_lists_the_commands(doors: Doors) -> None:
    outcome = doors.command("--help")
    assert outcome.code == 0
    assert ["check", check.HELP] in [line.split(maxsplit=1) for line in outcome.lines]


def test_nothing_is_misuse_and_helped(doors: Doors) -> None:
    outcome = doors.command()
    assert (outcome.code, outcome.lines, outcome.errors) == (2, [], "\n".join(doors.command("-h").lines) + "\n")


def test_an_unknown_command_suggests_the_nearest(doors: Doors) -> None:
    assert doors.command("chek") == (2, [], "aa-celery: there is no command 'chek'; did you mean 'check'?\n")


def test_an_unknown_option_is_misuse(doors: Doors) -> None:
    assert doors.check("--nonsense").code == 2


# -- how the command line is read -------------------------------------------------------------------------------------


WORDS = st.sampled_from([
    "a.py", "-", "", "b c", "-q", "-v", "--quiet", "-qv", "--isolated", "--isol", "--check-tests", "-j", "2", "-j2",
    "--no-check-tests", "--select", "--select=AAC2", "--select=", "AAC2", "--output-format", "json", "--color=never",
    "--config", "--config=a=b", "--output-format=xml", "--quiet=1", "-j=2", "--baseline", "-x", "--nonsense", "-1",
])  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.lists(WORDS, max_size=6))
def test_a_plain_command_line_is_read_as_argparse_would(words: list[str]) -> None:
    reader, parser = _arguments.Reader(), ArgumentParser(exit_on_error=False)
    check.add_arguments(reader)  # type: ignore[arg-type]  # as far as the types know
    check.add_arguments(parser)
    try:
        plain = reader.parse_args(words)
    except _arguments.NotPlainError:
        return
    assert vars(plain) == vars(parser.parse_intermixed_args(words))


def test_options_and_paths_may_stand_in_any_order(doors: Doors) -> None:
    write("a.py", "f()")
    write("b.py", "f()")
    assert doors.check("a.py", "--isolated", "b.py", "--color", "never").lines == [f"a.py:2:1: {F}", f"b.py:2:1: {F}"]


@pytest.mark.parametrize("before", [(), ("-q",), ("--qui",)])
def test_behind_two_dashes_there_are_only_paths(doors: Doors, before: tuple[str, ...]) -> None:
    write("-x.py", "f()")
    assert doors.check(*before, "--", "-x.py").code == 1


def test_every_option_is_shown_with_help(doors: Doors) -> None:
    lines = doors.check("--help").lines
    assert any("--profile" in line for line in lines)
    assert any("one of alliance-auth, celery" in " ".join(pair) for pair in pairwise(lines))


def test_the_arguments_of_the_process_are_the_default(
    doors: Doors, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from flake8_aa_celery.cli import main

    monkeypatch.setattr(sys, "argv", ["aa-celery", "--version"])
    assert main() == 0


@pytest.mark.parametrize("word", ["AAC201", "aac201", "call-of-f", "Call-of-F"])
def test_a_rule_is_shown_by_code_or_name(doors: Doors, word: str) -> None:
    assert doors.command("rule", word) == (
        0,
        [
            "# AAC201 call-of-f",
            "",
            "On by default. Profiles: alliance-auth, celery. Fix: safe.",
            "",
            "Calls of f.",
        ],
        "",
    )


def test_an_unknown_rule_suggests_the_nearest(doors: Doors) -> None:
    assert doors.command("rule", "AAC201", "cal-of-g") == (
        2,
        [],
        "aa-celery: there is no rule 'cal-of-g'; did you mean 'call-of-g'?\n",
    )


def test_all_rules_are_listed(doors: Doors, fakes: dict[str, object]) -> None:
    lines = doors.command("rules").lines
    assert len(lines) == len(fakes) == len(FAKES) + 2
    assert lines[0].split() == ["AAC104", "call-of-optional", "off", "fix:", "none", "alliance-auth,", "celery"]


def test_the_rules_of_a_profile_are_listed(doors: Doors) -> None:
    lines = doors.command("rules", "--profile=celery").lines
    assert [line.split()[0] for line in lines] == ["AAC201", "AAC203", "AAC401", "AAC900", "AAC999"]


def test_nothing_of_what_is_checked_is_run(doors: Doors) -> None:
    trap: Callable[[str], None] = lambda path: write(path, "import os", "os.mkdir('run')")  # noqa: E731
    for path in ("a.py", "celery.py", "conftest.py", "sitecustomize.py", "setup.py", "app/__init__.py", "json.py"):
        trap(path)
    process = run("check")
    process.communicate()
    assert not os.path.exists("run")
