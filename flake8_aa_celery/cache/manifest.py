"""What is below the root of a project: its folders, and the bytes of all files that may be looked at.

A file is the same if its bytes are. They are read again only where its size, its times or its number on the disk are
others than before, or where it may have changed within the same tick of the clock as the entry was written; git does
likewise: https://git-scm.com/docs/racy-git
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.cache import FOLDER
from flake8_aa_celery.settings import EXCLUDED

if TYPE_CHECKING:
    from collections.abc import Iterator

    #: size, times of change of the content and of the file, number on the disk
    Stamp = tuple[int, int, int, int]

#: Files whose content may be looked at, by the ends of their names: modules, documents, settings, dependencies.
_READ = (".py", ".md", ".markdown", ".rst", ".toml", ".cfg", ".ini", ".txt", ".in", ".flake8", ".gitignore")
#: Folders that are not looked into: nothing that can be imported lies there, and nothing that is checked.
_CLOSED = frozenset({FOLDER, *(name for name in EXCLUDED if name[0] in "._" or name == "node_modules")})
#: What marks the root of a project, and is not looked into.
_REPOSITORIES = frozenset({".git", ".hg"})
_ENVIRONMENT = "pyvenv.cfg"
#: What has changed so many nanoseconds before it was looked at may have changed again since, with the same times.
_TICK = 2_000_000_000
_DIGEST_SIZE = 16


class File(NamedTuple):
    """A file at one moment.

    :param digest: of its bytes; empty where they were not read.
    """

    stamp: Stamp
    digest: str


class Manifest(NamedTuple):
    """What is below a folder at one moment.

    :param folders: their paths as seen from the root, sorted.
    :param files: by their paths, likewise.
    :param looked_at: when that was, in nanoseconds.
    """

    folders: list[str]
    files: dict[str, File]
    looked_at: int

    def stamps(self) -> dict[str, Stamp]:
        """What can be told of the files without reading them."""
        return {path: file.stamp for path, file in self.files.items()}


class Unclear(Exception):
    """What is below a folder cannot be told: it may not be entered, or a link leads out of it."""


def look(root: str, now: int) -> Manifest:
    """What is below a folder, without the digests of the files.

    :param now: the time, in nanoseconds.
    :raises Unclear: where that cannot be told.
    """
    folders: list[str] = []
    files: dict[str, File] = {}
    for path, entry in _entries(root):
        if entry is None:
            folders.append(path)
        elif (stamp := _stamp(entry)) is not None:
            files[path] = File(stamp, "")
    return Manifest(sorted(folders), dict(sorted(files.items())), now)


def _stamp(entry: os.DirEntry[str]) -> Stamp | None:
    """What can be told of a file without reading it; None for what is no file: to read a pipe is to wait for ever."""
    try:
        found = entry.stat()
    except OSError:
        return (0, 0, 0, 0)  # a link that leads nowhere
    if not stat.S_ISREG(found.st_mode):
        return None
    return (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def _entries(root: str) -> Iterator[tuple[str, os.DirEntry[str] | None]]:
    """The folders and files below a folder, by their paths from there; of a folder no entry."""
    waiting = [""]
    start = os.path.realpath(root) + os.sep
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(os.path.join(root, folder)) as listed:
                entries = list(listed)
        except OSError as error:
            raise Unclear(folder) from error
        if folder and any(entry.name == _ENVIRONMENT for entry in entries):
            continue
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.name in _CLOSED:
                if entry.name in _REPOSITORIES:
                    yield path, None
            elif _is_folder(entry):
                yield path, None
                if not entry.is_symlink():
                    waiting.append(path)
                elif not f"{os.path.realpath(entry.path)}{os.sep}".startswith(start):
                    raise Unclear(path)
            elif entry.name.endswith(_READ):
                yield path, entry


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def digested(root: str, seen: Manifest, before: Manifest | None = None) -> Manifest:
    """The same with the digests of all files: of those that are certainly as before the ones from then."""
    known = before.files if before is not None else {}
    files: dict[str, File] = {}
    for path, file in seen.files.items():
        old = known.get(path)
        if old is not None and before is not None and old.stamp == file.stamp and not _is_fresh(file, before):
            files[path] = old
        else:
            files[path] = File(file.stamp, _digest(os.path.join(root, path)))
    return seen._replace(files=files)


def is_same(first: Manifest, second: Manifest) -> bool:
    """Whether the same folders and files are there, with the same bytes."""
    return (
        first.folders == second.folders
        and first.files.keys() == second.files.keys()
        and all(file.digest == second.files[path].digest for path, file in first.files.items())
    )


def _is_fresh(file: File, manifest: Manifest) -> bool:
    """Whether a file was changed so shortly before it was looked at that it may have changed after it, unnoticed."""
    _, modified, changed, _ = file.stamp
    return max(modified, changed) > manifest.looked_at - _TICK


def _digest(path: str) -> str:
    from hashlib import blake2b

    try:
        with open(path, "rb", buffering=0) as file:
            return blake2b(file.read(), digest_size=_DIGEST_SIZE).hexdigest()
    except OSError:
        return "unreadable"
