"""Hold the model to what programs are when they run: ``python -m benchmarks.truth KIND [--programs N] [--seed S]``.

Programs of a kind are made at random (``tests/truth``), run, and the model is asked what the expressions are that they
ask about. It may not know; it may not be wrong. A program about which it is goes into the folder named by ``--keep``.
Exits with 1 where there is one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from random import Random
from time import perf_counter
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

    from truth.asking import Answers

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))


def main() -> int:
    """Read the command line, try programs, say what was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.truth", description=__doc__)
    parser.add_argument("kind", choices=("arguments", "calls", "constants", "crontabs", "names", "sends"))
    parser.add_argument("--programs", type=int, default=10_000, help="how many are made (10000)")
    parser.add_argument("--seed", type=int, default=0, help="the number of the first one (0)")
    parser.add_argument("--keep", type=Path, default=None, metavar="FOLDER", help="where programs are put")
    parser.add_argument("--shrink", action="store_true", help="print what is left of it without needless statements")
    given = parser.parse_args()
    return _try_all(given.kind, range(given.seed, given.seed + given.programs), given.keep, shrink=given.shrink)


def _try_all(kind: str, numbers: range, keep: Path | None, *, shrink: bool) -> int:
    programs = import_module(f"truth.{kind}")
    asked = _asked_in(programs)
    right = unknown = wrong = 0
    start = perf_counter()
    for number in numbers:
        files = programs.make_program(Random(number))
        with tempfile.TemporaryDirectory() as folder:
            answers = asked(files, Path(folder))
        right, unknown, wrong = right + answers.right, unknown + answers.unknown, wrong + len(answers.wrong)
        if answers.wrong:
            print(f"program {number}:", *answers.wrong, sep="\n  ", flush=True)
            if shrink:
                _print_smallest(files, asked)
            _keep(keep, number, files)
    print(f"{len(numbers)} programs, {right} right, {unknown} unknown, {wrong} wrong, {perf_counter() - start:.0f} s")
    return int(wrong > 0)


def _asked_in(programs: ModuleType) -> Callable[[Mapping[str, str], Path], Answers]:
    """What runs a program and asks the model: of most kinds the same."""
    found = getattr(programs, "asked", import_module("truth.asking").asked)
    return cast("Callable[[Mapping[str, str], Path], Answers]", found)


def _print_smallest(files: dict[str, str], asked: Callable[[Mapping[str, str], Path], Answers]) -> None:
    asking = import_module("truth.asking")

    def is_wrong(files: Mapping[str, str]) -> bool:
        with tempfile.TemporaryDirectory() as folder:
            return bool(asked(files, Path(folder)).wrong)

    for path, text in asking.smallest(files, is_wrong).items():
        if text:
            print(f"--- {path}", text, sep="\n", flush=True)


def _keep(folder: Path | None, number: int, files: dict[str, str]) -> None:
    if folder is None:
        return
    for path, text in files.items():
        (folder / str(number) / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / str(number) / path).write_text(text)


if __name__ == "__main__":
    sys.exit(main())
