"""The line that closes a report: how much there is, and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.report import Results


def summary(results: Results, *, fixed: bool = False, unsafe: bool = False) -> str:
    """How many violations there are in how many files, and how many of them which command fixes.

    :param fixed: whether they are what a fix has left.
    :param unsafe: whether unsafe fixes were tried, too: then nothing is offered.
    """
    number = sum(len(result.violations) for result in results)
    if not number:
        return "Nothing is left to do" if fixed else "No violations"
    files = sum(1 for result in results if result.violations)
    text = f"{counted(number, 'violation')} {'left ' * fixed}in {counted(files, 'file')}"
    return text if fixed and unsafe else ", ".join([text, *_fixable(results, fixed)])


def unsafely_fixable(results: Results) -> int:
    """How many violations have an unsafe fix."""
    return sum(bool(found.fix and found.fix.safety == "unsafe") for result in results for found in result.violations)


def _fixable(results: Results, fixed: bool) -> Iterator[str]:
    unsafe = unsafely_fixable(results)
    safe = sum(bool(found.fix) for result in results for found in result.violations) - unsafe
    if safe and not fixed:
        yield f"{safe} can be fixed with `aa-celery fix`"
    if unsafe:
        more = "more" if safe and not fixed else "can be fixed"
        yield f"{unsafe} {more} with `aa-celery fix --unsafe-fixes`"
