"""Output formats: one file a format, named after it, with one function ``render``.

``render(results)`` takes what was found and yields the parts of the output.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from flake8_aa_celery.violation import Violation

    #: of all files, sorted by their paths
    Results = Sequence["Result"]
    Render = Callable[[Results], Iterator[str]]


class Result(NamedTuple):
    """What was found in a file.

    :param path: as it was given.
    :param violations: sorted.
    :param data: the bytes in which they were found.
    """

    path: str
    violations: Sequence[Violation]
    data: bytes = b""


def formats() -> list[str]:
    """The names of all formats."""
    files = os.listdir(os.path.dirname(__file__))
    return sorted(file[:-3] for file in files if file.endswith(".py") and not file.startswith("_"))


def renderer(name: str) -> Render:
    """The function that writes a format.

    :param name: one of :func:`formats`.
    """
    render: Render = import_module(f"{__name__}.{name}").render
    return render
