"""Time and memory of commands."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

SAMPLE_SECONDS = 0.002
FOUND_SOMETHING = 1


class Series(NamedTuple):
    """The same measured several times.

    :param values: seconds or megabytes.
    """

    values: list[float]

    @property
    def median(self) -> float:
        """The middle value."""
        return median(self.values)

    def shown(self, unit: str) -> str:
        """Median and spread: ``1.23 s (1.20 to 1.31)``."""
        low, high = min(self.values), max(self.values)
        return f"{self.median:.3g} {unit} ({low:.3g} to {high:.3g})"


def start(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a command whose output nobody sees."""
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def demand_success(process: subprocess.Popen[bytes]) -> None:
    """Refuse to measure what failed: a crash is quick.

    :raises subprocess.CalledProcessError: for an exit code that is neither 0 nor that of findings.
    """
    if process.wait() not in (0, FOUND_SOMETHING):
        raise subprocess.CalledProcessError(process.returncode, process.args)


def seconds(command: list[str]) -> float:
    """The wall time of a command."""
    begin = time.perf_counter()
    process = start(command)
    process.wait()
    taken = time.perf_counter() - begin
    demand_success(process)
    return taken


def megabytes(command: list[str]) -> float:
    """The peak memory of a command with all its processes, each page counted once however many share it.

    Sampled every two milliseconds; needs Linux.
    """
    process = start(command)
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(map(proportional_size, family(process.pid))))
        time.sleep(SAMPLE_SECONDS)
    demand_success(process)
    return peak / 1024


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for parent in found:
        found += children(parent)
    return found


def children(pid: int) -> list[int]:
    """The processes that a process has started; none when it has just ended."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for thread in threads for child in (thread / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def proportional_size(pid: int) -> int:
    """The memory of a process in kilobytes, what it shares divided by those who share it."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):  # it has just ended
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
