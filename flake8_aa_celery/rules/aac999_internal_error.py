"""AAC999: a rule crashed."""

from __future__ import annotations

import os

from flake8_aa_celery import __version__
from flake8_aa_celery.violation import Violation


def check(what: str, error: Exception) -> Violation:
    """One of our own rules crashed on a file.

    The message names the rule, what went wrong and where. Every other rule and every other file has been
    checked.

    ## Why
    The mistake is ours, not yours. Still, what that rule would have said about the file is missing.

    ## Instead
    Please report it to the authors of flake8-aa-celery with the message and, if you can, the file. Until it is
    mended, leave the rule out for that file:

    ```toml
    [tool.flake8-aa-celery.per-file-ignores]
    "myapp/strange.py" = ["AAC203", "AAC999"]
    ```
    """
    place, trace = "", error.__traceback__
    while trace is not None:
        place = f" at {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"
        trace = trace.tb_next
    cause = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    message = f"{what} crashed: {cause}{place}; please report this line to flake8-aa-celery {__version__}"
    return Violation(1, 0, 1, 0, message)
