"""Output formats: one file a format, named after it, with one function ``render``.

``render(results)`` takes what was found and yields the parts of the output. Where it says what fixes would change, the
file has ``WITH_EDITS = True``.
"""

from __future__ import annotations

import os
from importlib import import_module
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from flake8_aa_celery.violation import Violation

    #: of all files, sorted by their paths
    Results = Sequence["Result"]
    Render = Callable[[Results], Iterator[str]]


class Edit(NamedTuple):
    """Whole lines of a file that a fix replaces.

    :param line: the first of them, from 1.
    :param end_line: the line after the last; that of ``line`` where something is put before it.
    :param text: what they become.
    """

    line: int
    end_line: int
    text: str


class Result(NamedTuple):
    """What was found in a file.

    :param path: as it was given.
    :param violations: sorted.
    :param data: the bytes in which they were found.
    :param edits: for each of the violations what its fix would change, where the format wants to know.
    """

    path: str
    violations: Sequence[Violation]
    data: bytes = b""
    edits: Sequence[Sequence[Edit]] = ()

    def with_edits(self) -> Iterator[tuple[Violation, Sequence[Edit]]]:
        """The violations, each with what its fix would change."""
        return zip(self.violations, self.edits or repeat(()), strict=False)


def formats() -> list[str]:
    """The names of all formats."""
    files = os.listdir(os.path.dirname(__file__))
    return sorted(file[:-3] for file in files if file.endswith(".py") and not file.startswith("_"))


def wants_edits(name: str) -> bool:
    """Whether a format says what fixes would change."""
    return bool(getattr(import_module(f"{__name__}.{name}"), "WITH_EDITS", False))


def renderer(name: str) -> Render:
    """The function that writes a format.

    :param name: one of :func:`formats`.
    """
    render: Render = import_module(f"{__name__}.{name}").render
    return render
