"""Workflow commands of GitHub Actions: annotations beside the lines of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.places import below_repository
from flake8_aa_celery.rules import severity_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.report import Results
    from flake8_aa_celery.violation import Violation

_COMMANDS = {"error": "error", "warning": "warning", "convention": "notice"}


def render(results: Results) -> Iterator[str]:
    """A command a violation; its message is what the log shows, in the form of flake8."""
    for result in results:
        path = below_repository(result.path)
        for found in result.violations:
            title = f"{found.code} {found.name}"
            properties = {"file": path, **_place(found), "title": title}
            given = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
            message = _data(f"{path}:{found.line}:{found.column + 1}: {found.code} {found.message}")
            yield f"::{_COMMANDS[severity_in(found)]} {given}::{message}\n"


def _place(found: Violation) -> dict[str, str]:
    """Lines, and columns where they are those of one line: GitHub refuses them otherwise."""
    lines = {"line": str(found.line), "endLine": str(found.end_line)}
    if found.line != found.end_line:
        return lines
    return {**lines, "col": str(found.column + 1), "endColumn": str(found.end_column + 1)}


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
