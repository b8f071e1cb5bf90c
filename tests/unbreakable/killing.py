"""End ``fix`` at random moments: every file is wholly old or new. ``python tests/unbreakable/killing.py 500``.

Killed, interrupted, and two at once, so many times each.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

HEAD = "from celery import shared_task\n\n\n@shared_task(priority={})\ndef update(pk):\n    print(pk)\n"
BROKEN, MENDED = HEAD.format('"5"'), HEAD.format("5")
OPTIONS = ("--isolated", "--select", "AAC202")
FILES = 20


def place(path: Path, text: str = BROKEN) -> Path:
    """Write a file, which has something to fix unless said otherwise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def start_fix(folder: Path) -> subprocess.Popen[bytes]:
    """Start fixing a folder in another process."""
    command = [sys.executable, "-m", "flake8_aa_celery", "fix", *OPTIONS, str(folder)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def kill_often(folder: Path, times: int) -> int:
    """Kill a fix of a small tree at random moments, see what it left, and let the next run clean up.

    :return: how often it was killed while it wrote: some files were old then, and some new.
    """
    longest = _duration(folder / "first")
    return sum(_killed(folder / "tree", Random(seed).uniform(0.5, 1) * longest) for seed in range(times))


def interrupt_often(folder: Path, times: int) -> int:
    """Interrupt a fix of a small tree at random moments, as Ctrl-C does: it ends quietly.

    :return: how often that came before it was done.
    """
    longest = _duration(folder / "first")
    return sum(_interrupted(folder / "tree", Random(seed).uniform(0.5, 1) * longest) for seed in range(times))


def fix_at_once(folder: Path, times: int) -> None:
    """Let two fixes of a small tree run at once: every file ends as one of them would have left it."""
    for number in range(times):
        paths = _placed(folder / "tree")
        first = start_fix(folder / "tree")
        time.sleep(Random(number).uniform(0, 0.2))
        codes = {process.wait() for process in (first, start_fix(folder / "tree"))}
        assert codes <= {0, 1, 2}, codes
        assert {path.read_text() for path in paths} == {MENDED}
        assert sorted(os.listdir(folder / "tree")) == sorted(path.name for path in paths)


def _duration(folder: Path) -> float:
    """How many seconds a fix takes that nobody disturbs."""
    began = time.monotonic()
    _placed(folder)
    start_fix(folder).wait()
    return time.monotonic() - began


def _interrupted(folder: Path, after: float) -> bool:
    paths = _placed(folder)
    process = start_fix(folder)
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    ended_by_signal = process.returncode in (130, -signal.SIGINT)  # the latter while Python starts or ends
    assert ended_by_signal or process.returncode == 1, errors
    assert b"in main\n" not in errors, errors
    assert {path.read_text() for path in paths} <= {BROKEN, MENDED}
    assert sorted(os.listdir(folder)) == sorted(path.name for path in paths)
    return ended_by_signal


def _placed(folder: Path) -> list[Path]:
    return [place(folder / f"m{number}.py") for number in range(FILES)]


def _killed(folder: Path, after: float) -> bool:
    paths = _placed(folder)
    process = start_fix(folder)
    time.sleep(after)
    process.kill()
    process.wait()
    left = {path.read_text() for path in paths}
    assert left <= {BROKEN, MENDED}, left
    for path in paths:
        path.write_text(MENDED)
    assert start_fix(folder).wait() == 0
    assert sorted(os.listdir(folder)) == sorted(path.name for path in paths)
    return len(left) == 2


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets what runs in the background ignore it
    count = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        stopped = interrupt_often(Path(name) / "interrupted", count)
        print(f"interrupted {count} times, {stopped} of them before it was done: quietly", flush=True)
        fix_at_once(Path(name) / "at-once", count)
        print(f"two at once {count} times: no file was broken", flush=True)
        writing = kill_often(Path(name) / "killed", count)
        print(f"killed {count} times, {writing} of them while it wrote: no file was broken")
