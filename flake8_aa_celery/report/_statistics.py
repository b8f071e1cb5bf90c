"""How often each rule found something."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_aa_celery.report import Results
    from flake8_aa_celery.violation import Violation

_SAFE, _UNSAFE, _NONE = "[*]", "[-]", "[ ]"
_LEGEND = {_SAFE: "aa-celery fix", _UNSAFE: "aa-celery fix --unsafe-fixes"}


def statistics(results: Results) -> Iterator[str]:
    """A line for each rule with findings, the most frequent first: their number, code, fix and name; then a legend."""
    violations = [found for result in results for found in result.violations]
    counts = Counter((found.code, found.name) for found in violations)
    marks = _marks(violations)
    width = len(str(max(counts.values(), default=0)))
    for (code, name), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield f"{count:{width}} {code} {marks.get(code, _NONE)} {name}\n"
    for mark, command in _LEGEND.items():
        if mark in marks.values():
            yield f"{mark} can be fixed with `{command}`\n"


def _marks(violations: Iterable[Violation]) -> dict[str, str]:
    """By the codes of what can be fixed whether some of it can be fixed safely."""
    marks: dict[str, str] = {}
    for found in violations:
        if found.fix and marks.get(found.code) != _SAFE:
            marks[found.code] = _SAFE if found.fix.safety == "safe" else _UNSAFE
    return marks
