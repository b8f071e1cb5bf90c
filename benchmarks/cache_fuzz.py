"""Whether the cache answers what would be found: ``python -m benchmarks.cache_fuzz [--rounds N] [FOLDER]``.

A project is changed at random, round by round: files are edited, added, removed, renamed, moved, linked and touched, at
the same length and with their old times too; settings, markers, ignored files and the cache itself change. After each
change ``check`` is asked twice, with the cache and without, and must say the same: on standard output, on standard
error, and by its exit code. FOLDER holds Python files to make projects of, the fixtures of the tests if nothing is
named. Prints what differs, with the seed, and exits with 1 where something does.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_aa_celery.cache import FOLDER
from flake8_aa_celery.cli import main as command

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FIXTURES = Path(__file__).parent.parent / "tests" / "fixtures"
_SETTINGS = (
    "",
    'select = ["AAC1", "AAC4"]\n',
    'profile = "celery"\n',
    "check-tests = true\n",
    'exclude = ["b"]\n',
    "bulk-priority = 8\n",
    "bulk-priority = 11\n",
)
_OPTIONS = ((), (), (), ("--select", "ALL"), ("a",), ("--output-format", "concise"), ("--ignore-noqa",), ("--quiet",))
_LINES = (
    "\nx = 1\n",
    "\nfrom .tasks import update\nupdate.delay(1, priority=12)\n",
    "\nfrom a.tasks import update\nfor pk in range(10):\n    update.delay(pk)\n",
    "\n# noqa: AAC205\n",
    "\ndef (\n",
)
_TASKS = "from celery import shared_task\n\n\n@shared_task\ndef update({}): ...\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run rounds; 1 where the two answers differ in one."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=FIXTURES)
    parser.add_argument("--rounds", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    hits = 0
    for seed in range(given.seed, given.seed + max(1, given.rounds // 100)):
        with tempfile.TemporaryDirectory() as folder:
            fuzz = Fuzz(Path(folder), seed, given.folder)
            differences = fuzz.run(min(100, given.rounds))
            hits += fuzz.hits
        for difference in differences:
            print(f"seed {seed}: {difference}")
        if differences:
            return 1
    print(f"{given.rounds} rounds without a difference, {hits} of them answered from the cache at once")
    return 0


class Fuzz:
    """A project that is changed at random.

    :param folder: an empty folder.
    :param source: where Python files are taken from.
    :ivar hits: in how many rounds nothing had to be linted.
    """

    def __init__(self, folder: Path, seed: int, source: Path = FIXTURES) -> None:
        self._random = random.Random(seed)
        self._root = folder / "project"
        self._pool = sorted(path for path in source.rglob("*.py") if path.stat().st_size < 5_000)
        self.hits = 0
        for package in ("a", "b", "a/tasks"):
            (self._root / package).mkdir(parents=True)
            (self._root / package / "__init__.py").touch()
        (self._root / "setup.py").touch()
        (self._root / "a" / "jobs.py").write_text(_TASKS.format("pk"))
        for _ in range(6):
            self._add()

    def run(self, rounds: int) -> list[str]:
        """Change something, and ask, so many times; what differs, with the change before it."""
        changes: list[Callable[[], object]] = [
            self._nothing, self._nothing, self._append, self._append, self._same_length, self._add, self._remove,
            self._rename, self._touch, self._settings, self._marker, self._ignore, self._link, self._break_cache,
            self._remove_cache, self._move_folder, self._write_back, self._document,
        ]  # fmt: skip
        here = os.getcwd()
        try:
            os.chdir(self._root)
            for number in range(rounds):
                change = self._random.choice(changes)
                change()
                options = self._random.choice(_OPTIONS)
                before = _written(self._root)
                cached, plain = ask(*options), ask(*options, "--no-cache")
                self.hits += bool(before) and before == _written(self._root)
                if cached != plain:
                    return [f"round {number}, {change.__name__.strip('_')}: {options}: {cached} is not {plain}"]
        finally:
            os.chdir(here)
        return []

    # -- changes ----------------------------------------------------------------------------------------------------

    def _files(self) -> list[Path]:
        return sorted(path for path in self._root.rglob("*.py") if path.is_file() and FOLDER not in path.parts)

    def _file(self) -> Path:
        return self._random.choice(self._files())

    def _nothing(self) -> None:
        """Nothing changes."""

    def _append(self) -> None:
        path = self._file()
        path.write_text(path.read_text("utf-8", "replace") + self._random.choice(_LINES), "utf-8")

    def _same_length(self) -> None:
        """Other bytes of the same number, and the old times: only that of the change itself tells."""
        path = self._file()
        before = path.stat()
        text = path.read_bytes()
        path.write_bytes(
            text.replace(b"update", b"upkeep") if b"update" in text else text.replace(b"upkeep", b"update")
        )
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    def _add(self) -> None:
        folder = self._random.choice(["a", "b", "a/tasks", "."])
        shutil.copyfile(self._random.choice(self._pool), self._root / folder / f"m{self._random.randrange(20)}.py")

    def _remove(self) -> None:
        if len(self._files()) > 5:
            self._file().unlink()

    def _rename(self) -> None:
        path = self._file()
        path.rename(path.with_name(self._random.choice(["tasks.py", "views.py", "models.py", f"r{path.name}"])))

    def _touch(self) -> None:
        os.utime(self._file())

    def _settings(self) -> None:
        text = f"[tool.flake8-aa-celery]\n{self._random.choice(_SETTINGS)}"
        (self._root / self._random.choice(["", "b"]) / "pyproject.toml").write_text(text)

    def _marker(self) -> None:
        """A folder becomes a project of its own, or is one no longer."""
        path = self._root / "b" / self._random.choice(["setup.cfg", "manage.py", "__init__.py"])
        path.unlink() if path.exists() else path.touch()

    def _ignore(self) -> None:
        (self._root / ".gitignore").write_text(self._random.choice(["", "m1*.py\n", "b/\n", "!*\n"]))

    def _link(self) -> None:
        path = self._root / "b" / "linked.py"
        if path.is_symlink():
            path.unlink()
        elif not path.exists():
            path.symlink_to(self._random.choice(["../a/jobs.py", "gone.py", "../../outside.py"]))

    def _move_folder(self) -> None:
        first, second = self._root / "b", self._root / "c"
        source, target = (first, second) if first.exists() and not second.exists() else (second, first)
        if source.exists() and not target.exists():
            source.rename(target)
            first.mkdir(exist_ok=True)

    def _write_back(self) -> None:
        """The task takes other arguments, or those of before."""
        (self._root / "a" / "tasks").mkdir(parents=True, exist_ok=True)
        (self._root / "a" / "tasks" / "__init__.py").write_text(_TASKS.format(self._random.choice(["", "pk", "pk, x"])))

    def _document(self) -> None:
        schedule = self._random.choice(["60", "crontab(hour=3)"])
        entry = f'    "x": {{"task": "a.tasks.update", "schedule": {schedule}}},\n'
        (self._root / "README.md").write_text(f"```python\nCELERYBEAT_SCHEDULE = {{\n{entry}}}\n```\n")

    def _break_cache(self) -> None:
        for path in _written(self._root):
            data = Path(path).read_bytes()
            cut = data[: self._random.randrange(len(data) + 1)]
            Path(path).write_bytes(self._random.choice([b"", cut, b"[]", b"{}", data.replace(b'"folders"', b'"f"')]))

    def _remove_cache(self) -> None:
        shutil.rmtree(self._root / FOLDER, ignore_errors=True)


def _written(root: Path) -> dict[str, int]:
    """The entries of the cache with the times at which they were written."""
    return {str(path): path.stat().st_mtime_ns for path in root.rglob(f"{FOLDER}/*.json")}


def ask(*options: str) -> tuple[int, str, str]:
    """What ``check`` says of the current folder: its exit code, standard output and standard error."""
    output, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        code = command(["check", *options])
    return code, output.getvalue(), errors.getvalue()


if __name__ == "__main__":
    sys.exit(main())
