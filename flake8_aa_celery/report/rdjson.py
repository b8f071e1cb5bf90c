"""The diagnostic format of reviewdog, which comments on pull requests of many services."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING

from flake8_aa_celery.places import below
from flake8_aa_celery.report._links import DOCUMENTATION, page_of
from flake8_aa_celery.rules import severity_in
from flake8_aa_celery.source import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from flake8_aa_celery.report import Edit, Result, Results
    from flake8_aa_celery.violation import Violation

WITH_EDITS = True

_SEVERITIES = {"error": "ERROR", "warning": "WARNING", "convention": "INFO"}


def render(results: Results) -> Iterator[str]:
    """One object; paths are relative to the current folder, columns count bytes from 1."""
    report = {
        "source": {"name": "flake8-aa-celery", "url": DOCUMENTATION},
        "severity": "WARNING",
        "diagnostics": [found for result in results for found in _diagnostics(result)],
    }
    yield dumps(report, indent=2) + "\n"


def _diagnostics(result: Result) -> Iterator[dict[str, Any]]:
    lines = lines_of(result.data) if result.violations else []
    path = below(result.path)
    for found, edits in result.with_edits():
        yield {
            "message": found.message,
            "location": {"path": path, "range": _range(found, lines)},
            "severity": _SEVERITIES[severity_in(found)],
            "code": {"value": found.code, "url": page_of(found.code)},
            **({"suggestions": list(map(_suggestion, edits))} if edits else {}),
        }


def _suggestion(edit: Edit) -> dict[str, Any]:
    """What a fix would change: whole lines, of which reviewdog wants no columns, or something before a line."""
    if edit.line == edit.end_line:
        place = {"line": edit.line, "column": 1}
        return {"range": {"start": place, "end": place}, "text": edit.text}
    lines = {"start": {"line": edit.line}, "end": {"line": edit.end_line - 1}}
    return {"range": lines, "text": edit.text.removesuffix("\n").removesuffix("\r")}


def _range(found: Violation, lines: Sequence[str]) -> dict[str, dict[str, int]]:
    return {
        "start": {"line": found.line, "column": _column(found.line, found.column, lines)},
        "end": {"line": found.end_line, "column": _column(found.end_line, found.end_column, lines)},
    }


def _column(line: int, column: int, lines: Sequence[str]) -> int:
    """A column in bytes of UTF-8, from 1."""
    text = "".join(lines[line - 1 : line])[:column]
    return len(text.encode(errors="surrogatepass")) + 1 + max(0, column - len(text))
