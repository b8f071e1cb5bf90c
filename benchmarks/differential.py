"""Run programs before and after fixes: ``python -m benchmarks.differential [--unsafe] [--programs N] [--seed S]``.

Programs are made at random (``tests/behaviour/programs.py``), fixed, and run on a real Celery: what they send, what
runs and what their cases return must be the same after safe fixes, unless the old code raised or its task failed, and
after the unsafe fixes of one rule differ in nothing but what its page says. A program that does not is written into
the folder named by ``--keep``. Exits with 1 where there is one.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import warnings
from collections import Counter
from importlib import import_module
from pathlib import Path
from random import Random
from time import perf_counter

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))


def main() -> int:
    """Read the command line, try programs, say what was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.differential", description=__doc__)
    parser.add_argument("--programs", type=int, default=10_000, help="how many are made (10000)")
    parser.add_argument("--seed", type=int, default=0, help="the number of the first one (0)")
    parser.add_argument("--unsafe", action="store_true", help="apply the unsafe fixes of one rule to each")
    parser.add_argument("--keep", type=Path, default=None, metavar="FOLDER", help="where programs that differ are put")
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    return _try_all(arguments)


def _try_all(arguments: argparse.Namespace) -> int:
    differential, programs = import_module("behaviour.differential"), import_module("behaviour.programs")

    applied: Counter[str] = Counter()
    different = fixed = 0
    start = perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(arguments.seed, arguments.seed + arguments.programs):
            random = Random(number)
            program = programs.make_program(random, unsafe=arguments.unsafe)
            codes = (random.choice(differential.UNSAFE),) if arguments.unsafe else differential.SAFE
            trial = differential.tried(program, Path(folder), codes, unsafe=arguments.unsafe)
            applied.update(trial.applied)
            fixed += bool(trial.applied)
            if trial.differences:
                different += 1
                print(f"program {number} ({', '.join(sorted(set(trial.applied)))}):", *trial.differences, sep="\n")
                _keep(arguments.keep, number, program.files, trial.files)
            if (number - arguments.seed) % 500 == 499:
                print(f"{number + 1}: {fixed} fixed, {different} differ, {perf_counter() - start:.0f} s", flush=True)
    print(f"{arguments.programs} programs, {fixed} fixed, {sum(applied.values())} fixes, {different} differ")
    print(", ".join(f"{code} {count}" for code, count in sorted(applied.items())))
    return int(different > 0)


def _keep(folder: Path | None, number: int, before: dict[str, str], after: dict[str, str]) -> None:
    if folder is None:
        return
    for kind, files in (("before", before), ("after", after)):
        place = folder / str(number) / kind / "proof"
        place.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (place / f"{name}.py").write_text(text)


if __name__ == "__main__":
    sys.exit(main())
