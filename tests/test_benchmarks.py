"""What the benchmarks measure is there: a renamed function must not make a stage free of charge."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.growing import GROWTHS, Growth
from benchmarks.measure import Series, megabytes, seconds
from benchmarks.only_parse import relevant_files
from benchmarks.report import COMPARISONS, comparison_table
from benchmarks.subjects import OWN, Measured, small_app
from flake8_aa_celery.linter import lint, selected_rules
from flake8_aa_celery.model import relevant
from flake8_aa_celery.settings import Settings
from maps import copy_project
from support import ROOT, place

if TYPE_CHECKING:
    from pathlib import Path

FAILURE = [sys.executable, "-c", "import sys; sys.exit(2)"]
PACKAGE = str(ROOT / "flake8_aa_celery")


def answer(script: str, *arguments: str) -> Any:
    """What a script of the benchmarks prints."""
    command = [sys.executable, str(ROOT / "benchmarks" / script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_stage_of_a_check_takes_time(tmp_path: Path) -> None:
    copy_project(tmp_path)
    taken = answer("stages.py", str(tmp_path))
    assert [stage for stage, time in taken.items() if time <= 0] == []


def test_the_plugin_is_timed_against_a_bare_walk() -> None:
    taken = answer("own_time.py", PACKAGE, "0")
    assert taken.keys() >= {"flake8-aa-celery", "ast.walk"}
    assert min(taken.values()) > 0


def test_the_plugin_is_timed_without_rules() -> None:
    taken = answer("own_time.py", PACKAGE, "0", OWN)
    assert taken.keys() == {"flake8-aa-celery"}
    assert min(taken.values()) > 0
    assert [rule.code for rule in selected_rules(Settings(select=(OWN,))) if rule.fact] == []


def test_whole_runs_of_flake8_are_timed_with_the_plugin_and_without(tmp_path: Path) -> None:
    """With what flake8 has itself, in an environment in which our plugin is found."""
    place(tmp_path, "app/tasks.py", b"from celery import shared_task\n")
    assert all(answer("whole_run.py", which, str(tmp_path)) > 0 for which in ("with", "without"))


@pytest.mark.parametrize(("which", "is_asked"), [("with", True), ("without", False)])
def test_the_plugin_is_left_out_of_what_is_measured_without_it(which: str, is_asked: bool, tmp_path: Path) -> None:
    place(tmp_path, "app/tasks.py", b"from celery import shared_task\n")
    script = (
        "import sys\nfrom benchmarks.whole_run import main\n"
        "main(*sys.argv[1:])\nprint('flake8_aa_celery.linter' in sys.modules)"
    )
    command = [sys.executable, "-c", script, which, str(tmp_path)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.splitlines()
    assert lines[1] == str(is_asked)


def test_what_a_check_parses_is_parsed_by_what_only_parses(tmp_path: Path) -> None:
    place(tmp_path, "app/models.py", b"import os\n")
    place(tmp_path, "app/tasks.py", b"import celery\n")
    place(tmp_path, "app/tests/test_tasks.py", b"import celery\n")
    assert relevant_files(str(tmp_path)) == [(str(tmp_path / "app" / "tasks.py"), b"import celery\n")]
    seconds([sys.executable, str(ROOT / "benchmarks" / "only_parse.py"), str(tmp_path)])


def test_a_check_is_timed_without_the_start_of_python() -> None:
    assert answer("in_process.py", PACKAGE) > 0


def test_what_fails_is_not_measured() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        seconds(FAILURE)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
def test_the_memory_of_child_processes_counts() -> None:
    hold = "import time; data = bytearray(50_000_000); time.sleep(0.3)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hold!r}])"
    assert megabytes([sys.executable, "-c", parent]) > 50


def test_the_table_compares_what_was_measured_on_both_sides() -> None:
    seconds_of = {"check": [2.0, 1.0, 4.0], "ruff": [4.0], "plugin": [1.0]}
    measured = {name: Measured(Series(values), "s") for name, values in seconds_of.items()}
    lines = comparison_table(COMPARISONS, measured).splitlines()
    assert lines[2:] == ["| check | 2 s (1 to 4) | ruff | 4 s (4 to 4) | 0.50 | 0.8 |"]


def test_the_small_app_is_the_smallest_that_has_tasks(tmp_path: Path) -> None:
    for path in ("large/tasks.py", "large/views.py", "small/tasks.py", "without/views.py", "without.py"):
        place(tmp_path, path, b"")
    assert small_app(tmp_path) == tmp_path / "small"


@pytest.mark.parametrize("growth", GROWTHS, ids=lambda growth: growth.of)
def test_what_grows_is_code_that_can_be_checked(growth: Growth, tmp_path: Path) -> None:
    small = growth._replace(small=growth.small // 9)
    for root in small.write(tmp_path).values():
        for file in root.rglob("tasks.py"):
            found = lint(str(file), file.read_bytes(), Settings(select=("AAC9",)))
            assert (relevant(file.read_bytes()), found) == (True, [])


@pytest.mark.parametrize("growth", GROWTHS, ids=lambda growth: growth.of)
def test_what_grows_is_about_ten_times_as_large(growth: Growth, tmp_path: Path) -> None:
    large, small = (sum(file.stat().st_size for file in root.rglob("*.py")) for root in growth.write(tmp_path).values())
    assert 8 < large / small < 13
