"""The plugin: what flake8 gets from it, and what it never does to flake8."""

from __future__ import annotations

import ast
import gc
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery import __version__, linter, plugin
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.plugin import Plugin
from flake8_aa_celery.settings import Settings
from frontends import CELERY, Frontends

if TYPE_CHECKING:
    from pathlib import Path

    from flake8_aa_celery.violation import Violation

pytestmark = pytest.mark.usefixtures("fakes")
F = "AAC201 f is called at 7"


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """flake8 starts with our defaults."""
    monkeypatch.setattr(Plugin, "settings", Settings())


def found(source: str, path: str = "a.py") -> list[tuple[int, int, str]]:
    """What the plugin yields for some source."""
    lines = source.splitlines(keepends=True)
    return [(line, column, text) for line, column, text, _ in Plugin(ast.parse(source), path, lines).run()]


def write(folder: Path, path: str, *lines: str) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(CELERY + "".join(f"{line}\n" for line in lines), "utf-8")


def test_lines_count_from_one_and_columns_from_zero() -> None:
    assert found(f"{CELERY}x = f()\n") == [(2, 4, F)]


def test_columns_count_characters() -> None:
    assert found(f"{CELERY}'ä€😀'; f()\n") == [(2, 7, F)]


def test_the_tree_is_not_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linter, "parse", None)
    assert found(f"{CELERY}f()\n") == [(2, 0, F)]


def test_an_irrelevant_file_is_refused_before_anything_is_known_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linter, "rules_for", None)
    assert found("f()\n") == []


def test_an_empty_file_is_nothing() -> None:
    assert found("") == []


def test_a_crash_in_a_rule_does_not_stop_flake8(frontends: Frontends, tmp_path: Path) -> None:
    write(tmp_path, "a.py", "crash()", "f()", "import os")
    crashed, *others = frontends.flake8("a.py").lines
    assert crashed.startswith("a.py:1:1: AAC999 rule AAC401 (crash) crashed: KeyError: 2")
    assert f"a.py:3:1: {F}" in others
    assert "a.py:4:1: F401 'os' imported but unused" in others


def test_wrong_syntax_is_left_to_flake8(frontends: Frontends, tmp_path: Path) -> None:
    write(tmp_path, "a.py", "f(")
    (line,) = frontends.flake8("a.py").lines
    assert "E999 SyntaxError" in line


@pytest.mark.parametrize(("name", "codes"), [("app/jobs.py", {"AAC101"}), ("tests/jobs.py", set())])
def test_standard_input_counts_as_the_file_that_it_is_called(tmp_path: Path, name: str, codes: set[str]) -> None:
    write(tmp_path, "setup.py")
    command = [sys.executable, "-m", "flake8", "--select", "AAC101", "--stdin-display-name", name, "-"]
    script = f"{CELERY}@shared_task\ndef f(): pass\n"
    done = subprocess.run(command, input=script, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert {line.split()[1] for line in done.stdout.splitlines()} == codes


def test_noqa_is_the_business_of_flake8(frontends: Frontends, tmp_path: Path) -> None:
    write(tmp_path, "a.py", "f()  # noqa: AAC201", "g()")
    assert frontends.flake8("--select", "AAC", "a.py").lines == ["a.py:3:1: AAC203 g is called"]
    assert len(frontends.flake8("--select", "AAC", "--disable-noqa", "a.py").lines) == 2


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        ([], "AAC201 AAC301"),
        (["--select", "AAC"], "AAC201 AAC301"),
        (["--select", "A"], "AAC201 AAC301"),
        (["--select", "AAC1"], "AAC104"),
        (["--select", "AAC104,AAC2"], "AAC104 AAC201"),
        (["--extend-select", "AAC104"], "AAC104 AAC201 AAC301"),
        (["--extend-select", "AAC"], "AAC201 AAC301"),
        (["--select", "E,F"], "F821 F821 F821"),
        (["--ignore", "AAC2,F"], "AAC301"),
        (["--extend-ignore", "AAC"], ""),
        (["--select", "AAC104", "--ignore", "AAC1"], "AAC104"),
        (["--aa-celery-profile", "celery"], "AAC201"),
    ],
    ids=str,
)
def test_flake8_selects(frontends: Frontends, tmp_path: Path, arguments: list[str], codes: str) -> None:
    write(tmp_path, "a.py", "f()", "optional()", "alliance()")
    lines = frontends.flake8("--isolated", "--extend-ignore", "E,W,F401", *arguments, "a.py").lines
    found = sorted(line.split()[1] for line in lines)
    if "--select" not in arguments:
        found = [code for code in found if code.startswith("AAC")]
    assert found == codes.split()


def test_pyproject_selects_too_unless_flake8_names_our_rules(frontends: Frontends, tmp_path: Path) -> None:
    write(tmp_path, "a.py", "f()", "optional()")
    (tmp_path / "pyproject.toml").write_text('[tool.flake8-aa-celery]\nselect = ["AAC104"]\nbulk-priority = 8\n')

    def codes(*arguments: str) -> list[str]:
        lines = frontends.flake8("--ignore", "E,F,W", *arguments, "a.py").lines
        return [line.split(" ", 1)[1] for line in lines]

    assert codes() == ["AAC104 optional is called"]
    assert codes("--select", "AAC201") == ["AAC201 f is called at 8"]
    assert codes("--extend-select", "AAC201") == ["AAC201 f is called at 8", "AAC104 optional is called"]


def test_options_of_flake8_win_over_pyproject(frontends: Frontends, tmp_path: Path) -> None:
    write(tmp_path, "a.py", "f()")
    (tmp_path / "pyproject.toml").write_text("[tool.flake8-aa-celery]\nbulk-priority = 8\n")
    (tmp_path / ".flake8").write_text("[flake8]\naa-celery-bulk-priority = 6\nselect = AAC\n")
    assert frontends.flake8("a.py").lines == ["a.py:2:1: AAC201 f is called at 6"]
    assert frontends.flake8("--aa-celery-bulk-priority", "5", "a.py").lines == ["a.py:2:1: AAC201 f is called at 5"]
    assert frontends.flake8("--isolated", "--select", "AAC", "a.py").lines == ["a.py:2:1: AAC201 f is called at 8"]


def test_a_flag_is_an_option_without_a_value(frontends: Frontends, tmp_path: Path) -> None:
    write(tmp_path, "test_a.py", "f()")
    assert frontends.flake8("--select", "AAC", "test_a.py").lines == []
    lines = frontends.flake8("--select", "AAC", "--aa-celery-check-tests", "test_a.py").lines
    assert lines == [f"test_a.py:2:1: {F}"]


def test_lists_are_separated_by_commas(frontends: Frontends, tmp_path: Path) -> None:
    frontends.flake8("--aa-celery-tasks-modules", "tasks,jobs", "--aa-celery-blocking-calls", "a.b")
    assert Plugin.settings == Settings(
        profile="alliance-auth", tasks_modules=("tasks", "jobs"), blocking_calls=("a.b",)
    )


def test_processes_of_flake8_find_the_same(tmp_path: Path) -> None:
    for number in range(6):
        write(tmp_path, f"m{number}.py", "@shared_task", "def f(): pass")

    def lines(jobs: str) -> list[bytes]:
        command = [sys.executable, "-m", "flake8", "--select", "AAC", f"-j{jobs}"]
        return subprocess.run(command, capture_output=True, cwd=tmp_path, check=False).stdout.splitlines()

    assert lines("1")
    assert lines("1") == lines("3")


def test_the_plugin_is_called_as_its_package() -> None:
    assert (Plugin.name, Plugin.version) == ("flake8-aa-celery", __version__)


# -- the search for garbage -------------------------------------------------------------------------------------


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Collects each time that all there is is put aside, without doing it: whether the search was on then."""
    times: list[bool] = []
    monkeypatch.setattr(gc, "freeze", lambda: times.append(gc.isenabled()))
    monkeypatch.setattr(Plugin, "put_aside", 0)
    monkeypatch.setattr(Plugin, "workspace", Workspace())
    return times


@pytest.mark.parametrize("is_on", [True, False])
def test_garbage_is_not_searched_for_while_a_file_is_linted(is_on: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []

    def watched(*_: object) -> list[Violation]:
        seen.append(gc.isenabled())
        return []

    monkeypatch.setattr(plugin, "lint", watched)
    (gc.enable if is_on else gc.disable)()
    try:
        assert found("x = 1\n") == []
        assert (seen, gc.isenabled()) == ([False], is_on)
    finally:
        gc.enable()


def test_garbage_is_searched_for_again_after_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(plugin, "lint", broken)
    gc.enable()
    with pytest.raises(KeyboardInterrupt):
        found("x = 1\n")
    assert gc.isenabled()


def test_garbage_is_searched_for_while_flake8_takes_what_is_found() -> None:
    source = f"{CELERY}f()\nf()\n"
    gc.enable()
    taken = [gc.isenabled() for _ in Plugin(ast.parse(source), "a.py", source.splitlines(keepends=True)).run()]
    assert taken == [True, True]


def test_what_is_kept_is_put_aside_once(tmp_path: Path, frozen: list[bool]) -> None:
    write(tmp_path, "setup.py")
    source = f"{CELERY}@shared_task\ndef update(): ...\n"
    found(source, str(tmp_path / "app" / "tasks.py"))
    assert frozen == [True]
    found("x = 1\n", str(tmp_path / "app" / "models.py"))
    found(f"{CELERY}f()\n", str(tmp_path / "app" / "views.py"))
    assert frozen == [True]
    found(source, str(tmp_path / "app" / "more" / "tasks.py"))
    assert frozen == [True, True]


def test_nothing_is_put_aside_where_somebody_has_switched_the_search_off(tmp_path: Path, frozen: list[bool]) -> None:
    gc.disable()
    try:
        found(f"{CELERY}@shared_task\ndef update(): ...\n", str(tmp_path / "app" / "tasks.py"))
    finally:
        gc.enable()
    assert frozen == []


TOLD = "names none of our rules, so that none is reported: add extend-select = AAC"


@pytest.mark.parametrize(
    ("configuration", "is_told"),
    [
        ("select = E,F", True),
        ("select = E,AAC1", False),
        ("select = A,F", False),
        ("select = E\nextend-select = AAC", False),
        ("extend-select = B", False),
        ("ignore = AAC", False),
        ("", False),
    ],
)
def test_a_select_that_shuts_out_our_rules_is_told_of_once(configuration: str, is_told: bool, tmp_path: Path) -> None:
    (tmp_path / ".flake8").write_text(f"[flake8]\n{configuration}\n")
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text("x = 1\n")
    done = subprocess.run([sys.executable, "-m", "flake8", "-j1"], cwd=tmp_path, capture_output=True, text=True)
    assert done.stderr.count(TOLD) == is_told
