"""Output formats: one file a format, named after it, with one function ``render``.

``render(results)`` takes what was found and yields the parts of the output.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from flake8_aa_celery.violation import Violation

    #: files by their paths as they were given, sorted, with their violations in order
    Results = Iterable[tuple[str, Sequence[Violation]]]
    Render = Callable[[Results], Iterator[str]]


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


def url(code: str) -> str:
    """Where the page of a rule lies, relative to the root of this project."""
    return f"docs/rules/{code}.md"


def statistics(results: Results) -> Iterator[str]:
    """A line for each rule with findings, the most frequent first: their number, code, fix and name."""
    counts: dict[tuple[str, str], int] = {}
    fixable: set[str] = set()
    for _, violations in results:
        for found in violations:
            counts[found.code, found.name] = counts.get((found.code, found.name), 0) + 1
            if found.fix:
                fixable.add(found.code)
    width = len(str(max(counts.values(), default=0)))
    for (code, name), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield f"{count:{width}} {code} {'[*]' if code in fixable else '[ ]'} {name}\n"
