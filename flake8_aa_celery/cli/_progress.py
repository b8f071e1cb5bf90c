"""A progress bar on standard error, for what takes longer than one likes to wait without."""

from __future__ import annotations

import sys
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.progress import Progress

    from flake8_aa_celery.cli._files import File

_PATIENCE = 1.0
_REFRESH = 0.1


def watched(files: Sequence[File], began: float, before: int = 0, total: int = 0) -> Iterator[File]:
    """The same files, and a bar while they are worked on, from a second after ``began`` on; it leaves no trace.

    Where standard error is no terminal there is none.

    :param began: as :func:`time.perf_counter` has it.
    :param before: how many files are being worked on already.
    :param total: how many there are in all; these alone where 0.
    """
    if not sys.stderr.isatty():
        yield from files
        return
    bar: Progress | None = None
    drawn = began + _PATIENCE - _REFRESH
    try:
        for number, file in enumerate(files, before):
            if perf_counter() - drawn > _REFRESH:
                bar = bar or _started(total or len(files))
                bar.update(bar.task_ids[0], completed=number, refresh=True)
                drawn = perf_counter()
            yield file
    finally:
        if bar is not None:
            bar.stop()


def _started(total: int) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = TextColumn("Checking"), BarColumn(), TextColumn("{task.percentage:3.0f} %")
    bar = Progress(*columns, console=Console(stderr=True), auto_refresh=False, transient=True)
    bar.add_task("", total=total)
    bar.start()
    return bar
