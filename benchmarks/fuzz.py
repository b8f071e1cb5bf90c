"""Lint and fix programs that are made at random: ``python -m benchmarks.fuzz [--by WAY] [--programs N] [--seed S]``.

What must not be is what :mod:`benchmarks.robustness` looks for. A program that breaks something is written into the
folder named by ``--keep``. Exits with 1 where there is one. The ways:

- ``mutations``: one of the tests' fixtures after a few mutations: statements and arguments deleted, doubled, swapped,
  nested, names renamed to others, files spliced.
- ``grammar``: what hypothesmith makes of the whole grammar of Python, its names replaced by words of Celery's.
- ``coverage``: atheris chooses the mutations, or the very bytes, that reach code which nothing else has reached.

The last two need their tool, which is no dependency of the tests: ``pip install hypothesmith`` or ``atheris``.
"""

from __future__ import annotations

import argparse
import keyword
import os
import re
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from random import Random
from shutil import rmtree
from time import perf_counter
from typing import TYPE_CHECKING, Any

from benchmarks.robustness import EVERY_RULE, ROOT, try_fix

sys.path.insert(0, str(ROOT / "tests"))

if TYPE_CHECKING:
    from collections.abc import Callable

#: Fixing takes many times longer than linting: one program of so many is fixed, too.
FIXED_OF = {"mutations": 100, "grammar": 5, "coverage": 20}
PATHS = ("app/tasks.py", "app/tasks.py", "app/views.py", "app/signals.py", "project/settings.py", "app/tasks/more.py")
PROFILES = ("alliance-auth", "alliance-auth", "celery")
HEAD = """
import celery, logging
from celery import *
from celery import shared_task
from django.db import transaction
logger = logging.getLogger(__name__)
@shared_task(bind=True, priority=3)
def update(self, pk=None, *, force=False): ...
"""
WORDS = re.findall(
    r"\w+",
    """
    update shared_task chain group chord signature app celery self request pk priority bind name args kwargs delay
    apply_async s si set get apply retry run result append conf beat_schedule transaction on_commit objects logger
    CELERYBEAT_SCHEDULE time sleep
""",
)
NAME = re.compile(r"(?<![\w'\"])[^\W\d]\w*(?!['\"])")


def trouble_with(data: bytes, random: Random, root: Path, fixed_of: int) -> tuple[str, list[str]]:
    """Where a program was put, and what is wrong with what becomes of it.

    :param fixed_of: one program of so many is fixed, too.
    """
    from flake8_aa_celery.linter import lint
    from flake8_aa_celery.settings import Settings

    path = str(root / random.choice(PATHS))
    settings = Settings(select=EVERY_RULE, check_tests=True, profile=random.choice(PROFILES))  # type: ignore[arg-type]
    found = lint(path, data, settings)
    trouble = [violation.message for violation in found if violation.code == "AAC999"]
    if random.randrange(fixed_of) == 0 and any(violation.fix for violation in found):
        trouble += try_fix(path, data, settings)[1]
    return path, trouble


class Hunt:
    """Tries one program after the other and keeps those that break something.

    :param root: the project that they are put into.
    :param keep: where those are written that break something.
    :param fixed_of: one program of so many is fixed, too.
    """

    def __init__(self, root: Path, keep: Path, fixed_of: int) -> None:
        self.root = root
        self.keep = keep
        self.fixed_of = fixed_of
        self.began = perf_counter()
        self.tried = self.broken = 0
        self.slowest = (0.0, 0)

    def try_program(self, data: bytes, random: Random, number: int) -> None:
        """Try one program."""
        start = perf_counter()
        try:
            path, trouble = trouble_with(data, random, self.root, self.fixed_of)
        except Exception as error:
            path, trouble = "", [f"{type(error).__name__}: {error}"]
        self.slowest = max(self.slowest, (perf_counter() - start, number))
        self.tried += 1
        if trouble:
            self.broken += 1
            (self.keep / f"fuzz-{number}.py").write_bytes(data)
            print(number, path.removeprefix(str(self.root)), *trouble, flush=True)
        if self.tried % 2_000 == 0:
            print(f"… {self}", file=sys.stderr, flush=True)

    def __str__(self) -> str:
        seconds = perf_counter() - self.began
        return f"{self.tried:,} programs, {self.broken} broken, {seconds:.0f} s; the slowest: {self.slowest}"


def by_mutations(hunt: Hunt, programs: int, seed: int) -> None:
    """Mutate the fixtures; the next program has the next seed."""
    from mutations import mutated

    for number in range(seed, seed + programs):
        random = Random(number)
        hunt.try_program(mutated(random).encode(errors="replace"), random, number)


def by_grammar(hunt: Hunt, programs: int, seed: int) -> None:
    """Let hypothesmith write programs."""
    import hypothesis

    hypothesmith: Any = import_module("hypothesmith")
    either = hypothesmith.from_node() | hypothesmith.from_grammar()

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=programs,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(either, hypothesis.strategies.integers(0, 2**32))
    def try_one(text: str, number: int) -> None:
        random = Random(number)
        hunt.try_program((HEAD + seasoned(text, random)).encode(errors="replace"), random, number)

    try_one()


def seasoned(text: str, random: Random) -> str:
    """A program with words of Celery's in the place of most of its names."""

    def other(found: re.Match[str]) -> str:
        name = found[0]
        return name if keyword.iskeyword(name) or random.random() < 0.2 else random.choice(WORDS)

    return NAME.sub(other, text)


def by_coverage(hunt: Hunt, programs: int, seed: int) -> None:
    """Let atheris look for programs that reach new code of ours; ends the process."""
    atheris: Any = import_module("atheris")
    with atheris.instrument_imports(include=["flake8_aa_celery"]):
        import_module("flake8_aa_celery.fixes.engine")
        catalogue: Any = import_module("flake8_aa_celery.rules.catalogue")
        for rule in catalogue.RULES.values():
            rule.load()
    from mutations import mutated

    class Chosen(Random):
        """What would be at random is chosen by the bytes that atheris gives, as long as there are some."""

        def __init__(self, data: bytes) -> None:
            super().__init__(0)
            self.given = atheris.FuzzedDataProvider(data)

        def random(self) -> float:
            return float(self.getrandbits(32) / 2**32)

        def getrandbits(self, count: int) -> int:
            if not self.given.remaining_bytes():
                return super().getrandbits(count)
            return int(self.given.ConsumeIntInRange(0, 2**count - 1))

    def try_one(data: bytes) -> None:
        random = Chosen(data[1:])
        is_text = data[:1] < b"\x40"
        program = (
            b"from celery import shared_task\n" + data[1:] if is_text else mutated(random).encode(errors="replace")
        )
        hunt.try_program(program, random, hunt.tried)
        if hunt.tried == programs:  # it would end the process, and not say that something broke
            print(hunt, flush=True)
            rmtree(hunt.root)
            os._exit(bool(hunt.broken))

    options = [
        f"-seed={seed or 1}",
        "-max_len=2048",
        "-len_control=0",
        "-timeout=300",
        f"-artifact_prefix={hunt.keep}/",
    ]
    atheris.Setup([sys.argv[0], *options], try_one)
    atheris.Fuzz()


WAYS: dict[str, Callable[[Hunt, int, int], None]] = {
    "mutations": by_mutations,
    "grammar": by_grammar,
    "coverage": by_coverage,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--by", choices=WAYS, default="mutations")
    parser.add_argument("--programs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()), metavar="FOLDER")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name).resolve()
        (root / "setup.py").touch()
        hunt = Hunt(root, arguments.keep, FIXED_OF[arguments.by])
        WAYS[arguments.by](hunt, arguments.programs, arguments.seed)
    print(hunt)
    return int(bool(hunt.broken))


if __name__ == "__main__":
    sys.exit(main())
