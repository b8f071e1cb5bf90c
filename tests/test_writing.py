"""A file is written wholly or not at all, and keeps what it had."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery import writing

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "tasks.py"
    found.write_bytes(b"old")
    return found


def test_the_bytes_are_written_as_they_are(file: Path) -> None:
    writing.write(str(file), b"\xef\xbb\xbfnew\r\n\x00")
    assert file.read_bytes() == b"\xef\xbb\xbfnew\r\n\x00"


def test_nothing_else_is_left_in_the_folder(file: Path) -> None:
    writing.write(str(file), b"new")
    assert os.listdir(file.parent) == ["tasks.py"]


def test_a_file_that_does_not_exist_is_made(tmp_path: Path) -> None:
    writing.write(str(tmp_path / "new.py"), b"new")
    assert (tmp_path / "new.py").read_bytes() == b"new"


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755, 0o4755])
def test_the_mode_is_kept(file: Path, mode: int) -> None:
    file.chmod(mode)
    writing.write(str(file), b"new")
    assert file.stat().st_mode & 0o7777 == mode


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only an administrator gives files away")
def test_the_owner_is_kept(file: Path) -> None:
    os.chown(file, 1234, 2345)
    file.chmod(0o4711)
    writing.write(str(file), b"new")
    found = file.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o7777) == (1234, 2345, 0o4711)


def test_an_owner_that_cannot_be_kept_is_let_go(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "chown", refuse)
    writing.write(str(file), b"new")
    assert file.read_bytes() == b"new"


def test_a_symbolic_link_stays_one(file: Path) -> None:
    folder = file.parent / "elsewhere"
    folder.mkdir()
    (folder / "link.py").symlink_to(file)
    (folder / "second.py").symlink_to("link.py")
    writing.write(str(folder / "second.py"), b"new")
    assert (folder / "second.py").is_symlink() and (folder / "link.py").is_symlink()
    assert file.read_bytes() == b"new"
    assert sorted(os.listdir(folder)) == ["link.py", "second.py"]


def test_a_read_only_file_is_left_alone(file: Path) -> None:
    file.chmod(0o444)
    with pytest.raises(PermissionError):
        writing.write(str(file), b"new")
    assert file.read_bytes() == b"old"
    assert os.listdir(file.parent) == ["tasks.py"]


def test_a_read_only_folder_is_left_alone(file: Path) -> None:
    file.parent.chmod(0o555)
    try:
        with pytest.raises(PermissionError):
            writing.write(str(file), b"new")
        assert file.read_bytes() == b"old"
    finally:
        file.parent.chmod(0o755)


@pytest.mark.parametrize("fails", ["fsync", "replace", "chmod"])
def test_a_failure_leaves_the_file_as_it_was(file: Path, fails: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, fails, fail)
    with pytest.raises(OSError, match="No space left"):
        writing.write(str(file), b"new")
    assert file.read_bytes() == b"old"
    assert os.listdir(file.parent) == ["tasks.py"]


KILLED = """
import os, sys
from flake8_aa_celery import writing
os.replace = lambda *_: os.kill(os.getpid(), 9)
writing.write(sys.argv[1], b"new")
"""


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_what_a_killed_run_leaves_is_removed_by_the_next(file: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(file)], check=False)
    assert killed.returncode == -9
    assert len(os.listdir(file.parent)) == 2
    assert file.read_bytes() == b"old"
    writing.clean(str(file.parent))
    assert os.listdir(file.parent) == ["tasks.py"]


def test_what_another_run_is_writing_is_left_alone(file: Path) -> None:
    theirs = file.parent / f".tasks.py.aa-celery-{os.getppid()}.tmp"
    theirs.touch()
    writing.clean(str(file.parent))
    assert theirs.exists()


def test_other_files_are_left_alone(file: Path) -> None:
    names = {"tasks.py", "x.aa-celery-1.tmp", ".tasks.py.aa-celery-x.tmp", ".tasks.py.tmp"}
    for name in names:
        (file.parent / name).touch()
    writing.clean(str(file.parent))
    assert set(os.listdir(file.parent)) == names


def test_a_folder_that_is_not_there_holds_nothing_to_clean(tmp_path: Path) -> None:
    writing.clean(str(tmp_path / "nowhere"))
