"""The least that a check can do: find, read, refuse and parse, in as many processes as a check takes.

Run in the benchmark's environment: ``only_parse.py TREE``. No tree is kept, nothing is looked for and nothing said.
"""

from __future__ import annotations

import ast
import gc
import os
import sys
from typing import TYPE_CHECKING

from flake8_aa_celery import model
from flake8_aa_celery.cli._workers import processes, spread
from flake8_aa_celery.places import Places
from flake8_aa_celery.settings import Settings
from flake8_aa_celery.source import find, read

if TYPE_CHECKING:
    from collections.abc import Iterable

File = tuple[str, bytes]


def relevant_files(tree: str) -> list[File]:
    """The files that a check parses, unless a name leads to more."""
    settings = Settings(include=("*.py",))
    places = Places()
    paths = (path for path in find([tree], settings, print) if places.is_checked(path, settings))
    return [(path, data) for path in paths if model.relevant(data := read(path))]


def parse(part: Iterable[File]) -> list[None]:
    """Parse files, and forget them."""
    for path, data in part:
        ast.parse(data, path)
    return []


if __name__ == "__main__":
    gc.disable()  # as a check does
    files = relevant_files(sys.argv[1])
    spread(files, parse, processes(None, files))
    os._exit(0)  # nor is any garbage looked for at the end
