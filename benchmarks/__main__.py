"""Measure, and write the table: ``python -m benchmarks TREE``."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.environment import ROOT, Environment
from benchmarks.report import report


def main() -> None:
    """Read the command line, measure, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("tree", type=Path, help="a folder of Python projects")
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is measured (5)")
    parser.add_argument(
        "--environment",
        type=Path,
        default=ROOT / "build" / "benchmarks",
        metavar="FOLDER",
        help="where the environment is made, and kept for the next time (build/benchmarks)",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path(__file__).parent / "RESULTS.md",
        metavar="FILE",
        help="what the table is written into (benchmarks/RESULTS.md)",
    )
    arguments = parser.parse_args()
    environment = Environment(arguments.environment.absolute())
    environment.prepare()
    text = report(environment, arguments.tree.absolute(), arguments.rounds)
    arguments.output.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
