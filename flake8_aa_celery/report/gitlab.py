"""GitLab's Code Quality report: what a merge request adds and fixes is shown beside its lines."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING

from flake8_aa_celery.fingerprints import fingerprints
from flake8_aa_celery.places import below_repository
from flake8_aa_celery.rules import severity_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.report import Results

_SEVERITIES = {"error": "critical", "warning": "major", "convention": "minor"}


def render(results: Results) -> Iterator[str]:
    """The list of issues. Paths are relative to the root of the repository."""
    issues = [
        {
            "description": f"{found.code} {found.message}",
            "check_name": found.code,
            "fingerprint": fingerprint,
            "severity": _SEVERITIES[severity_in(found)],
            "location": {"path": path, "lines": {"begin": found.line, "end": found.end_line}},
        }
        for result in results
        for path in [below_repository(result.path)]
        for found, fingerprint in zip(
            result.violations, fingerprints(path, result.violations, result.data), strict=True
        )
    ]
    yield dumps(issues, indent=2) + "\n"
