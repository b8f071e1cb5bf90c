"""The two ways to begin with an app that has violations: a baseline, and ``noqa`` comments."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from flake8_aa_celery.cli._output import complain
from flake8_aa_celery.source import reason

if TYPE_CHECKING:
    from argparse import Namespace

    from flake8_aa_celery.report import Result, Results


def adopt(arguments: Namespace, results: list[Result]) -> tuple[list[Result], bool]:
    """What is still to be reported, and whether everything could be written."""
    written = True
    if arguments.baseline:
        results, written = _without_known(arguments, results)
    if arguments.add_noqa:
        results, commented = _with_comments(arguments, results)
        written = written and commented
    return results, written


def _without_known(arguments: Namespace, results: list[Result]) -> tuple[list[Result], bool]:
    """What the baseline does not hold, once it is brought up to date where that is asked for."""
    from flake8_aa_celery.cli._baseline import Baseline

    baseline = Baseline(arguments.baseline)
    if not arguments.update_baseline or os.path.exists(arguments.baseline):
        baseline.load()
    if arguments.update_baseline and not _write_baseline(arguments, baseline.update(results, arguments.paths)):
        return results, False
    unknown = baseline.unknown(results)
    _tell(arguments, f"{_count(results) - _count(unknown)} of the violations are known by {arguments.baseline}")
    return unknown, True


def _write_baseline(arguments: Namespace, data: bytes) -> bool:
    from flake8_aa_celery.writing import write

    try:
        write(arguments.baseline, data)
    except OSError as error:
        complain(f"{arguments.baseline}: {reason(error)}")
        return False
    return True


def _with_comments(arguments: Namespace, results: list[Result]) -> tuple[list[Result], bool]:
    """What no comment can silence; the others are written."""
    from flake8_aa_celery.cli._noqa import silenced
    from flake8_aa_celery.cli._write import write_all

    after = silenced(results)
    before = {result.path: result.data for result in results}
    unwritten = write_all(before, {result.path: result.data for result in after})
    after = [old if old.path in unwritten else new for old, new in zip(results, after, strict=True)]
    _tell(arguments, f"{_count(results) - _count(after)} violations silenced")
    return after, not unwritten


def _count(results: Results) -> int:
    return sum(len(result.violations) for result in results)


def _tell(arguments: Namespace, text: str) -> None:
    if not arguments.quiet:
        print(text, file=sys.stderr)
