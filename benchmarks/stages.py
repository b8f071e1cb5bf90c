"""Where the time of one ``check`` goes: ``stages.py TREE``, run in the benchmark's environment.

Prints seconds by stage as JSON. The command itself runs, in one process, with a stopwatch around the ways into each
stage; a stage that calls another does not count its time. The facts that rules are about are the model's time; what a
rule asks beside them is its own. What it takes to follow calls, with the files that these lead to, is a stage of its
own.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import time
from functools import wraps
from typing import TYPE_CHECKING, Any

from flake8_aa_celery import cli, linter, model
from flake8_aa_celery.cli import _files, _report
from flake8_aa_celery.model.code.project import Project
from flake8_aa_celery.model.effects.graph import Graph
from flake8_aa_celery.model.facts import Fact
from flake8_aa_celery.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Callable

WAYS_IN = (
    ("find", _files, "find"),
    ("read", _files, "read"),
    ("refuse", model, "relevant"),
    ("parse", linter, "parse"),
    ("model", Project, "module"),
    ("model", Fact, "of"),
    ("following", Graph, "leads"),
    ("following", Graph, "steps"),
    ("following", Graph, "way"),
    ("following", Graph, "way_of"),
    ("rules", Rule, "violations_in"),
    ("noqa", linter, "heed_noqa"),
    ("report", _report, "write_report"),
)


class Stopwatch:
    """Counts the own time of stages within stages; ``taken`` is seconds by stage."""

    def __init__(self) -> None:
        self.taken = dict.fromkeys([*(stage for stage, _, _ in WAYS_IN), "rest"], 0.0)
        self._running = ["rest"]
        self._since = time.perf_counter()

    def _book(self) -> None:
        now = time.perf_counter()
        self.taken[self._running[-1]] += now - self._since
        self._since = now

    def timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function with its time booked; what it yields is collected first."""

        @wraps(function)
        def measured(*arguments: Any, **named: Any) -> Any:
            self._book()
            self._running.append(stage)
            try:
                result = function(*arguments, **named)
                return list(result) if hasattr(result, "__next__") else result
            finally:
                self._book()
                self._running.pop()

        return measured


def install(stopwatch: Stopwatch) -> None:
    """Put the stopwatch around everything that leads into a stage."""
    for stage, owner, name in WAYS_IN:
        setattr(owner, name, stopwatch.timed(stage, getattr(owner, name)))


def main(tree: str) -> None:
    """Check the tree once."""
    stopwatch = Stopwatch()
    install(stopwatch)
    check_it = stopwatch.timed("rest", cli.main)
    with contextlib.redirect_stdout(io.StringIO()):
        check_it(["check", "--isolated", "--profile=alliance-auth", "--jobs=1", tree])
    print(json.dumps(stopwatch.taken))


if __name__ == "__main__":
    main(*sys.argv[1:])
