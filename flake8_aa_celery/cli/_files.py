"""Which files a subcommand looks at, and what is in them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery import model
from flake8_aa_celery.cli._output import Complaints
from flake8_aa_celery.places import is_checked
from flake8_aa_celery.source import find, read, reason

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable, Iterator

    from flake8_aa_celery.settings import Settings
    from flake8_aa_celery.source import Failed

    File = tuple[str, bytes]


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options that say which files are looked at."""
    parser.usage = "%(prog)s [OPTION …] [PATH …]"
    parser.add_argument(
        "paths",
        nargs="*",
        default=["."],
        metavar="PATH",
        help="files and folders, or - for standard input; this folder if none",
    )
    parser.add_argument(
        "--stdin-filename", default="stdin", metavar="PATH", help="where the standard input would be a file"
    )
    parser.add_argument("-j", "--jobs", metavar="N", help="processes; as many as pay unless said otherwise")


class Files(NamedTuple):
    """What was read.

    :param relevant: path and bytes of the files that have to do with Celery, sorted.
    :param total: how many files were read.
    :param failed: whether something could not be read.
    """

    relevant: list[File]
    total: int
    failed: bool


def read_files(arguments: Namespace, settings: Settings) -> Files:
    """Find and read the files that are asked for; says on standard error what cannot be read."""
    complaints = Complaints()
    found = find([path for path in arguments.paths if path != "-"], settings, complaints)
    checked = [path for path in found if is_checked(path, settings)]
    relevant = [file for file in _read(checked, complaints) if model.relevant(file[1], settings.tasks_modules)]
    if "-" not in arguments.paths:
        return Files(relevant, len(checked), complaints.any)
    data = sys.stdin.buffer.read()
    relevant += [(arguments.stdin_filename, data)] if model.relevant(data, settings.tasks_modules) else []
    return Files(sorted(relevant), len(checked) + 1, complaints.any)


def _read(paths: Iterable[str], failed: Failed) -> Iterator[File]:
    for path in paths:
        try:
            data = read(path)
        except OSError as error:
            failed(path, reason(error))
            continue
        yield path, data
