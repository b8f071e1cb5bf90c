"""Processes that share the work."""

from __future__ import annotations

import os
import pickle
import signal
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.cli import _workers
from flake8_aa_celery.settings import Settings
from frontends import Frontends, write

if TYPE_CHECKING:
    from collections.abc import Iterable

pytestmark = pytest.mark.usefixtures("fakes")


def test_processes_change_nothing(frontends: Frontends) -> None:
    for number in range(23):
        write(f"m{number}.py", *["f()"] * number, "g()  # noqa" if number % 3 else "g()")
    serial = frontends.check("-j", "1")
    assert len(serial.lines) == sum(range(23)) + 8
    for jobs in ("2", "3", "7", "50"):
        assert frontends.check("-j", jobs) == serial


@pytest.mark.parametrize("jobs", ["0", "-1", "many", "²", "9" * 5000])
def test_a_strange_number_of_processes_is_one_line_and_misuse(frontends: Frontends, jobs: str) -> None:
    complaint = f"aa-celery: --jobs must be a whole number from 1, not {jobs!r}\n"
    assert frontends.check(f"--jobs={jobs}") == (2, [], complaint)


def test_few_bytes_are_linted_in_this_process() -> None:
    assert _workers.processes(None, [("a.py", b"x" * 1000)]) == 1


def test_many_bytes_are_shared_by_all_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 5}, raising=False)
    assert _workers.processes(None, [("a.py", b"x" * 10_000_000)]) == 3


def test_where_nothing_can_be_forked_everything_is_linted_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    files = [(f"m{number}.py", b"f()  # crontab") for number in range(4)]
    results = _workers.lint_all(files, Settings(), 4).results
    assert [result.path for result in results if result.violations] == [path for path, _ in files]


def test_a_process_sends_what_it_found_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def end(code: int) -> None:
        raise SystemExit(code)

    monkeypatch.setattr(os, "_exit", end)
    reader, writer = os.pipe()
    with pytest.raises(SystemExit) as ended:
        _workers._work_and_exit(lambda: ["a.py"], writer)
    with open(reader, "rb") as pipe:
        assert pickle.loads(pipe.read()) == ["a.py"]
    assert ended.value.code == 0


def test_processes_that_are_done_take_over_from_those_that_are_not() -> None:
    """The first process is kept busy by the first of its files until the others have done all that is left."""
    files = [(f"m{number:02}.py", b"f()") for number in range(20)]
    reader, writer = os.pipe()

    def work(part: Iterable[tuple[str, bytes]]) -> list[tuple[str, int]]:
        done = []
        for path, _ in part:
            if path == "m00.py":
                os.read(reader, 1)
            done.append((path, os.getpid()))
            if path == "m19.py":
                os.write(writer, b"!")
        return done

    done = _workers.spread(files, work, 2)
    assert [path for path, _ in done] == [path for path, _ in files]
    shares = Counter(process for _, process in done)
    assert len(shares) == 2
    assert shares[os.getpid()] <= 3


def test_more_processes_than_a_pipe_has_room_for_do_not_hang() -> None:
    deal = _workers._Deal([("a.py", b"f()")] * 50_000, 50_000)
    deal.end()
    assert deal.players < 50_000


def test_a_process_that_is_killed_is_misuse(frontends: Frontends, monkeypatch: pytest.MonkeyPatch) -> None:
    write("a.py", "f()")
    write("b.py", "f()")
    parent = os.getpid()

    def killed(*_: object, **__: object) -> list[object]:
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return []

    monkeypatch.setattr(_workers, "check", killed)
    assert frontends.check("-j", "2") == (2, [], "aa-celery: a process that checks files ended with -9\n")
