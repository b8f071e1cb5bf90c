"""What was measured, as Markdown: ratios beside their targets, and where the time goes."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.environment import machine
from benchmarks.growing import GROWTHS
from benchmarks.subjects import RUFF, measure

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from benchmarks.environment import Environment
    from benchmarks.subjects import Measured


class Comparison(NamedTuple):
    """One line of the table.

    :param measured: what is ours, by its name among the measured.
    :param against: what it is compared with.
    :param target: the ratio of the medians that it should not exceed.
    """

    measured: str
    against: str
    target: float


COMPARISONS = (
    Comparison("plugin", "ast.walk", 0.25),
    Comparison("plugin", "flake8-comprehensions", 0.25),
    Comparison("flake8 with us", "flake8 without us", 1.03),
    Comparison("check", "ruff", 0.8),
    Comparison("check of a small app", "python -c pass", 3),
    Comparison("--version", "python -c pass", 2),
    Comparison("check: memory", "ruff: memory", 1),
    Comparison("fix --unsafe-fixes", "check", 2.5),
    *(Comparison(*growth.names(), 11) for growth in GROWTHS),
)

#: What is needed before the first rule is asked.
FLOORS = (
    Comparison("plugin, without rules", "ast.walk", 0.25),
    Comparison("check of a small app, without rules", "python -c pass", 3),
    Comparison("only parse", "ruff", 0.8),
    Comparison("only parse: memory", "ruff: memory", 1),
)


def comparison_table(comparisons: Iterable[Comparison], measured: dict[str, Measured]) -> str:
    """The comparisons of which both sides were measured, with medians and spread."""
    lines = ["| What | Measured | Against | Measured | Ratio | Target |", "| --- | --- | --- | --- | --: | --: |"]
    for name, against, target in comparisons:
        if name in measured and against in measured:
            ours, theirs = measured[name], measured[against]
            ratio = ours.series.median / theirs.series.median
            lines.append(f"| {name} | {ours} | {against} | {theirs} | {ratio:.2f} | {target:g} |")
    return "\n".join(lines)


def stage_table(stages: dict[str, float]) -> str:
    """Where the time of one ``check`` goes."""
    whole = sum(stages.values())
    rows = [f"| {stage} | {taken:.3f} s | {taken / whole:.0%} |" for stage, taken in stages.items()]
    return "\n".join(["| Stage | Own time | Share |", "| --- | --: | --: |", *rows])


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

{comparison_table(COMPARISONS, measured)}

- `plugin` is the own time of the flake8 plugin on trees that are parsed already, as is that of flake8-comprehensions;
  `ast.walk` visits all of their nodes.
- `flake8 with us` and `without us` are whole runs of `flake8 --isolated --jobs=1`, by the time of the processor:
  there Python searches for garbage as it always does, also through what a plugin keeps.
- `ruff` is `ruff {" ".join(RUFF)}`; `check` and `fix` are without settings too.
- Memory is the peak over all processes of a command, what they share counted once.
- The last lines are generated code, ten times as much against the same code: `check` in one process without its start.

## What it takes before the first rule is asked
Beside the same targets: what is left for facts and rules.

{comparison_table(FLOORS, measured)}

- Without rules the plugin and the command do all that they do, but ask none: they import, refuse, parse, traverse.
- `only parse` finds, reads, refuses and parses as `check` does, in as many processes, and keeps nothing: what any
  linter must do that is written in Python and parses.

## Where the time of `check` goes
In one process, each stage without what it calls of the others.

{stage_table(environment.answer("stages.py", str(tree)))}
"""
