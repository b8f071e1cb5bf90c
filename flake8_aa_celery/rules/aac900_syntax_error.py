"""AAC900: a file that is no Python."""

from __future__ import annotations

import sys

from flake8_aa_celery.newer_syntax import needed_version
from flake8_aa_celery.violation import Violation


def check(error: SyntaxError, data: bytes) -> Violation:
    """A file that is no Python.

    Reported is a file that cannot be parsed: wrong syntax, bytes that do not fit its encoding, null bytes, or
    nesting too deep for the interpreter. Nothing else is reported for such a file.

    ## Why
    A worker that imports the file stops, and no rule can look into it.

    ## Example
    ```python
    from celery import shared_task

    @shared_task
    def update_all()
        ...
    ```

    ## Instead
    ```python
    from celery import shared_task

    @shared_task
    def update_all():
        ...
    ```

    The syntax is that of the Python that runs the command: run it with the one that your project runs on. Of a file
    whose only fault is syntax of a newer Python the message names that one, and no run ends with 1 for it.

    ## Leaves alone
    A file without any word of Celery's is not parsed at all, so it is not reported either. Under flake8 it is
    `E999`. What Python parses and is nested too deeply for us is AAC999: that is our fault.
    """
    line, column = max(error.lineno or 1, 1), max((error.offset or 1) - 1, 0)
    running, needed = sys.version_info[:2], needed_version(data)
    version, newer = (".".join(map(str, each)) for each in (running, needed))
    if needed > running:
        message = f"is written for Python {newer}, and this is {version}: run aa-celery with Python {newer} or newer"
        return Violation(line, column, line, column, message, is_note=True)
    return Violation(line, column, line, column, f"cannot be parsed by Python {version}: {error.msg}")
