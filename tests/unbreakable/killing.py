"""Kill ``fix`` at random moments: every file is wholly old or new. ``python tests/unbreakable/killing.py 500``."""

from __future__ import annotations

import os
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
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill_often(folder: Path, times: int) -> int:
    """Kill a fix of a small tree at random moments, see what it left, and let the next run clean up.

    :return: how often it was killed while it wrote: some files were old then, and some new.
    """
    began = time.monotonic()
    _placed(folder / "first")
    start_fix(folder / "first").wait()
    longest = time.monotonic() - began
    return sum(_killed(folder / "tree", Random(seed).uniform(0.5, 1) * longest) for seed in range(times))


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
    count = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        print(f"killed {count} times, {kill_often(Path(name), count)} of them while it wrote: no file was broken")
