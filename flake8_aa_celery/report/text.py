"""flake8's own form: one line a violation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.places import below

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.report import Results


def render(results: Results, *, traces: bool = False) -> Iterator[str]:
    """``path:line:column: AAC207 message``; line and column from 1.

    :param traces: whether the calls follow, each on a line of its own, that lead to what a violation is about.
    """
    for result in results:
        for found in result.violations:
            yield f"{result.path}:{found.line}:{found.column + 1}: {found.code} {found.message}\n"
            for each in found.trace if traces else ():
                yield f"    {below(each.path)}:{each.line}: {each.what}\n"
