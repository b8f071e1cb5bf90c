"""Any file system: what is strange is named with its reason or left alone, and the rest goes on."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from killing import BROKEN, MENDED, OPTIONS, fix_at_once, interrupt_often, kill_often, place

from flake8_aa_celery import writing
from flake8_aa_celery.cli import _files

if TYPE_CHECKING:
    from frontends import Frontends

FOUND = "AAC202"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs links, pipes, devices and signals")


@pytest.fixture
def root(frontends: Frontends, tmp_path: Path) -> Path:
    """The current folder, a project of its own."""
    (tmp_path / "setup.py").touch()
    return tmp_path


def found(lines: list[str]) -> list[str]:
    """The paths of what was found, which must all be of the one rule."""
    assert all(FOUND in line for line in lines)
    return [line.split(":")[0] for line in lines]


# -- what is in a folder ----------------------------------------------------------------------------------------------


def test_links_that_lead_in_a_circle_end(frontends: Frontends, root: Path) -> None:
    place(root / "a" / "tasks.py")
    (root / "a" / "again").symlink_to(root)
    (root / "one.py").symlink_to("two.py")
    (root / "two.py").symlink_to("one.py")
    outcome = frontends.check(*OPTIONS)
    assert (outcome.code, found(outcome.lines)) == (1, ["./a/tasks.py"])
    assert "aa-celery: " not in outcome.errors


def test_links_out_of_the_folder_are_neither_read_nor_changed(frontends: Frontends, root: Path) -> None:
    outside = place(root / "outside" / "tasks.py")
    inside = place(root / "app" / "tasks.py")
    (root / "app" / "link.py").symlink_to(outside)
    (root / "app" / "package").symlink_to(root / "outside")
    (root / "app" / "own.py").symlink_to("tasks.py")
    assert found(frontends.check(*OPTIONS, "app").lines) == ["app/own.py", "app/tasks.py"]
    frontends.command("fix", *OPTIONS, "app")
    assert (outside.read_text(), inside.read_text()) == (BROKEN, MENDED)
    assert found(frontends.check(*OPTIONS, "app/link.py").lines) == ["app/link.py"]


@pytest.mark.parametrize("name", [".gitignore", "tasks.py", "README.md", "pyproject.toml"])
def test_a_pipe_is_not_waited_for(frontends: Frontends, root: Path, name: str) -> None:
    place(root / "app" / "jobs.py")
    os.mkfifo(root / "app" / name)
    command = [sys.executable, "-m", "flake8_aa_celery", "check", "--select", "AAC202"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert found(ended.stdout.splitlines()) == ["./app/jobs.py"]


def test_a_device_is_no_file(frontends: Frontends, root: Path) -> None:
    (root / "null.py").symlink_to(os.devnull)
    assert frontends.check() == (0, [], "")
    assert frontends.check(os.devnull) == (2, [], f"aa-celery: {os.devnull}: Not a regular file\n")


def test_an_unreadable_gitignore_says_nothing(frontends: Frontends, root: Path) -> None:
    place(root / "app" / "tasks.py")
    (root / ".git").mkdir()
    (root / ".gitignore").mkdir()
    (root / "app" / ".gitignore").symlink_to(".gitignore")
    assert found(frontends.check(*OPTIONS, "app").lines) == ["app/tasks.py"]


@pytest.mark.parametrize(
    "name", ["a b.py", "-n.py", "--select", "new\nline.py", "ä€😀.py", os.fsdecode(b"\xff\xfe.py"), "a:1:1.py", "%s.py"]
)
def test_strange_names_are_files_like_others(frontends: Frontends, root: Path, name: str) -> None:
    file = place(root / "app" / name)
    arguments = () if name.endswith(".py") else (str(file),)
    assert frontends.check(*OPTIONS, *arguments).code == 1
    assert frontends.command("fix", *OPTIONS, "--", str(file)).code == 1
    assert file.read_text() == MENDED


def test_a_file_that_vanishes_is_named_and_the_rest_goes_on(
    frontends: Frontends, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place(root / "a.py")
    place(root / "b.py")

    def read(path: str) -> bytes:
        if path.endswith("a.py"):
            os.unlink(path)
        return Path(path).read_bytes()

    monkeypatch.setattr(_files, "read", read)
    outcome = frontends.check(*OPTIONS)
    assert (outcome.code, found(outcome.lines)) == (2, ["./b.py"])
    assert outcome.errors.splitlines()[:-1] == ["aa-celery: ./a.py: No such file or directory"]


def test_a_full_disk_leaves_every_file_as_it_was_and_is_named(
    frontends: Frontends, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [place(root / name) for name in ("a.py", "b.py")]

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    outcome = frontends.command("fix", *OPTIONS)
    assert outcome.code == 2
    assert outcome.errors.count("No space left on device") == 2
    assert [file.read_text() for file in files] == [BROKEN, BROKEN]
    assert sorted(os.listdir(root)) == ["a.py", "b.py", "setup.py"]


# -- interruptions ----------------------------------------------------------------------------------------------------


def test_a_fix_that_is_killed_leaves_files_wholly_old_or_new(tmp_path: Path) -> None:
    kill_often(tmp_path, 20)


def test_two_fixes_at_once_leave_what_one_would_have_left(tmp_path: Path) -> None:
    fix_at_once(tmp_path, 3)


def test_a_fix_that_is_interrupted_ends_quietly_and_leaves_files_wholly_old_or_new(tmp_path: Path) -> None:
    interrupt_often(tmp_path, 10)


def test_an_interrupt_ends_a_run_quietly(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "flake8_aa_celery", "check", "-"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(1)  # it waits for its input
    process.send_signal(signal.SIGINT)
    assert (process.wait(), process.stderr and process.stderr.read()) == (130, b"")


def test_what_another_run_is_writing_is_left_alone(tmp_path: Path) -> None:
    file = place(tmp_path / "tasks.py")
    theirs = tmp_path / f".tasks.py.aa-celery-{os.getppid()}.tmp"
    theirs.write_text("half")
    writing.write(str(file), MENDED.encode())
    assert (file.read_text(), theirs.read_text()) == (MENDED, "half")
