"""Lint and fix whole libraries to see what breaks: ``python -m benchmarks.robustness [FOLDER…]``.

Without a folder it takes the standard library, with its tests, of every Python that pyenv has here, of old ones too,
and the packages of this environment. Two passes over a copy of each folder:

- Every file, as if it had to do with Celery, is linted with all rules in both profiles and fixed twice in memory.
- The command itself runs: ``check`` and twice ``fix --unsafe-fixes``.

What must not be: AAC999, a traceback, an interpreter that dies, a fixed file that cannot be parsed, a second fix that
changes anything. Exits with 1 where there is one of these.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import sysconfig
import tempfile
from collections import Counter
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.settings import Settings

SUFFIXES = (".py", ".md", ".rst")
#: All of them, those that are off by default included.
EVERY_RULE = tuple(f"AAC{group}" for group in "1234569")
ROOT = Path(__file__).parent.parent
#: A file that takes so many seconds of a processor is one that breaks the linter.
PATIENCE = 120


class Outcome(NamedTuple):
    """What became of one file in this process.

    :param fixed: how many violations were fixed, in both profiles.
    :param broken: what must not be, in words.
    """

    lines: int
    findings: int
    fixed: int
    unparsable: bool
    broken: tuple[str, ...]
    seconds: float


class Total(NamedTuple):
    """What became of a folder."""

    files: int
    outcomes: list[Outcome]
    broken: list[str]
    seconds: float


# -- one file, in a process that may die over it ----------------------------------------------------------------------
# The linter is imported where it is used: benchmarks.fuzz has it instrumented before.


def try_file(path: str, data: bytes) -> Outcome:
    """Lint and fix one file in both profiles, as if it had to do with Celery; write nothing."""
    from flake8_aa_celery.linter import lint
    from flake8_aa_celery.settings import Settings

    began = perf_counter()
    found: Counter[str] = Counter()
    fixed, broken = 0, []
    for profile in ("alliance-auth", "celery"):
        settings = Settings(select=EVERY_RULE, check_tests=True, profile=profile)
        linted = lint(path, data, settings)
        found.update(violation.code for violation in linted)
        broken += [f"{profile}: {violation.message}" for violation in linted if violation.code == "AAC999"]
        count, why = try_fix(path, data, settings) if any(violation.fix for violation in linted) else (0, [])
        fixed += count
        broken += [f"{profile}: {reason}" for reason in why]
    unparsable = bool(found["AAC900"])
    return Outcome(data.count(b"\n") + 1, found.total(), fixed, unparsable, tuple(broken), perf_counter() - began)


def try_fix(path: str, data: bytes, settings: Settings) -> tuple[int, list[str]]:
    """How many violations can be fixed in a file, and what is wrong with what it becomes."""
    from flake8_aa_celery.fixes.engine import fix
    from flake8_aa_celery.linter import parse

    fixed = fix(path, data, settings, unsafe=True)
    if fixed.data == data:
        return 0, []
    try:
        parse(fixed.data)
    except SyntaxError as error:
        return len(fixed.applied), [f"what was fixed cannot be parsed: {error}"]
    again = fix(path, fixed.data, settings, unsafe=True)
    changed = [f"a second fix changed {violation.code}" for violation in again.applied]
    return len(fixed.applied), changed


def work() -> None:
    """Take paths from standard input, one a line as JSON, and print for each that it begins, and its outcome."""
    import faulthandler

    from flake8_aa_celery import model

    faulthandler.enable()
    faulthandler.register(signal.SIGPROF, chain=True)  # it says where, and the process ends
    model.relevant = lambda *_: True
    for line in sys.stdin:
        path = json.loads(line)
        print(json.dumps(path), flush=True)
        signal.setitimer(signal.ITIMER_PROF, PATIENCE)
        try:
            outcome = try_file(path, Path(path).read_bytes())
        except Exception as error:
            outcome = Outcome(0, 0, 0, False, (f"{type(error).__name__}: {error}",), 0)
        print(json.dumps(outcome), flush=True)
    signal.setitimer(signal.ITIMER_PROF, 0)


# -- a folder ---------------------------------------------------------------------------------------------------------


def files_below(folder: Path) -> list[Path]:
    """The files of a folder that are linted; not packages that somebody installed into a library."""
    files = (file for file in folder.rglob("*") if file.suffix in SUFFIXES and file.is_file())
    return sorted(file for file in files if "site-packages" not in file.relative_to(folder).parts)


def try_every_file(files: list[Path]) -> tuple[list[Outcome], list[str]]:
    """The outcomes of files, and what broke; a process that dies over a file is followed by another one."""
    outcomes: list[Outcome] = []
    broken: list[str] = []
    rest = list(map(str, files))
    while rest:
        done, death = _until_death(rest)
        outcomes += done
        broken += [f"{path}: {why}" for path, outcome in zip(rest, done, strict=False) for why in outcome.broken]
        if death:
            broken.append(f"{rest[len(done)]}: {death}")
        rest = rest[len(done) + 1 :]
    return outcomes, broken


def _until_death(paths: list[str]) -> tuple[list[Outcome], str]:
    command = [sys.executable, "-m", __spec__.name, "--worker"]
    text = "".join(f"{json.dumps(path)}\n" for path in paths)
    ended = subprocess.run(command, input=text, stdout=subprocess.PIPE, text=True, cwd=ROOT, check=False)
    said = [json.loads(line) for line in ended.stdout.splitlines()]
    done = [Outcome(*values) for values in said if isinstance(values, list)]
    return done, f"the process ended with {ended.returncode}" if len(done) < len(paths) else ""


def copied(folder: Path, copy: Path) -> list[Path]:
    """Copy the files of a folder that are linted: in a place of their own they are a project of their own."""
    for file in (*files_below(folder), *folder.rglob("pyproject.toml")):  # the latter is the root of a project
        target = copy / file.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    return files_below(copy)


def try_command(copy: Path) -> Iterator[str]:
    """What is wrong with the command itself over a folder, which is changed."""
    options = ("--isolated", "--check-tests", "--exclude", "nothing", "--select", ",".join(EVERY_RULE))
    yield from _wrong_with("check", *options, str(copy))
    before = _contents(copy)
    yield from _wrong_with("fix", "--unsafe-fixes", *options, str(copy))
    once = _contents(copy)
    yield from _wrong_with("fix", "--unsafe-fixes", *options, str(copy))
    for path, data in _contents(copy).items():
        if data != once.get(path):
            yield f"{path}: a second fix changed it"
    for path in once:
        if once[path] != before.get(path) and path.suffix == ".py" and not _is_python(once[path]):
            yield f"{path}: what was fixed cannot be parsed"


def _is_python(data: bytes) -> bool:
    from flake8_aa_celery.linter import parse

    try:
        parse(data)
    except SyntaxError:
        return False
    return True


def _contents(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def _wrong_with(*arguments: str) -> Iterator[str]:
    command = [sys.executable, "-m", "flake8_aa_celery", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, errors="replace", cwd=ROOT, check=False)
    if ended.returncode not in (0, 1):
        yield f"{arguments[0]} ended with {ended.returncode}: {ended.stderr[-500:]}"
    if "Traceback" in ended.stderr:
        yield f"{arguments[0]}: {ended.stderr[-500:]}"
    yield from (line for line in ended.stdout.splitlines() if " AAC999 " in line)


def try_folder(folder: Path) -> Total:
    """Both passes over a folder."""
    began = perf_counter()
    with tempfile.TemporaryDirectory() as name:
        Path(name, "setup.py").touch()  # the root of a project: nothing above it is looked at
        files = copied(folder, Path(name) / "copy")
        outcomes, broken = try_every_file(files)
        broken += try_command(Path(name) / "copy")
    return Total(len(files), outcomes, broken, perf_counter() - began)


# -- all folders ------------------------------------------------------------------------------------------------------


def default_folders() -> list[Path]:
    """The libraries of every Python that pyenv has here, and the packages of this environment."""
    libraries = sorted((Path.home() / ".pyenv" / "versions").glob("*/lib/python[23].*"))
    return [*libraries, Path(sysconfig.get_path("purelib"))]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.robustness", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        work()
        return 0
    totals = []
    print("| Folder | Files | Lines | Not this Python's syntax | Findings | Fixed | Broken | Seconds |")
    print("| --- | --: | --: | --: | --: | --: | --: | --: |")
    for folder in arguments.folders or default_folders():
        totals.append(try_folder(folder.resolve()))
        print(_row("/".join(folder.parts[-3:]), totals[-1]), flush=True)
    whole = Total(
        sum(total.files for total in totals),
        [outcome for total in totals for outcome in total.outcomes],
        [line for total in totals for line in total.broken],
        sum(total.seconds for total in totals),
    )
    print(_row("all", whole))
    print(*whole.broken, sep="\n")
    return int(bool(whole.broken))


def _row(name: str, total: Total) -> str:
    numbers = (
        total.files,
        sum(outcome.lines for outcome in total.outcomes),
        sum(outcome.unparsable for outcome in total.outcomes),
        sum(outcome.findings for outcome in total.outcomes),
        sum(outcome.fixed for outcome in total.outcomes),
        len(total.broken),
        round(total.seconds),
    )
    return f"| {name} | " + " | ".join(f"{number:,}" for number in numbers) + " |"


if __name__ == "__main__":
    sys.exit(main())
