"""Output formats: one file a format, named after it, with one function ``render``.

``render(results)`` takes what was found and yields the parts of the output.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Literal

    from flake8_aa_celery.violation import Violation

    Severity = Literal["info", "minor", "major", "critical", "blocker"]
    Render = Callable[["Results"], Iterator[str]]

#: What can only raise, or never does what it says.
_CRITICAL = frozenset(
    (
        "AAC103",
        "AAC110",
        "AAC202",
        "AAC206",
        "AAC301",
        "AAC303",
        "AAC401",
        "AAC402",
        "AAC404",
        "AAC406",
        "AAC502",
        "AAC503",
    )
)
_FAMILIES: dict[str, Severity] = {"AAC1": "minor", "AAC6": "minor"}
_OWN: dict[str, Severity] = {"AAC900": "blocker", "AAC999": "info"}


class Result(NamedTuple):
    """What was found in a file.

    :param path: as it was given.
    :param violations: sorted.
    :param data: the bytes in which they were found.
    """

    path: str
    violations: Sequence[Violation]
    data: bytes = b""


if TYPE_CHECKING:
    #: of all files, sorted by their paths
    Results = Sequence[Result]


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


def severity(code: str) -> Severity:
    """How bad it is what a rule finds, in GitLab's words.

    What can only fail is critical; how tasks are defined and what users see is minor; what is reported on request
    alone is information.
    """
    from flake8_aa_celery.rules import all_rules

    if code in _OWN:
        return _OWN[code]
    rule = all_rules().get(code)
    if rule is not None and not rule.default:
        return "info"
    return "critical" if code in _CRITICAL else _FAMILIES.get(code[:4], "major")


def statistics(results: Results) -> Iterator[str]:
    """A line for each rule with findings, the most frequent first: their number, code, fix and name; then a legend."""
    counts: dict[tuple[str, str], int] = {}
    marks: dict[str, str] = {}
    for found in (found for result in results for found in result.violations):
        counts[found.code, found.name] = counts.get((found.code, found.name), 0) + 1
        if found.fix:
            mark = "[*]" if found.fix.safety == "safe" else "[-]"
            marks[found.code] = min(mark, marks.get(found.code, mark))
    width = len(str(max(counts.values(), default=0)))
    for (code, name), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield f"{count:{width}} {code} {marks.get(code, '[ ]')} {name}\n"
    for mark, command in (("[*]", "aa-celery fix"), ("[-]", "aa-celery fix --unsafe-fixes")):
        if mark in marks.values():
            yield f"{mark} can be fixed with `{command}`\n"
