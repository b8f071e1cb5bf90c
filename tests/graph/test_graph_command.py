"""``aa-celery graph`` as a command."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.cli import main
from flake8_aa_celery.graph import FORMATS
from maps import copy_project

if TYPE_CHECKING:
    from pathlib import Path


def test_a_map_goes_to_the_file_that_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy_project(folder)
    assert main(["graph", "hangar", "--format", "mermaid", "--output", "map.mmd"]) == 0
    assert capsys.readouterr() == ("", "")
    assert (folder / "map.mmd").read_text("utf-8").startswith("flowchart LR\n")


@pytest.mark.parametrize(
    ("options", "beginning"),
    [
        ("--output-file map.html", "<!DOCTYPE html>"),
        ("--output-file MAP.HTM", "<!DOCTYPE html>"),
        ("--output-file map.json", "{"),
        ("--output-file map.mmd", "flowchart LR"),
        ("--output-file map.mermaid", "flowchart LR"),
        ("--output-file map.dot", "digraph"),
        ("--output-file map.gv", "digraph"),
        ("--output-file map.txt", "hangar/tasks.py"),
        ("--output-file html", "hangar/tasks.py"),
        ("--output-file map.json/../map", "hangar/tasks.py"),
        ("--output-file map.json --output-format dot", "digraph"),
        ("--output map.json", "{"),
        ("--output map.json --format dot", "digraph"),
        ("--output-file=map.txt --format=json", "{"),
    ],
)
def test_the_format_is_the_one_that_is_given_or_that_the_ending_of_the_file_says(
    folder: Path, options: str, beginning: str
) -> None:
    copy_project(folder)
    (folder / "map.json").mkdir() if ".." in options else None
    words = options.replace("=", " ").split()
    assert main(["graph", "hangar", *options.split()]) == 0
    file = next(
        folder / value for name, value in pairwise(words) if name.startswith("--output") and name[8:] != "-format"
    )
    assert file.read_text("utf-8").startswith(beginning)


def test_a_file_that_cannot_be_written_is_misuse(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", "--output", "no/such/folder"]) == 2
    assert "no/such/folder" in capsys.readouterr().err


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "text"])
def test_a_map_for_programs_is_the_same_whatever_a_terminal_can_show(folder: Path, name: str) -> None:
    copy_project(folder)
    task = "from celery import shared_task\n@shared_task(name='ä…😀')\ndef f(): ...\n"
    (folder / "hangar" / "tasks.py").write_text(task, "utf-8")
    main(["graph", "--format", name, "--output", "map"])
    command = [sys.executable, "-m", "flake8_aa_celery", "graph", "--format", name]
    printed = subprocess.check_output(command, env=os.environ | {"PYTHONIOENCODING": "latin-1"})
    assert printed == (folder / "map").read_bytes()


def test_what_cannot_be_parsed_is_told_and_the_rest_is_drawn(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy_project(folder)
    (folder / "hangar" / "broken.py").write_text("import celery\ndef (:\n")
    assert main(["graph"]) == 2
    out, err = capsys.readouterr()
    assert "update_assets" in out
    assert err.startswith("aa-celery: hangar/broken.py: ")


@pytest.mark.parametrize("path", ["missing/folder", "missing.py", "/missing/x.py"])
def test_a_path_that_is_not_there_is_one_line(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", path]) == 2
    assert capsys.readouterr() == ("No tasks\n", f"aa-celery: {path}: No such file or directory\n")


def test_settings_are_those_of_the_other_commands(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy_project(folder)
    assert main(["graph", "--select", "AAC900"]) == 0
    assert " 0 violations" in capsys.readouterr().out


def test_colour_is_for_those_who_want_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy_project(folder)
    main(["graph", "--color", "always"])
    assert "\x1b[" in capsys.readouterr().out
    main(["graph"])
    assert "\x1b[" not in capsys.readouterr().out


def test_colours_change_nothing_of_the_text(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_project(folder)
    main(["graph"])
    plain = capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    main(["graph"])
    assert capsys.readouterr().out == plain


def test_no_other_command_imports_the_map(folder: Path) -> None:
    program = (
        "import sys; from flake8_aa_celery.cli import main; main(['check', '.']);"
        "print([name for name in sys.modules if 'celery.graph' in name or 'cli.graph' in name])"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "[]\n"
