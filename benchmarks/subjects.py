"""What is measured: commands over the tree, plugins over its syntax trees, and code that grows."""

from __future__ import annotations

import shutil
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.environment import HERE, PROJECT
from benchmarks.growing import GROWTHS
from benchmarks.measure import Series, megabytes, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.environment import Environment

#: What the linter itself reports: selected alone, no rule is asked.
OWN = "AAC9"
RUFF = ("check", "--no-cache", "--isolated", "--select", "F,E9")


class Subject(NamedTuple):
    """Something that is measured once in every round.

    :param measure: gives the value of one round.
    """

    name: str
    measure: Callable[[], float]
    unit: str = "s"


class Measured(NamedTuple):
    """What was measured of a subject in all rounds."""

    series: Series
    unit: str

    def __str__(self) -> str:
        return self.series.shown(self.unit)


def commands(environment: Environment, tree: Path) -> Iterator[Subject]:
    """The commands to be measured over a tree."""
    ours, ruff = environment.command("aa-celery"), environment.command("ruff")
    check, ruff_check = [ours, "check", "--isolated", str(tree)], [ruff, *RUFF, str(tree)]
    small = [ours, "check", "--isolated", str(small_app(tree))]
    yield Subject("check", partial(seconds, check))
    yield Subject("ruff", partial(seconds, ruff_check))
    yield Subject("check of a small app", partial(seconds, small))
    yield Subject("--version", partial(seconds, [ours, "--version"]))
    yield Subject("python -c pass", partial(seconds, [environment.python, "-c", "pass"]))
    yield Subject("check: memory", partial(megabytes, check), "MB")
    yield Subject("ruff: memory", partial(megabytes, ruff_check), "MB")
    parse = [environment.python, str(HERE / "only_parse.py"), str(tree)]
    yield Subject("only parse", partial(seconds, parse))
    yield Subject("only parse: memory", partial(megabytes, parse), "MB")
    yield Subject("check of a small app, without rules", partial(seconds, [*small, "--select", OWN]))
    for which in ("with", "without"):
        whole = partial(environment.answer, "whole_run.py", which, str(tree))
        yield Subject(f"flake8 {which} us", whole)
    yield Subject("fix --unsafe-fixes", partial(seconds_to_fix, ours, tree))


def seconds_to_fix(command: str, tree: Path) -> float:
    """The wall time of fixing a tree, which is copied first."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(tree, f"{folder}/tree", symlinks=True)
        return seconds([command, "fix", "--isolated", "--unsafe-fixes", copy])


def small_app(tree: Path) -> Path:
    """The project below a tree that has the fewest files of those with tasks."""
    apps = [folder for folder in sorted(tree.iterdir()) if any(folder.rglob("tasks.py"))]
    return min(apps, key=lambda app: sum(1 for _ in app.rglob("*.py")), default=tree)


def growing(environment: Environment, folder: Path) -> Iterator[Subject]:
    """Code that grows, written below a folder, small and large."""
    for growth in GROWTHS:
        for name, root in growth.write(folder).items():
            yield Subject(name, partial(environment.answer, "in_process.py", str(root)))


def measure(environment: Environment, tree: Path, rounds: int) -> dict[str, Measured]:
    """Measure everything in turns, so that a busy machine is busy for all; by name."""
    with tempfile.TemporaryDirectory() as folder:
        subjects = [*commands(environment, tree), *growing(environment, Path(folder))]
        values: dict[str, list[float]] = {}
        for number in range(rounds):
            print(f"round {number + 1} of {rounds}", flush=True)
            for name, value in one_round(environment, tree, subjects, number):
                values.setdefault(name, []).append(value)
    units = {subject.name: subject.unit for subject in subjects}
    return {name: Measured(Series(series), units.get(name, "s")) for name, series in values.items()}


def one_round(
    environment: Environment, tree: Path, subjects: list[Subject], number: int
) -> Iterator[tuple[str, float]]:
    """Measure each subject once, beginning with another one in every round."""
    for name, value in environment.answer("own_time.py", str(tree), str(number)).items():
        yield "plugin" if name == PROJECT else name, value
    yield "plugin, without rules", environment.answer("own_time.py", str(tree), str(number), OWN)[PROJECT]
    turn = number % len(subjects)
    for subject in subjects[turn:] + subjects[:turn]:
        yield subject.name, subject.measure()
