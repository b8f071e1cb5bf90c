"""The command: its subcommands, and how its arguments are read."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery import __version__
from flake8_aa_celery.cli import check
from frontends import FAKES, F, Frontends, start, write

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("fakes")


def test_the_version_is_printed(frontends: Frontends) -> None:
    assert frontends.command("--version") == (0, [f"aa-celery {__version__}"], "")
    assert frontends.check("--version") == (0, [f"aa-celery {__version__}"], "")


def test_help_lists_the_commands(frontends: Frontends) -> None:
    outcome = frontends.command("--help")
    assert outcome.code == 0
    assert ["check", check.HELP] in [line.split(maxsplit=1) for line in outcome.lines]


def test_nothing_is_misuse_and_helped(frontends: Frontends) -> None:
    outcome = frontends.command()
    assert (outcome.code, outcome.lines, outcome.errors) == (2, [], "\n".join(frontends.command("-h").lines) + "\n")


def test_an_unknown_command_suggests_the_nearest(frontends: Frontends) -> None:
    assert frontends.command("chek") == (2, [], "aa-celery: there is no command 'chek'; did you mean 'check'?\n")


@pytest.mark.parametrize("name", [".", "app", "app/tasks.py", "tasks.py", "none/there", "README.md"])
def test_a_path_without_a_command_suggests_to_check_it(frontends: Frontends, name: str) -> None:
    os.mkdir("app")
    error = f"aa-celery: there is no command {name!r}; did you mean 'check {name}'?\n"
    assert frontends.command(name) == (2, [], error)


def test_an_option_without_a_command_suggests_one(frontends: Frontends) -> None:
    error = "aa-celery: there is no option without a command '--fix'; did you mean 'check --fix'?\n"
    assert frontends.command("--fix", ".") == (2, [], error)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("check", "--slect", "AAC2"), "aa-celery check has no option '--slect'; did you mean '--select'?"),
        (("check", "a.py", "--exitzero"), "aa-celery check has no option '--exitzero'; did you mean '--exit-zero'?"),
        (("check", "--statistic=1x", "--outptu-file=x"), "argument --statistics: ignored explicit argument '1x'"),
        (("check", "--outptu-file=x"), "aa-celery check has no option '--outptu-file'; did you mean '--output-file'?"),
        (("check", "--xyzzy"), "aa-celery check has no option '--xyzzy'"),
        (("fix", "--", "-x", "--fxi"), "-x: No such file or directory"),
        (("fix", "--add-noqa"), "aa-celery fix has no option '--add-noqa'"),
        (("rules", "AAC201"), "aa-celery rules: there is nothing to be done with 'AAC201'"),
        (("check", "--select"), "argument --select: expected one argument"),
    ],
    ids=str,
)
def test_misuse_is_one_line(frontends: Frontends, arguments: tuple[str, ...], error: str) -> None:
    outcome = frontends.command(*arguments)
    assert (outcome.code, outcome.lines) == (2, [])
    assert outcome.errors.splitlines()[0] == f"aa-celery: {error}"
    assert len(outcome.errors.splitlines()) == (2 if "--" in arguments else 1)


@pytest.mark.parametrize("name", ["check", "completion", "facts", "fix", "graph", "rule", "rules", "trace"])
def test_the_usage_is_one_line(frontends: Frontends, name: str) -> None:
    usage, empty, *_ = frontends.command(name, "--help").lines
    assert usage.startswith(f"usage: aa-celery {name} [OPTION …]")
    assert empty == ""


# -- how the command line is read -------------------------------------------------------------------------------------


def test_options_and_paths_may_stand_in_any_order(frontends: Frontends) -> None:
    write("a.py", "f()")
    write("b.py", "f()")
    assert frontends.check("a.py", "--isolated", "b.py", "--color", "never").lines == [
        f"a.py:2:1: {F}",
        f"b.py:2:1: {F}",
    ]


@pytest.mark.parametrize("before", [(), ("-q",), ("--qui",)])
def test_behind_two_dashes_there_are_only_paths(frontends: Frontends, before: tuple[str, ...]) -> None:
    write("-x.py", "f()")
    assert frontends.check(*before, "--", "-x.py").code == 1


def test_every_option_is_shown_with_help(frontends: Frontends) -> None:
    lines = frontends.check("--help").lines
    assert any("--profile" in line for line in lines)
    assert "one of auto, alliance-auth, celery" in " ".join(" ".join(lines).split())


def test_the_arguments_of_the_process_are_the_default(
    frontends: Frontends, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from flake8_aa_celery.cli import main

    monkeypatch.setattr(sys, "argv", ["aa-celery", "--version"])
    assert main() == 0


@pytest.mark.parametrize("word", ["AAC201", "aac201", "call-of-f", "Call-of-F"])
def test_a_rule_is_shown_by_code_or_name(frontends: Frontends, word: str) -> None:
    assert frontends.command("rule", word) == (
        0,
        [
            "# AAC201 call-of-f",
            "",
            "Severity: warning. On by default. Profiles: alliance-auth, celery. Fix: safe.",
            "",
            "Calls of f.",
        ],
        "",
    )


def test_an_unknown_rule_suggests_the_nearest(frontends: Frontends) -> None:
    assert frontends.command("rule", "AAC201", "cal-of-g") == (
        2,
        [],
        "aa-celery: there is no rule 'cal-of-g'; did you mean 'call-of-g'?\n",
    )


def test_a_rule_is_an_object_for_programs(frontends: Frontends) -> None:
    expected = {
        "code": "AAC201",
        "name": "call-of-f",
        "summary": "Calls of f.",
        "severity": "warning",
        "default": True,
        "profiles": ["alliance-auth", "celery"],
        "fix": "safe",
        "url": "https://flake8-aa-celery.readthedocs.io/en/latest/rules/AAC201.html",
        "explanation": "Calls of f.",
    }
    assert json.loads("".join(frontends.command("rule", "call-of-f", "--output-format=json").lines)) == expected
    several = json.loads("".join(frontends.command("rule", "AAC203", "AAC201", "--output-format=json").lines))
    assert [rule["code"] for rule in several] == ["AAC203", "AAC201"]
    assert several[1] == expected


def test_all_rules_can_be_shown(frontends: Frontends, fakes: dict[str, object]) -> None:
    lines = frontends.command("rule", "--all").lines
    assert [line.split()[1] for line in lines if line.startswith("# AAC")] == list(fakes)
    shown = json.loads("".join(frontends.command("rule", "--all", "--output-format=json").lines))
    assert [rule["code"] for rule in shown] == list(fakes)
    assert shown == json.loads("".join(frontends.command("rules", "--output-format=json").lines))


@pytest.mark.parametrize("arguments", [(), ("--all", "AAC201")])
def test_either_some_rules_are_named_or_all(frontends: Frontends, arguments: tuple[str, ...]) -> None:
    error = "aa-celery: name the rules by their codes or names, or all of them by --all\n"
    assert frontends.command("rule", *arguments) == (2, [], error)


def test_the_rules_of_a_profile_are_objects_for_programs(frontends: Frontends) -> None:
    shown = json.loads("".join(frontends.command("rules", "--profile=celery", "--output-format=json").lines))
    assert [rule["code"] for rule in shown] == ["AAC201", "AAC203", "AAC401", "AAC900", "AAC999"]


def test_all_rules_are_listed(frontends: Frontends, fakes: dict[str, object]) -> None:
    lines = frontends.command("rules").lines
    assert len(lines) == len(fakes) == len(FAKES) + 3
    assert lines[0].split() == [
        "AAC104",
        "call-of-optional",
        "off",
        "warning",
        "fix:",
        "none",
        "alliance-auth,",
        "celery",
    ]


def test_the_rules_of_a_profile_are_listed(frontends: Frontends) -> None:
    lines = frontends.command("rules", "--profile=celery").lines
    assert [line.split()[0] for line in lines] == ["AAC201", "AAC203", "AAC401", "AAC900", "AAC999"]


def test_nothing_of_what_is_checked_is_run(frontends: Frontends) -> None:
    trap: Callable[[str], None] = lambda path: write(path, "import os", "os.mkdir('run')")  # noqa: E731
    for path in ("a.py", "celery.py", "conftest.py", "sitecustomize.py", "setup.py", "app/__init__.py", "json.py"):
        trap(path)
    process = start("check")
    process.communicate()
    assert not os.path.exists("run")


@pytest.mark.parametrize(
    ("file", "beginning"),
    [
        ("map.html", "<!doctype html>"),
        ("map.MMD", "flowchart"),
        ("map.dot", "digraph"),
        ("map.json", "{"),
        ("map.txt", ""),
        ("map", ""),
    ],
)
def test_the_format_of_a_map_is_that_of_the_ending_of_its_file(frontends: Frontends, file: str, beginning: str) -> None:
    write("tasks.py", "@shared_task", "def f(): ...")
    assert frontends.command("graph", "--output-file", file).code == 0
    with open(file, encoding="utf-8") as written:
        text = written.read()
    assert text.lower().startswith(beginning)
    assert "f" in text
    assert frontends.command("graph", "--output-format=dot", f"--output-file={file}").code == 0
    with open(file, encoding="utf-8") as written:
        assert written.read().startswith("digraph")


def test_a_map_has_the_settings_of_its_first_path(frontends: Frontends) -> None:
    write("a/jobs.py", "@shared_task", "def f(): ...")
    with open("a/pyproject.toml", "w", encoding="utf-8") as file:
        file.write('[tool.flake8-aa-celery]\nextend-exclude = ["jobs.py"]\n')
    assert "jobs.py" in "".join(frontends.command("graph", ".", "--isolated").lines)
    assert "jobs.py" not in "".join(frontends.command("graph", "a").lines)


# -- watching ---------------------------------------------------------------------------------------------------------

BROKEN = "@shared_task("


class Watched:
    """A command that watches, and what it has said."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-u", "-m", "flake8_aa_celery", "check", "--watch", *arguments]
        self._process = subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line.rstrip("\n"))

    def said_until(self, beginning: str) -> list[str]:
        """What it says until a line begins like this."""
        lines = [self._lines.get(timeout=60)]
        while not lines[-1].startswith(beginning):
            lines.append(self._lines.get(timeout=60))
        return lines

    def interrupt(self) -> int:
        """Press Ctrl-C; its exit code, once it has said nothing more."""
        self._process.send_signal(signal.SIGINT)
        code = self._process.wait(timeout=60)
        assert self._lines.empty()
        return code


def set_at_once(setting: str) -> None:
    """Write the settings in one step: half of them would be a change, too."""
    with open("settings", "w", encoding="utf-8") as file:
        file.write(f"[tool.flake8-aa-celery]\n{setting}\n")
    os.replace("settings", "pyproject.toml")


def test_a_check_that_watches_says_what_is_new_and_what_is_gone(frontends: Frontends) -> None:
    write("a.py", BROKEN)
    watched = Watched()
    assert watched.said_until("1 violation")[0].startswith("./a.py:2:13: AAC900")
    write("b.py", BROKEN)
    said = watched.said_until("In all")
    assert said[0] == "New:"
    assert said[1].startswith("./b.py:2:13: AAC900")
    assert said[2:] == ["1 violation in 1 file", "In all: 2 violations in 2 files"]
    write("a.py", "x = 1")
    assert watched.said_until("1 gone") == ["1 gone. In all: 1 violation in 1 file"]
    set_at_once("extend-exclude = ['b.py']")
    assert watched.said_until("1 gone") == ["1 gone. In all: No violations"]
    set_at_once("nonsense = 1")
    assert "there is no setting 'nonsense'" in watched.said_until("aa-celery")[0]
    os.remove("pyproject.toml")
    assert watched.said_until("In all")[-1] == "In all: 1 violation in 1 file"
    assert watched.interrupt() == 130


@pytest.mark.parametrize("other", ["--fix", "--diff", "--add-noqa", "--update-baseline", "-", "--output-file=x"])
def test_what_changes_files_is_not_watched(frontends: Frontends, other: str) -> None:
    outcome = frontends.check("--watch", other)
    assert (outcome.code, len(outcome.errors.splitlines())) == (2, 1)
