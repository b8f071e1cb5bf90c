"""What a person sees: colour, the lines, what can be done; and that nobody else sees it."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from flake8_aa_celery.cli import _progress
from flake8_aa_celery.report import Result
from flake8_aa_celery.report._terminal import draw
from flake8_aa_celery.rewrites import ReplaceExpression
from flake8_aa_celery.violation import Fix, Violation
from frontends import CELERY, Frontends

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.usefixtures("fakes", "no_wishes")
PLAIN = "a.py:2:5: AAC201 f is called at 7"
ESCAPE = "\x1b["


@pytest.fixture
def no_wishes(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that says nothing about colour, and how wide a terminal is."""
    for variable in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("COLUMNS", "100")


def drawn(line: str, found: Violation, width: int = 80) -> list[str]:
    """The excerpt that is drawn of a file of one line, in no colour."""
    stream = io.StringIO()
    console = Console(file=stream, width=width, color_system=None, force_terminal=True, markup=False)
    draw([Result("a.py", [found], line.encode())], console)
    return stream.getvalue().splitlines()


def at(first: int, end: int, fix: Fix | None = None) -> Violation:
    return Violation(1, first, 1, end, "wrong `x`", fix, "AAC201", "call-of-f")


def uncoloured(text: str) -> str:
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def test_violations_stand_below_their_file_with_their_lines(frontends: Frontends) -> None:
    Path("a.py").write_text(f"{CELERY}x = f()\nif x:\n    g(\n        1)\n")
    Path("b.py").write_text(f"{CELERY}g()\n")
    assert [uncoloured(line) for line in frontends.check("a.py", "b.py", "--color=always").lines] == [
        "a.py",
        "  2:5  AAC201 f is called at 7",
        "    x = f()",
        "        ^^^",
        "    fix: Drop it",
        "",
        "  4:5  AAC203 g is called",
        "    g(",
        "    ^^",
        "",
        "b.py",
        "  2:1  AAC203 g is called",
        "    g()",
        "    ^^^",
        "",
        "3 violations in 2 files, 1 can be fixed with `aa-celery fix`",
    ]


def test_nothing_found_is_said(frontends: Frontends) -> None:
    assert [uncoloured(line) for line in frontends.check("--color=always").lines] == ["No violations"]


def test_what_only_an_unsafe_fix_mends_is_counted_apart() -> None:
    *_, fix, empty, closing = drawn("x", at(0, 1, Fix("unsafe", "Use `y`", ReplaceExpression("y"))))
    assert (fix, empty) == ("    fix: Use `y` (--unsafe-fixes)", "")
    assert closing == "1 violation in 1 file, 1 can be fixed with `aa-celery fix --unsafe-fixes`"


def test_what_a_fix_has_left_is_not_offered_again(frontends: Frontends) -> None:
    Path("a.py").write_text(f"{CELERY}g()\n")
    assert uncoloured(frontends.command("fix", "--color=always").lines[-1]) == "1 violation left in 1 file"


def test_carets_stand_below_wide_characters_and_tabs() -> None:
    assert drawn("\tx = '漢', f()", at(10, 13))[2:4] == ["    x = '漢', f()", "              ^^^"]


def test_a_long_line_is_cut_around_what_is_marked() -> None:
    line, marks = drawn("a" * 200 + "f()" + "b" * 50, at(200, 203), width=50)[2:4]
    assert line == "    " + "a" * 20 + "f()" + "b" * 22 + "…"
    assert marks == " " * 24 + "^^^"


def test_a_place_without_an_end_is_marked_with_one_caret() -> None:
    assert drawn("x = (", at(4, 4))[2:4] == ["    x = (", "        ^"]
    assert drawn("x =", at(9, 9))[2:4] == ["    x =", "       ^"]
    assert drawn("", at(0, 0))[2] == ""


def test_a_file_cannot_move_the_cursor() -> None:
    assert drawn("x = '\x1b[2J'", at(0, 1))[2] == "    x = '\N{REPLACEMENT CHARACTER}[2J'"


LONG = "`update_everything` is sent once per item at priority 5: use `apply_async` with a priority like 7"


@pytest.mark.parametrize("width", [50, 80, 100])
def test_a_long_message_is_broken_at_words_and_stands_below_itself(width: int) -> None:
    found = at(
        0,
        1,
        Fix("safe", "Use `apply_async` with the arguments in `args` and with a low priority", ReplaceExpression("x")),
    )
    lines = drawn("x = 1", found._replace(message=LONG), width)
    assert max(map(len, lines)) <= width
    message, fix = lines[1 : lines.index("    x = 1")], lines[lines.index("    ^") + 1 : lines.index("")]
    assert [line[:14] for line in message] == ["  1:1  AAC201 ", *[" " * 14] * (len(message) - 1)]
    assert " ".join(line[14:] for line in message) == LONG
    assert [line[:9] for line in fix] == ["    fix: ", *[" " * 9] * (len(fix) - 1)]


def test_a_narrow_terminal_gets_the_whole_message() -> None:
    text = "".join(drawn("x = 1", at(0, 1)._replace(message=LONG), 20))
    assert LONG.replace(" ", "") in text.replace(" ", "")


def test_the_concise_format_is_flat_at_a_terminal_too(frontends: Frontends) -> None:
    Path("a.py").write_text(f"{CELERY}x = f()\n")
    assert frontends.check("a.py", "--color=always", "--output-format=concise").lines == [PLAIN]


@pytest.mark.parametrize(
    ("option", "environment", "is_drawn", "is_coloured"),
    [
        ("auto", {}, False, False),
        ("auto", {"FORCE_COLOR": "1"}, True, True),
        ("auto", {"FORCE_COLOR": "0"}, False, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "0"}, True, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1", "TERM": "dumb"}, True, False),
        ("always", {"NO_COLOR": "1"}, True, True),
        ("never", {"FORCE_COLOR": "1"}, False, False),
    ],
)
def test_a_pipe_gets_plain_lines_unless_colour_is_forced(
    frontends: Frontends,
    monkeypatch: pytest.MonkeyPatch,
    option: str,
    environment: dict[str, str],
    is_drawn: bool,
    is_coloured: bool,
) -> None:
    Path("a.py").write_text(f"{CELERY}x = f()\n")
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    lines = frontends.check("a.py", "--color", option).lines
    assert (lines != [PLAIN]) == is_drawn
    assert (ESCAPE in "\n".join(lines)) == is_coloured


def at_a_terminal(*arguments: str, **environment: str) -> str:
    """What the command prints where its standard output is a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "flake8_aa_celery", *arguments],
        stdout=theirs,
        env=os.environ | environment,
    ):
        os.close(theirs)
        text = b"".join(_read(ours))
    os.close(ours)
    return text.decode()


def _read(descriptor: int) -> Iterator[bytes]:
    try:
        while data := os.read(descriptor, 4096):
            yield data
    except OSError:  # how a terminal on Linux tells its end
        return


@pytest.mark.parametrize(("environment", "is_coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_a_terminal_gets_colour(frontends: Frontends, environment: dict[str, str], is_coloured: bool) -> None:
    Path("a.py").write_text("from celery import shared_task\n\n\n@shared_task(\n")
    text = at_a_terminal("check", **environment)
    assert "1 violation in 1 file" in uncoloured(text)
    assert (ESCAPE in text) == is_coloured


def test_a_report_in_a_file_is_plain(frontends: Frontends) -> None:
    Path("a.py").write_text(f"{CELERY}x = f()\n")
    assert frontends.check("a.py", "--color=always", "--output-file=report").lines == []
    assert Path("report").read_text() == f"{PLAIN}\n"


def test_a_format_for_programs_has_no_colour(frontends: Frontends) -> None:
    assert frontends.check("--color=always", "--output-format=json").lines == ["[]"]


def test_a_page_is_set_for_reading(frontends: Frontends) -> None:
    text = "\n".join(frontends.command("rule", "AAC201", "--color=always").lines)
    assert ESCAPE in text
    assert "AAC201 call-of-f" in uncoloured(text)
    assert "#" not in uncoloured(text)


def test_the_rules_are_a_table(frontends: Frontends) -> None:
    lines = [uncoloured(line).split() for line in frontends.command("rules", "--color=always").lines]
    assert ["AAC301", "call-of-alliance", "warning", "on", "off", "none", "Calls", "of", "alliance."] in lines
    assert ["AAC104", "call-of-optional", "warning", "off", "off", "none", "Calls", "of", "optional."] in lines


@pytest.mark.parametrize("width", ["40", "80"])
def test_a_narrow_terminal_hides_nothing_of_a_rule(
    frontends: Frontends, monkeypatch: pytest.MonkeyPatch, width: str
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    assert "…" not in "".join(frontends.command("rules", "--color=always").lines)


# -- the progress bar -------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


FILES = [(f"{number}.py", b"") for number in range(4)]


def test_what_is_quick_has_no_progress_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    assert list(_progress.watched(FILES, perf_counter())) == FILES
    assert stream.getvalue() == ""


def test_what_is_slow_has_a_progress_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(_progress, "_REFRESH", 0)
    monkeypatch.setenv("TERM", "xterm")
    assert list(_progress.watched(FILES, perf_counter() - 2)) == FILES
    assert "Checking" in stream.getvalue()
    assert " 75 %" in stream.getvalue()


def test_a_pipe_has_no_progress_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    assert list(_progress.watched(FILES, perf_counter() - 2)) == FILES
    assert stream.getvalue() == ""
