"""What was there already and is not reported: one of the two ways to begin with an app that has violations."""

from __future__ import annotations

import os
from json import dumps, loads
from typing import TYPE_CHECKING

from flake8_aa_celery.fingerprints import fingerprints
from flake8_aa_celery.places import below
from flake8_aa_celery.report import Result
from flake8_aa_celery.settings import SettingsError
from flake8_aa_celery.source import read, reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_aa_celery.report import Results

    #: a violation by :data:`_NAMES`
    Known = dict[str, str]

_VERSION = 1
_NAMES = ("path", "code", "message", "fingerprint")


class Baseline:
    """The violations that a file holds.

    :param path: where it is, or will be; paths in it are relative to its folder.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._folder = os.path.dirname(path) or "."
        self._known: list[Known] = []

    def load(self) -> None:
        """Read the file.

        :raises SettingsError: where it does not exist, cannot be read, or is no baseline.
        """
        try:
            table = loads(read(self._path))
            if table["version"] != _VERSION:
                raise SettingsError(f"{self._path}: a baseline of version {table['version']}; this is for {_VERSION}")
            self._known = [{name: str(known[name]) for name in _NAMES} for known in table["violations"]]
        except OSError as error:
            hint = "; --update-baseline makes it" if isinstance(error, FileNotFoundError) else ""
            raise SettingsError(f"{self._path}: {reason(error)}{hint}") from error
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise SettingsError(f"{self._path}: is no baseline") from error

    def unknown(self, results: Results) -> list[Result]:
        """The same files with only those violations that the baseline does not hold."""
        known = {each["fingerprint"] for each in self._known}
        return [
            result._replace(
                violations=[
                    found
                    for found, each in zip(result.violations, self._of(result), strict=True)
                    if each["fingerprint"] not in known
                ]
            )
            for result in results
        ]

    def update(self, results: Results, paths: Iterable[str]) -> bytes:
        """Know today's violations, and of files that were not asked for those that were known.

        :param paths: the files and folders that were checked.
        :return: what the file is to hold.
        """
        kept = [each for each in self._known if not self._lies_in(each["path"], paths)]
        self._known = [*kept, *(each for result in results for each in self._of(result))]
        self._known.sort(key=lambda each: [each[name] for name in _NAMES])
        lines = ",\n".join(dumps(each) for each in self._known)
        return f'{{"version": {_VERSION}, "violations": [\n{lines}\n]}}\n'.encode()

    def _of(self, result: Result) -> Iterator[Known]:
        path = below(result.path, self._folder)
        marks = fingerprints(path, result.violations, result.data)
        for found, mark in zip(result.violations, marks, strict=True):
            yield dict(zip(_NAMES, (path, found.code, found.message, mark), strict=True))

    def _lies_in(self, path: str, folders: Iterable[str]) -> bool:
        absolute = os.path.abspath(os.path.join(self._folder, path))
        wholes = [os.path.abspath(folder).rstrip(os.sep) for folder in folders]
        return any(absolute == whole or absolute.startswith(whole + os.sep) for whole in wholes)
