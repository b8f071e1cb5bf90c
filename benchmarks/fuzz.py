"""Lint and fix programs that are made at random: ``python -m benchmarks.fuzz [--programs N] [--seed S]``.

Each program is one of the tests' fixtures after a few mutations: statements and arguments deleted, doubled, swapped,
nested, names renamed to others, files spliced. What must not be is what :mod:`benchmarks.robustness` looks for. A
program that breaks something is written into the folder named by ``--keep``. Exits with 1 where there is one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from random import Random
from time import perf_counter

from benchmarks.robustness import EVERY_RULE, ROOT, try_fix

sys.path.insert(0, str(ROOT / "tests"))

from flake8_aa_celery.linter import lint
from flake8_aa_celery.model.project import Project
from flake8_aa_celery.settings import Settings
from mutations import mutated

#: Fixing takes many times longer than linting: one program of so many is fixed, too.
FIXED_OF = 100
PATHS = ("app/tasks.py", "app/tasks.py", "app/views.py", "app/signals.py", "project/settings.py", "app/tasks/more.py")
PROFILES = ("alliance-auth", "alliance-auth", "celery")


def trouble_with(text: str, random: Random, root: Path) -> tuple[str, list[str]]:
    """Where a program was put, and what is wrong with what becomes of it."""
    path = str(root / random.choice(PATHS))
    settings = Settings(select=EVERY_RULE, check_tests=True, profile=random.choice(PROFILES))  # type: ignore[arg-type]
    data = text.encode(errors="replace")
    Project.forget()
    found = lint(path, data, settings)
    trouble = [violation.message for violation in found if violation.code == "AAC999"]
    if random.randrange(FIXED_OF) == 0 and any(violation.fix for violation in found):
        trouble += try_fix(path, data, settings)[1]
    return path, trouble


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--programs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0, help="of the first program; the next one has the next seed")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()), metavar="FOLDER")
    arguments = parser.parse_args()
    began, broken, slowest = perf_counter(), 0, (0.0, 0)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name).resolve()
        (root / "setup.py").touch()
        for seed in range(arguments.seed, arguments.seed + arguments.programs):
            random = Random(seed)
            text = mutated(random)
            start = perf_counter()
            try:
                path, trouble = trouble_with(text, random, root)
            except Exception as error:
                path, trouble = "", [f"{type(error).__name__}: {error}"]
            slowest = max(slowest, (perf_counter() - start, seed))
            if trouble:
                broken += 1
                (arguments.keep / f"fuzz-{seed}.py").write_text(text, "utf-8", "replace")
                print(seed, path.removeprefix(str(root)), *trouble, flush=True)
            if seed % 2_000 == 1_999:
                print(f"… {seed + 1 - arguments.seed} programs, {broken} broken", file=sys.stderr, flush=True)
    seconds = perf_counter() - began
    print(f"{arguments.programs:,} programs, {broken} broken, {seconds:.0f} s; the slowest: {slowest}")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
