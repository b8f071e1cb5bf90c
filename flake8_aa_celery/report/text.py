"""flake8's own form: one line a violation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.report import Results


def render(results: Results) -> Iterator[str]:
    """``path:line:column: AAC207 message``; line and column from 1."""
    for result in results:
        for found in result.violations:
            yield f"{result.path}:{found.line}:{found.column + 1}: {found.code} {found.message}\n"
