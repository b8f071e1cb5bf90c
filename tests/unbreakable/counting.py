"""How much work something is: unlike seconds it is the same on every machine."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from flake8_aa_celery.violation import Violation


def lines_run(run: Callable[[], list[Violation]]) -> int:
    """How many lines of our own code run."""
    counted = 0
    ours = os.sep + "flake8_aa_celery" + os.sep

    def of_line(frame: FrameType, event: str, argument: object) -> object:
        nonlocal counted
        counted += event == "line"
        return of_line

    def of_call(frame: FrameType, event: str, argument: object) -> object:
        return of_line if ours in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(of_call)  # type: ignore[arg-type]
    try:
        found = run()
    finally:
        sys.settrace(before)
    assert not [violation for violation in found if violation.code >= "AAC9"]
    return counted
