"""A list of objects, one a violation, for other programs."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING

from flake8_aa_celery.places import below
from flake8_aa_celery.report._links import page_of
from flake8_aa_celery.rules import severity_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from flake8_aa_celery.report import Edit, Results
    from flake8_aa_celery.violation import Violation

WITH_EDITS = True


def render(results: Results) -> Iterator[str]:
    """The list, each object on lines of its own."""
    separator = "[\n"
    for result in results:
        for found, edits in result.with_edits():
            yield separator + dumps(as_object(result.path, found, edits), indent=2)
            separator = ",\n"
    yield "[]\n" if separator == "[\n" else "\n]\n"


def as_object(path: str, found: Violation, edits: Sequence[Edit] = ()) -> dict[str, Any]:
    """A violation as plain values; lines and columns from 1, columns in characters."""
    fix = found.fix and {
        "safety": found.fix.safety,
        "title": found.fix.title,
        "edits": [
            {"line": edit.line, "column": 1, "end_line": edit.end_line, "end_column": 1, "content": edit.text}
            for edit in edits
        ],
    }
    return {
        "path": path,
        "line": found.line,
        "column": found.column + 1,
        "end_line": found.end_line,
        "end_column": found.end_column + 1,
        "code": found.code,
        "name": found.name,
        "severity": severity_in(found),
        "message": found.message,
        "url": page_of(found.code),
        "fix": fix,
        "trace": [{"path": below(each.path), "line": each.line, "what": each.what} for each in found.trace],
    }
