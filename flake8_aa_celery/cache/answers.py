"""Answer what was answered before, where nothing has changed since."""

from __future__ import annotations

import json
import os
import sys
import time
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from flake8_aa_celery import __version__
from flake8_aa_celery.cache import FOLDER, VARIABLE
from flake8_aa_celery.cache.entries import Invalid, plain_violations, violations_of
from flake8_aa_celery.cache.manifest import Unclear, digested, is_same, look
from flake8_aa_celery.cache.store import Entry, Store
from flake8_aa_celery.places import Places, has_marker
from flake8_aa_celery.source import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flake8_aa_celery.settings import Settings
    from flake8_aa_celery.source import SettingsOf
    from flake8_aa_celery.violation import Violation

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Answer(NamedTuple):
    """What is found in all files that are asked for.

    :param found: the files that have to do with Celery, sorted, with their violations; the bytes of those with some.
    :param total: how many files there are.
    """

    found: list[tuple[str, list[Violation], bytes]]
    total: int


class Cache:
    """What is kept of the projects that some files lie in, for one way of asking.

    :param paths: the files that are checked.
    :param has_folders: whether they were looked for in folders.
    :param folder: where it is kept; beside each project, or where a variable says, if empty.
    :param heed_noqa: whether what ``noqa`` comments silence is left out.
    """

    def __init__(
        self, paths: Sequence[str], of: SettingsOf, folder: str = "", *, has_folders: bool, heed_noqa: bool
    ) -> None:
        self._paths, self._folder = paths, folder
        self._has_folders, self._heed_noqa = has_folders, heed_noqa
        self._began = time.time_ns()
        places = Places()
        grouped: dict[tuple[str, Settings], list[str]] = {}
        for path in paths:
            grouped.setdefault((places.project_root(path), of(path)), []).append(path)
        try:
            tool = _own_state()
            self._parts = [self._part(root, settings, inside, tool) for (root, settings), inside in grouped.items()]
        except Unclear:
            self._parts = []

    def _part(self, root: str, settings: Settings, paths: list[str], tool: list[Any]) -> _Part:
        if not has_marker(root) or settings.environment:
            raise Unclear(root)
        store = Store(folder_of(root, self._folder))
        key = json.dumps([tool, os.getcwd(), root, list(_above(root)), self._heed_noqa, settings])
        return _Part(root, paths, store, key, self._began)

    def answer(self) -> Answer | None:
        """What is known of all files; None where something of it is not known, or no longer.

        Where folders are asked for and no task was recognised, nothing is known either: the files tell what to say.
        """
        all_found: list[tuple[str, list[Violation], bytes]] = []
        tasks = 0
        for part in self._parts:
            known = part.known()
            if known is None:
                return None
            for path, (violations, recognised) in known.items():
                tasks += recognised
                if violations is not None:
                    all_found.append((path, violations, read(path) if violations else b""))
        if not self._parts or (not tasks and self._has_folders):
            return None
        return Answer(sorted(all_found, key=itemgetter(0)), len(self._paths))

    def remember(self, found: Mapping[str, tuple[Sequence[Violation], int]]) -> None:
        """Keep what was found, where the projects are still as they were when this was made.

        :param found: for each file that has to do with Celery its violations, and how many tasks were recognised in it.
        """
        plain = {path: [plain_violations(violations), tasks] for path, (violations, tasks) in found.items()}
        for part in self._parts:
            part.remember(plain, self._began)


class _Part:
    """A project with the files that are asked for in it."""

    def __init__(self, root: str, paths: list[str], store: Store, key: str, began: int) -> None:
        self._root, self._paths, self._store, self._key = root, paths, store, key
        entry, seen = store.load(key), look(root, began)
        self._seen = digested(root, seen, entry.manifest if entry is not None else None)
        self._entry = entry if entry is not None and is_same(self._seen, entry.manifest) else None

    def known(self) -> dict[str, tuple[list[Violation] | None, int]] | None:
        """The violations of each file, None for one that has nothing to do with Celery, and how many tasks it has."""
        if self._entry is None:
            return None
        found: dict[str, tuple[list[Violation] | None, int]] = {}
        try:
            for path in self._paths:
                plain, tasks = self._entry.found[self._inside(path)]
                found[path] = (None if plain is None else violations_of(plain), int(tasks))
        except (Invalid, KeyError, TypeError, ValueError):
            return None
        return found

    def _inside(self, path: str) -> str:
        """A path as seen from the root of the project."""
        return os.path.relpath(os.path.abspath(path), self._root).replace(os.sep, "/")

    def remember(self, found: dict[str, list[Any]], began: int) -> None:
        """Keep what was found in the files; with what is known of others, where nothing has changed."""
        if not {self._inside(path) for path in self._paths} <= self._seen.files.keys():
            return  # something that is looked at is none of what is known to change
        try:
            if look(self._root, began).stamps() != self._seen.stamps():
                return  # while it was looked at
        except Unclear:
            return
        earlier = self._entry.found if self._entry is not None else {}
        nothing: list[Any] = [None, 0]
        merged = {**earlier, **{self._inside(path): found.get(path, nothing) for path in self._paths}}
        self._store.save(Entry(self._key, self._seen, merged))


def folder_of(root: str, named: str = "") -> str:
    """Where what is known of a project is kept.

    :param named: the folder that the user names for it.
    """
    folder = named or os.environ.get(VARIABLE, "")
    if not folder:
        return os.path.join(root, FOLDER)
    from binascii import crc32

    return os.path.join(folder, f"{os.path.basename(root)}-{crc32(os.fsencode(root)):08x}")


def _above(root: str) -> Iterator[list[str]]:
    """The files above a project that say what is ignored in it."""
    folder = os.path.dirname(root)
    while True:
        path = os.path.join(folder, ".gitignore")
        if os.path.isfile(path):
            try:
                yield [path, read(path).decode("latin-1")]
            except OSError:
                yield [path, ""]
        above = os.path.dirname(folder)
        if above == folder:
            return
        folder = above


def _own_state() -> list[Any]:
    """What answers: this version on this Python; of a checkout, which may change at any time, what it is made of."""
    is_checkout = has_marker(os.path.dirname(_PACKAGE))
    files = look(_PACKAGE, 0).stamps() if is_checkout else {}
    return [__version__, sys.version, sys.flags.optimize, files]
