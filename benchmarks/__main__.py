"""Measure, and write the table: ``python -m benchmarks TREE``."""

from __future__ import annotations

import argparse
import datetime
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.environment import PROJECT, ROOT, Environment, machine
from benchmarks.measure import Series, megabytes, seconds

RESULTS = Path(__file__).parent / "RESULTS.md"
RUFF = ("check", "--no-cache", "--isolated", "--select", "F,E9")


class Comparison(NamedTuple):
    """One line of the table.

    :param measured: what is ours, by its name among the measured.
    :param against: what it is compared with.
    :param target: the ratio of the medians that it should not exceed.
    """

    measured: str
    against: str
    target: float


class Subject(NamedTuple):
    """Something that is measured once in every round.

    :param measure: gives the value of one round.
    """

    name: str
    unit: str
    measure: Callable[[], float]


COMPARISONS = (
    Comparison("plugin", "ast.walk", 0.25),
    Comparison("plugin", "flake8-comprehensions", 0.25),
    Comparison("check", "ruff", 0.8),
    Comparison("check: memory", "ruff: memory", 1.0),
    Comparison("check of a small app", "python -c pass", 3),
    Comparison("--version", "python -c pass", 2),
    Comparison("fix --unsafe-fixes", "check", 2.5),
)


def commands(environment: Environment, tree: Path) -> Iterator[Subject]:
    """The commands to be measured over a tree."""
    ours, ruff = environment.command("aa-celery"), environment.command("ruff")
    check, ruff_check = [ours, "check", "--isolated", str(tree)], [ruff, *RUFF, str(tree)]
    small = [ours, "check", "--isolated", str(small_app(tree))]
    yield Subject("check", "s", lambda: seconds(check))
    yield Subject("ruff", "s", lambda: seconds(ruff_check))
    yield Subject("check: memory", "MB", lambda: megabytes(check))
    yield Subject("ruff: memory", "MB", lambda: megabytes(ruff_check))
    yield Subject("check of a small app", "s", lambda: seconds(small))
    yield Subject("--version", "s", lambda: seconds([ours, "--version"]))
    yield Subject("python -c pass", "s", lambda: seconds([environment.python, "-c", "pass"]))
    if subprocess.run([ours, "fix", "--help"], capture_output=True).returncode == 0:
        yield Subject("fix --unsafe-fixes", "s", lambda: seconds_to_fix(ours, tree))


def seconds_to_fix(command: str, tree: Path) -> float:
    """The wall time of fixing a tree, which is copied first."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(tree, Path(folder) / "tree", symlinks=True)
        return seconds([command, "fix", "--isolated", "--unsafe-fixes", str(copy)])


def small_app(tree: Path) -> Path:
    """The project below a tree that has the fewest files of those with tasks."""
    apps = [folder for folder in sorted(tree.iterdir()) if any(folder.rglob("tasks.py"))]
    return min(apps, key=lambda app: sum(1 for _ in app.rglob("*.py")), default=tree)


def measure(environment: Environment, tree: Path, rounds: int) -> dict[str, tuple[Series, str]]:
    """Measure everything in turns, so that a busy machine is busy for all. By name, with the unit."""
    subjects = list(commands(environment, tree))
    values: dict[str, list[float]] = {}
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", flush=True)
        own_times = environment.answer("own_time.py", str(tree), str(number))
        taken = {"plugin" if name == PROJECT else name: value for name, value in own_times.items()}
        turn = number % len(subjects)
        for subject in subjects[turn:] + subjects[:turn]:
            taken[subject.name] = subject.measure()
        for name, value in taken.items():
            values.setdefault(name, []).append(value)
    units = {subject.name: subject.unit for subject in subjects}
    return {name: (Series(series), units.get(name, "s")) for name, series in values.items()}


def comparison_table(measured: dict[str, tuple[Series, str]]) -> str:
    """The comparisons of which both sides were measured, with medians and spread."""
    lines = ["| What | Measured | Against | Measured | Ratio | Target |", "| --- | --- | --- | --- | --- | --- |"]
    for name, against, target in COMPARISONS:
        if name in measured and against in measured:
            (ours, unit), (theirs, _) = measured[name], measured[against]
            ratio = ours.median / theirs.median
            lines.append(
                f"| {name} | {ours.shown(unit)} | {against} | {theirs.shown(unit)} | {ratio:.2f} | {target:g} |"
            )
    return "\n".join(lines)


def stage_table(stages: dict[str, float]) -> str:
    """Where the time of one ``check`` goes."""
    whole = sum(stages.values())
    rows = [f"| {stage} | {taken:.3f} s | {taken / whole:.0%} |" for stage, taken in stages.items()]
    return "\n".join(["| Stage | Own time | Share |", "| --- | --- | --- |", *rows])


def size(tree: Path) -> str:
    """How much there is to check."""
    files = list(tree.rglob("*.py"))
    lines = sum(file.read_bytes().count(b"\n") for file in files)
    return f"{len(files):,} Python files, {lines:,} lines"


def report(environment: Environment, tree: Path, rounds: int) -> str:
    """Measure a tree and say it in Markdown."""
    measured = measure(environment, tree, rounds)
    versions = ", ".join(f"{name} {version}" for name, version in environment.versions().items())
    today = datetime.datetime.now(tz=datetime.timezone.utc).date()
    return f"""# Benchmarks

Made by `python -m benchmarks TREE` on {today}: {size(tree)}.
{rounds} rounds, everything in turns; medians, with the spread in brackets.
{versions}.
{machine()}.

{comparison_table(measured)}

`plugin` is the own time of the flake8 plugin on trees that are parsed already, as is that of flake8-comprehensions;
`ast.walk` visits all of their nodes. `ruff` is `ruff {" ".join(RUFF)}`.
Memory is the peak over all processes of a command.

## Where the time of `check` goes
In one process, each stage without what it calls of the others.

{stage_table(environment.answer("stages.py", str(tree)))}
"""


def main() -> None:
    """Read the command line, measure, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("tree", type=Path, help="a folder of Python projects")
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is measured (5)")
    parser.add_argument(
        "--environment",
        type=Path,
        default=ROOT / "build" / "benchmarks",
        help="where the environment is made, and kept for the next time (build/benchmarks)",
    )
    arguments = parser.parse_args()
    environment = Environment(arguments.environment.absolute())
    environment.prepare()
    RESULTS.write_text(report(environment, arguments.tree.absolute(), arguments.rounds), "utf-8")
    print(RESULTS.read_text("utf-8"))


if __name__ == "__main__":
    main()
