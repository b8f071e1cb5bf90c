"""What the benchmarks measure is there: a renamed function must not make a stage free of charge."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from benchmarks.__main__ import comparison_table
from benchmarks.measure import Series, megabytes, seconds
from support import ROOT

FAILURE = [sys.executable, "-c", "import sys; sys.exit(2)"]


def answer(script: str, *arguments: str) -> dict[str, float]:
    command = [sys.executable, str(ROOT / "benchmarks" / script), str(ROOT / "flake8_aa_celery"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    taken: dict[str, float] = json.loads(done.stdout)
    return taken


def test_every_stage_of_a_check_takes_time() -> None:
    taken = answer("stages.py")
    assert [stage for stage, time in taken.items() if time <= 0] == []


def test_the_plugin_is_timed_against_a_bare_walk() -> None:
    taken = answer("own_time.py", "0")
    assert taken["flake8-aa-celery"] > 0
    assert taken["ast.walk"] > 0


def test_what_fails_is_not_measured() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        seconds(FAILURE)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
def test_the_memory_of_child_processes_counts() -> None:
    hold = "import time; data = bytearray(50_000_000); time.sleep(0.3)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hold!r}])"
    assert megabytes([sys.executable, "-c", parent]) > 50


def test_the_table_compares_what_was_measured_on_both_sides() -> None:
    measured = {"check": (Series([2.0, 1.0, 4.0]), "s"), "ruff": (Series([4.0]), "s"), "plugin": (Series([1.0]), "s")}
    lines = comparison_table(measured).splitlines()
    assert lines[2:] == ["| check | 2 s (1 to 4) | ruff | 4 s (4 to 4) | 0.50 | 0.8 |"]
