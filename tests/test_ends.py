"""How a run ends that somebody interrupts, or whose streams take or give nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.cli import _workers
from flake8_aa_celery.rules import Rule
from frontends import Frontends, start, write
from support import hidden_interrupt

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("fakes")


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_an_interrupt_is_quiet(frontends: Frontends, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_workers, "lint_all", interrupted)
    assert frontends.check() == (130, [], "")


def test_an_interrupt_while_a_class_is_made_is_quiet(frontends: Frontends, monkeypatch: pytest.MonkeyPatch) -> None:
    class Field:
        __set_name__ = interrupted

    def make_class(*_: object) -> None:
        type("Node", (), {"field": Field()})

    monkeypatch.setattr(_workers, "lint_all", make_class)
    assert frontends.check() == (130, [], "")


def test_an_interrupt_that_a_library_hides_is_quiet(frontends: Frontends, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_workers, "lint_all", hidden_interrupt)
    assert frontends.check() == (130, [], "")


def test_an_interrupt_that_is_hidden_in_a_rule_is_no_crash_of_the_rule(
    frontends: Frontends, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.py", "f()")
    monkeypatch.setattr(Rule, "violations_in", hidden_interrupt)
    assert frontends.check() == (130, [], "")


def test_a_crash_that_is_no_interrupt_is_not_hidden(frontends: Frontends, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(_workers, "lint_all", crash)
    with pytest.raises(RuntimeError):
        frontends.check()


def test_an_interrupt_leaves_no_process_behind(frontends: Frontends, monkeypatch: pytest.MonkeyPatch) -> None:
    write("a.py", "f()")
    write("b.py", "f()")
    parent = os.getpid()

    def slow(*_: object, **__: object) -> list[object]:
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
    assert frontends.check("-j", "2") == (130, [], "")
    assert time.monotonic() - began < 30
    (child,) = started
    with pytest.raises(ChildProcessError):
        os.waitpid(child, os.WNOHANG)


def assert_ends_quietly_when_nobody_reads(process: subprocess.Popen[str]) -> None:
    """It says nothing, and ends as what a signal of a closed pipe ends."""
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait() == 141


def test_a_closed_pipe_is_quiet(frontends: Frontends) -> None:
    with open("a.py", "w", encoding="utf-8") as file:
        file.write("crontab(\n")
    process = start("check")
    assert_ends_quietly_when_nobody_reads(process)


def test_a_closed_pipe_is_quiet_in_colour_too(frontends: Frontends) -> None:
    write("tasks.py", "@shared_task", "def f():", *["    f.delay(priority=3)"] * 2000)
    process = start("check", "--color=always")
    assert_ends_quietly_when_nobody_reads(process)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full disk to write to")
@pytest.mark.parametrize("arguments", [["check", "a.py"], ["rules"], ["--help"], ["graph", "--format=html"]], ids=str)
def test_an_output_that_takes_nothing_is_one_line_and_misuse(frontends: Frontends, arguments: list[str]) -> None:
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
def test_closed_streams_are_no_crash(frontends: Frontends, arguments: str, code: int) -> None:
    write("a.py", "(")
    done = subprocess.run(f"{sys.executable} -m flake8_aa_celery {arguments}", shell=True, capture_output=True)
    assert (done.returncode, done.stderr) == (code, b"")
    assert b"none.py" not in done.stdout


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
@pytest.mark.parametrize("arguments", [["--help"], ["graph"], ["rule", "AAC205"], ["check", "--color=always"]], ids=str)
def test_what_an_encoding_does_not_have_is_said_in_its_own_signs(
    frontends: Frontends, arguments: list[str], encoding: str
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
def test_the_module_is_the_command(frontends: Frontends, arguments: list[str], code: int) -> None:
    with open("a.py", "w", encoding="utf-8") as file:
        file.write("crontab(\n")
    process = start(*arguments)
    process.communicate()
    assert process.returncode == code
