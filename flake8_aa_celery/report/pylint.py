"""Pylint's form, which many services read: one line a violation, without a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.report import Results


def render(results: Results) -> Iterator[str]:
    """``path:line: [AAC207] message``, as flake8 and ruff have it; lines from 1."""
    for result in results:
        for found in result.violations:
            yield f"{result.path}:{found.line}: [{found.code}] {found.message}\n"
