"""Check again whenever a file changes, and say what has changed since."""

from __future__ import annotations

import gc
import os
import sys
from time import sleep
from typing import TYPE_CHECKING

from flake8_aa_celery.cli import _files, _report
from flake8_aa_celery.cli._output import CommandError, complain
from flake8_aa_celery.cli._settings import from_arguments
from flake8_aa_celery.fingerprints import fingerprints
from flake8_aa_celery.places import below
from flake8_aa_celery.report._summary import summary
from flake8_aa_celery.settings import SettingsError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Sequence
    from typing import NoReturn

    from flake8_aa_celery.pyproject import SettingsTree
    from flake8_aa_celery.report import Result

    Found = Callable[[Namespace, SettingsTree], list[Result]]
    #: of each file what changes with it
    Stamps = dict[str, tuple[int, int]]

_PAUSE = 0.5


def watch(arguments: Namespace, tree: SettingsTree, found: Found) -> NoReturn:
    """Report what there is, and after each change what is new and how much is gone, until it is interrupted.

    :param tree: the settings as they are now.
    :param found: checks the files that are asked for.
    """
    known: set[str] | None = None
    while True:
        stamps = _stamps(arguments, tree)
        try:
            known = _tell(arguments, found(arguments, tree), tree, known)
        except (CommandError, SettingsError) as error:
            complain(str(error))
        sys.stdout.flush()
        while _stamps(arguments, tree) == stamps:
            sleep(_PAUSE)
        gc.collect()  # which nobody else does while the command runs
        try:
            tree = from_arguments(arguments)
        except SettingsError as error:
            complain(str(error))


def _tell(arguments: Namespace, results: Sequence[Result], tree: SettingsTree, known: set[str] | None) -> set[str]:
    """Report what is new; returns what is known now.

    :param known: what was known before; None at first.
    """
    marks = [list(fingerprints(below(each.path), each.violations, each.data)) for each in results]
    now = {mark for of_file in marks for mark in of_file}
    if known is None:
        _report.write_report(arguments, results, tree)
    elif now != known:
        new = [
            result._replace(
                violations=[found for found, mark in zip(result.violations, of_file, strict=True) if mark not in known]
            )
            for result, of_file in zip(results, marks, strict=True)
        ]
        if any(result.violations for result in new):
            _say(arguments, "New:")
            _report.write_report(arguments, new, tree)
        gone = len(known - now)
        _say(arguments, f"{gone} gone. In all: {summary(results)}" if gone else f"In all: {summary(results)}")
    return now


def _say(arguments: Namespace, text: str) -> None:
    sys.stdout.flush()
    if not arguments.quiet:
        print(text, file=sys.stderr, flush=True)


def _stamps(arguments: Namespace, tree: SettingsTree) -> Stamps:
    """The files that are checked and those with their settings, each with what changes when it is written."""
    try:
        files = _files.checked_files(arguments, tree, _ignore)
    except SettingsError:
        files = []
    folders = {os.path.dirname(os.path.abspath(path)) for path in files} or {os.path.abspath("")}
    stamps: Stamps = {}
    for path in [*files, *_settings_files(folders)]:
        try:
            status = os.stat(path)
        except OSError:
            continue
        stamps[path] = status.st_mtime_ns, status.st_size
    return stamps


def _settings_files(folders: set[str]) -> set[str]:
    """Where settings of the files in some folders may stand."""
    found = set()
    for folder in folders:
        while folder not in found:
            found.add(folder)
            folder = os.path.dirname(folder)
    return {os.path.join(folder, "pyproject.toml") for folder in found}


def _ignore(path: str, why: str) -> None:
    """The check tells what cannot be read."""
