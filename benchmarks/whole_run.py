"""A whole run of flake8 in one process: ``whole_run.py with TREE``, and ``without`` our plugin.

The search for garbage is as flake8 has it. Prints the seconds as JSON, those that other processes take left out.
"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

from flake8.main.cli import main as flake8
from flake8.plugins import finder

if TYPE_CHECKING:
    from flake8.plugins.finder import Plugin

OURS = "flake8-aa-celery"


def leave_us_out() -> None:
    """Let flake8 find every plugin but ours."""
    find_all = finder.find_plugins

    def find_others(*arguments: object, **options: object) -> list[Plugin]:
        return [plugin for plugin in find_all(*arguments, **options) if plugin.package != OURS]

    finder.find_plugins = find_others


def main(which: str, tree: str) -> None:
    """Run flake8 over a tree and print what it took."""
    if which == "without":
        leave_us_out()
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
        flake8(["--isolated", "--jobs=1", tree])
    print(json.dumps(time.process_time()))


if __name__ == "__main__":
    main(*sys.argv[1:])
