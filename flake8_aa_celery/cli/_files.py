"""Which files a subcommand looks at, and what is in them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.cli._output import MISUSE, Complaints, complain
from flake8_aa_celery.cli._settings import STDIN, origins
from flake8_aa_celery.places import Places
from flake8_aa_celery.source import find, is_excluded, read, reason

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable, Iterator, Sequence

    from flake8_aa_celery.pyproject import SettingsTree
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
        "--stdin-filename", default=STDIN, metavar="PATH", help="where the standard input would be a file"
    )
    parser.add_argument("--show-files", action="store_true", help="print the files that are checked and stop")
    parser.add_argument("-j", "--jobs", metavar="N", help="processes; as many as pay unless said otherwise")


class Files(NamedTuple):
    """What was read.

    :param relevant: path and bytes of the files that have to do with Celery, sorted.
    :param total: how many files were read.
    :param failed: whether something could not be read.
    :param why_nothing: why nothing was read, where that is to be told.
    """

    relevant: list[File]
    total: int
    failed: bool
    why_nothing: str = ""


class Found(NamedTuple):
    """What is asked for, without standard input.

    :param paths: all files, sorted.
    :param checked: those that are checked: no test code, unless the settings say so.
    :param failed: whether a path could not be looked at.
    """

    paths: list[str]
    checked: list[str]
    failed: bool


def find_files(arguments: Namespace, tree: SettingsTree) -> Found:
    """Find the files that are asked for; says on standard error what cannot be looked at."""
    complaints = Complaints()
    paths = _found(arguments, tree, complaints)
    return Found(paths, _checked(paths, tree), complaints.any)


def read_files(arguments: Namespace, tree: SettingsTree, found: Found | None = None) -> Files:
    """Read the files that are asked for; says on standard error what cannot be read.

    :param found: the files, where they have been found already.
    """
    found = found or find_files(arguments, tree)
    complaints, checked = Complaints(), list(found.checked)
    relevant = [file for file in _read(checked, complaints) if _is_relevant(file, tree)]
    if "-" in arguments.paths and not is_left_out(arguments, tree):
        checked.append(arguments.stdin_filename)
        read_in = (arguments.stdin_filename, sys.stdin.buffer.read())
        relevant = sorted([*relevant, read_in]) if _is_relevant(read_in, tree) else relevant
    if arguments.verbose:
        for line in origins(tree, map(os.path.dirname, checked)):
            print(line, file=sys.stderr)
    failed = found.failed or complaints.any
    why_nothing = "" if checked or failed else _why_nothing(arguments.paths, found.paths)
    return Files(relevant, len(checked), failed, why_nothing)


def show(arguments: Namespace, tree: SettingsTree) -> int:
    """Print the files that are checked; returns the exit code."""
    complaints = Complaints()
    for path in checked_files(arguments, tree, complaints):
        print(path)
    return MISUSE if complaints.any else 0


def checked_files(arguments: Namespace, tree: SettingsTree, failed: Failed) -> list[str]:
    """The files that are asked for and checked, sorted; without standard input."""
    return _checked(_found(arguments, tree, failed), tree)


def _checked(paths: Iterable[str], tree: SettingsTree) -> list[str]:
    """Those of some files that are checked."""
    places = Places()
    return [path for path in paths if places.is_checked(path, tree.of(path))]


def _found(arguments: Namespace, tree: SettingsTree, failed: Failed) -> list[str]:
    """The files that are asked for, sorted; without standard input."""
    return find([path for path in arguments.paths if path != "-"], tree.of_folder, failed)


def _why_nothing(paths: Sequence[str], found: Sequence[str]) -> str:
    """Why nothing is checked, where that is to be told.

    :param found: what is test code. Nothing is told of such files that are named: hooks name all that is committed.
    """
    folders = ", ".join(path for path in paths if os.path.isdir(path))
    if folders and found:
        return f"what there is in {folders} is test code, or migrations (see --check-tests)"
    if folders:
        return f"there is no file to check in {folders}"
    return "" if found or "-" in paths else f"{', '.join(paths)} is excluded"


def tell_of_nothing(arguments: Namespace, files: Files) -> None:
    """Say on standard error that nothing was checked, where that was so."""
    if files.why_nothing and not arguments.quiet:
        complain(f"nothing was checked: {files.why_nothing}")


def is_left_out(arguments: Namespace, tree: SettingsTree) -> bool:
    """Whether what stands in standard input is not to be checked, because of the file that it would be."""
    return is_excluded(arguments.stdin_filename, tree.of_folder)


def _is_relevant(file: File, tree: SettingsTree) -> bool:
    from flake8_aa_celery.linter import may_find

    path, data = file
    return may_find(path, data, tree.of(path))


def _read(paths: Iterable[str], failed: Failed) -> Iterator[File]:
    for path in paths:
        try:
            data = read(path)
        except OSError as error:
            failed(path, reason(error))
            continue
        yield path, data
