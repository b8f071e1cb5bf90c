"""How long an editor waits: ``python -m benchmarks.keystrokes FILE [--keystrokes N]``.

Each keystroke adds a letter to a comment at the end of the file, in memory, and the file is checked again. Prints the
median, the 99th percentile, and the median of parsing that file alone, in milliseconds.
"""

from __future__ import annotations

import argparse
import ast
import sys
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from flake8_aa_celery.server.analysis import Analysis

if TYPE_CHECKING:
    from collections.abc import Callable

#: So many keystrokes come before those that are measured: what is read once is read by then.
_FIRST = 3


def main() -> int:
    """Read the command line, type, say how long it took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.keystrokes", description=__doc__)
    parser.add_argument("file", type=Path, help="a Python file of a project")
    parser.add_argument("--keystrokes", type=int, default=50, help="how many are measured (50)")
    given = parser.parse_args()
    checked, parsed = typed(given.file.resolve(), given.keystrokes)
    last = sorted(checked)[int(len(checked) * 0.99)]
    print(f"checked: median {median(checked):.1f} ms, p99 {last:.1f} ms; parsed: median {median(parsed):.1f} ms")
    return 0


def typed(path: Path, keystrokes: int) -> tuple[list[float], list[float]]:
    """How long it takes to check a file after each keystroke, and to parse it, in milliseconds."""
    text = path.read_text("utf-8")
    analysis = Analysis(lambda message: print(message, file=sys.stderr))
    checked: list[float] = []
    parsed: list[float] = []
    for number in range(_FIRST + keystrokes):
        edited = f"{text}\n# {'x' * number}\n"
        analysis.put(str(path), edited)
        checked.append(_milliseconds(lambda: analysis.violations(str(path))))
        parsed.append(_milliseconds(lambda edited=edited: ast.parse(edited)))  # type: ignore[misc]
    return checked[_FIRST:], parsed[_FIRST:]


def _milliseconds(function: Callable[[], object]) -> float:
    start = perf_counter()
    function()
    return (perf_counter() - start) * 1000


if __name__ == "__main__":
    sys.exit(main())
