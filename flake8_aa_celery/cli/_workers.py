"""Lint many files, in forked processes where that is faster; the results are the same.

The processes are forked by hand: ``multiprocessing`` and ``concurrent.futures`` take 28 and 33 ms to import, as long as
a small app takes to be checked, and at Ctrl-C they print 20 and 16 lines of tracebacks where this prints none.
"""

from __future__ import annotations

import os
from functools import partial, reduce
from importlib import import_module
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.cli._output import CommandError
from flake8_aa_celery.cli._progress import watched
from flake8_aa_celery.linter import check, lint
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.model.seen import Seen, seen_in, tasks_seen_in
from flake8_aa_celery.report import Result
from flake8_aa_celery.rules import all_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any, NoReturn, TypeVar

    from flake8_aa_celery.cli._files import File
    from flake8_aa_celery.settings import Settings
    from flake8_aa_celery.violation import Violation

    Done = TypeVar("Done")
    Work = Callable[[Iterable[File]], list[Done]]

#: Fewer bytes than this for each process are linted faster than a process is started and heard.
_BYTES_A_PROCESS = 300_000
#: So many parts of the files fall to a process on average.
_PARTS_A_PROCESS = 4
#: More parts are not made: the tickets for all must fit into a pipe.
_MOST_PARTS = 1_000
#: Bytes in which a pipe tells the number of a part: they are read at once.
_TICKET = 4
_NO_TICKET = b"\xff" * _TICKET
#: More processes than a number of this many digits can say are not asked for.
_DIGITS = 5


def processes(asked: str | None, files: Iterable[File]) -> int:
    """How many processes share the work: as many as are asked for, otherwise as many as pay for these files here.

    :param asked: what stands on the command line.
    :raises CommandError: where that is no such number.
    """
    if asked is not None:
        if not asked.isdecimal() or len(asked) > _DIGITS or int(asked) < 1:
            raise CommandError(f"--jobs must be a whole number from 1, not {asked!r}")
        return int(asked)
    affinity = getattr(os, "sched_getaffinity", None)
    processors = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, min(processors, sum(len(data) for _, data in files) // _BYTES_A_PROCESS))


class Linted(NamedTuple):
    """What came of some files.

    :param results: what is reported of each, in the order of the files.
    :param seen: what was recognised in all of them.
    :param tasks: how many tasks were recognised in each.
    """

    results: list[Result]
    seen: Seen
    tasks: list[int]


class WorkerError(CommandError):
    """A process ended before it said what it found."""


def lint_all(
    files: Sequence[File],
    settings: Settings | Callable[[str], Settings],
    jobs: int,
    began: float | None = None,
    heed_noqa: bool = True,
    count_all: bool = False,
) -> Linted:
    """What is reported of each file, and how much was recognised.

    :param settings: for all files, or what gives those of a file.
    :param began: when the work began, for a progress bar where that is some time ago; none where None.
    :param heed_noqa: whether what ``noqa`` comments silence is left out.
    :param count_all: whether more is counted than the tasks.
    :raises WorkerError: where a process was killed.
    """

    linted, workspace, counted = check if heed_noqa else lint, Workspace(), seen_in if count_all else tasks_seen_in

    def of(path: str) -> Settings:
        return settings(path) if callable(settings) else settings

    def one(path: str, data: bytes) -> tuple[list[Violation], Seen]:
        seen: list[Seen] = []
        found = linted(path, data, of(path), workspace, seen=lambda module: seen.append(counted(module)))
        return found, reduce(Seen.plus, seen, Seen())

    def work(part: Iterable[File]) -> list[tuple[list[Violation], Seen]]:
        return [one(path, data) for path, data in part]

    found = spread(files, work, jobs, began)
    results = [Result(path, violations, data) for (path, data), (violations, _) in zip(files, found, strict=True)]
    counts = [seen for _, seen in found]
    return Linted(results, reduce(Seen.plus, counts, Seen()), [seen.tasks for seen in counts])


def spread(files: Sequence[File], work: Work[Done], jobs: int, began: float | None = None) -> list[Done]:
    """What work makes of files, in their order, where each process does its part of them.

    :param began: as for :func:`lint_all`.
    :raises WorkerError: where a process was killed.
    """
    if jobs < 2 or len(files) < 2 or not hasattr(os, "fork"):
        return work(files if began is None else watched(files, began))
    _import_what_is_shared()
    deal = _Deal(files, jobs)
    workers = [_Worker(partial(deal.play, player, work)) for player in range(1, deal.players)]
    try:
        done = deal.play(0, work, began)
        for worker in workers:
            done += worker.result()
    finally:
        deal.end()
        for worker in workers:
            worker.stop()
    return [each for _, part in sorted(done, key=itemgetter(0)) for each in part]


def _import_what_is_shared() -> None:
    """Import now what every process would import after the fork."""
    import_module("flake8_aa_celery.model.code.project")
    for rule in all_rules().values():
        rule.load()


class _Deal:
    """Files in parts: a process has the one of its number first, then whatever is next, so that none waits for another.

    How long a file takes cannot be told from its size, where some of them are fixed.
    """

    __slots__ = ("_parts", "_tickets", "_total", "players")

    def __init__(self, files: Sequence[File], processes: int) -> None:
        self._parts = _split(files, min(processes * _PARTS_A_PROCESS, _MOST_PARTS))
        self._total = len(files)
        #: how many processes there is something for
        self.players = min(processes, len(self._parts))
        self._tickets, writer = os.pipe()
        left = range(self.players, len(self._parts))
        os.write(writer, b"".join(number.to_bytes(_TICKET, "big") for number in left))
        os.close(writer)

    def play(self, player: int, work: Work[Done], began: float | None = None) -> list[tuple[int, list[Done]]]:
        """Work on parts as long as there are some; what was made of each, with its number.

        :param player: the number of this process, from 0.
        :param began: as for :func:`lint_all`.
        """
        done, number = [], player
        while number < len(self._parts):
            part: Iterable[File] = self._parts[number]
            if began is not None:
                part = watched(self._parts[number], began, sum(map(len, self._parts[:number])), self._total)
            done.append((number, work(part)))
            number = int.from_bytes(os.read(self._tickets, _TICKET) or _NO_TICKET, "big")
        return done

    def end(self) -> None:
        """Close what the tickets are drawn from."""
        os.close(self._tickets)


def _split(files: Sequence[File], count: int) -> list[Sequence[File]]:
    """Cut a list into slices of about as many bytes: neighbours share a project, which a process reads once."""
    total, passed, cuts = sum(len(data) for _, data in files), 0, [0]
    for index, (_, data) in enumerate(files):
        if passed * count >= total * len(cuts) and index > cuts[-1]:
            cuts.append(index)
        passed += len(data)
    cuts.append(len(files))
    return [files[first:last] for first, last in pairwise(cuts)]


class _Worker:
    """A forked process that lints files and sends what it found through a pipe."""

    __slots__ = ("_process", "_reader")

    def __init__(self, work: Callable[[], list[Any]]) -> None:
        self._reader, writer = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            _work_and_exit(work, writer)
        os.close(writer)

    def result(self) -> list[Any]:
        """Wait for what the process found."""
        from pickle import loads

        with open(self._reader, "rb", closefd=False) as pipe:
            data = pipe.read()
        _, status = os.waitpid(self._process, 0)
        self._process = 0
        if status:
            raise WorkerError(f"a process that checks files ended with {os.waitstatus_to_exitcode(status)}")
        done: list[Any] = loads(data)
        return done

    def stop(self) -> None:
        """Close the pipe and end the process, whether or not its result was read."""
        from signal import SIGKILL

        os.close(self._reader)
        if self._process:
            os.kill(self._process, SIGKILL)
            os.waitpid(self._process, 0)


def _work_and_exit(work: Callable[[], list[Any]], writer: int) -> NoReturn:
    """Lint files and end this process, whatever happens: what comes after the fork is its parent's business."""
    from pickle import dumps

    code = 1
    try:
        with open(writer, "wb") as pipe:
            pipe.write(dumps(work()))
        code = 0
    finally:
        os._exit(code)
