"""The time of one ``check`` without the start of Python: ``in_process.py FOLDER``, run in the benchmark's environment.

Prints seconds of the processor as JSON. The start costs the same for a small folder and for a large one: with it,
whatever grows would seem to grow less.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
import time
from pathlib import Path

from flake8_aa_celery import cli

FOUND_SOMETHING = 1


def check(folder: str) -> None:
    """Check a folder in this process, and say nothing; a run that goes wrong ends it."""
    with contextlib.redirect_stdout(io.StringIO()):
        code = cli.main(["check", "--isolated", "--jobs=1", folder])
    if code > FOUND_SOMETHING:
        sys.exit(code)


def import_everything() -> None:
    """Have all imported that a check imports."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "tasks.py").write_text("from celery import shared_task\n@shared_task\ndef task():\n    pass\n")
        check(folder)


def main(folder: str) -> None:
    """Check the folder once."""
    import_everything()
    begin = time.process_time()
    check(folder)
    print(json.dumps(time.process_time() - begin))


if __name__ == "__main__":
    main(*sys.argv[1:])
