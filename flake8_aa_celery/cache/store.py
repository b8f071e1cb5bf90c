"""Where entries are kept: one file for each way of asking, in a folder that says what it is.

Whatever is there and is none of ours, is broken, or cannot be read or written, counts as if nothing was there.
"""

from __future__ import annotations

import json
import os
from binascii import crc32
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from flake8_aa_celery.cache.manifest import File, Manifest
from flake8_aa_celery.writing import write

if TYPE_CHECKING:
    from collections.abc import Mapping

_TAG = "CACHEDIR.TAG"
#: https://bford.info/cachedir/
_SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55"
_ABOUT = f"{_SIGNATURE}\n# Made by flake8-aa-celery, which makes it anew where it is gone.\n"
_ENDING = ".json"
#: No more ways of asking are remembered: those that were used last.
_MOST = 8
#: No entry is larger, in bytes.
_LONGEST = 100_000_000
_STAMP = 4


class Entry(NamedTuple):
    """What was found in the files of a project, and the state in which it was.

    :param key: how was asked: entries of one project differ by their settings.
    :param found: by the paths of the files, as seen from its root.
    """

    key: str
    manifest: Manifest
    found: Mapping[str, Any]


class Store:
    """The entries of one project.

    :param folder: where they are.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def load(self, key: str) -> Entry | None:
        """The entry that was written for a way of asking."""
        path = self._path(key)
        try:
            if not os.path.isfile(path) or os.path.getsize(path) > _LONGEST:
                return None
            with open(path, "rb") as file:
                entry = _entry(json.loads(file.read()))
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None
        return entry if entry.key == key else None

    def save(self, entry: Entry) -> None:
        """Write an entry over the earlier one, and remove what is too much; nothing where that cannot be done."""
        manifest = entry.manifest
        files = {path: [*file.stamp, file.digest] for path, file in manifest.files.items()}
        plain = {
            "key": entry.key,
            "folders": manifest.folders,
            "files": files,
            "looked_at": manifest.looked_at,
            "found": entry.found,
        }
        with suppress(OSError):
            self._make_folder()
            write(self._path(entry.key), json.dumps(plain, separators=(",", ":")).encode(), durable=False)
            self._keep_few()

    def _path(self, key: str) -> str:
        return os.path.join(self.folder, f"{crc32(key.encode(errors='surrogatepass')):08x}{_ENDING}")

    def _make_folder(self) -> None:
        if is_ours(self.folder):
            return
        os.makedirs(self.folder, exist_ok=True)
        for name, text in ((".gitignore", "*\n"), (_TAG, _ABOUT)):
            write(os.path.join(self.folder, name), text.encode(), durable=False)

    def _keep_few(self) -> None:
        with os.scandir(self.folder) as listed:
            entries = [entry for entry in listed if entry.name.endswith(_ENDING)]
        for entry in sorted(entries, key=lambda entry: entry.stat().st_mtime_ns)[:-_MOST]:
            with suppress(OSError):
                os.unlink(entry.path)


def is_ours(folder: str) -> bool:
    """Whether a folder is a cache that was made here."""
    try:
        with open(os.path.join(folder, _TAG), encoding="utf-8", errors="replace") as file:
            return file.read(len(_ABOUT)) == _ABOUT
    except OSError:
        return False


def remove(folder: str) -> None:
    """Remove a cache; nothing where there is none, or a folder that is something else.

    :raises OSError: where it cannot be removed.
    """
    if not is_ours(folder):
        return
    for name in sorted(os.listdir(folder), key=_TAG.__eq__):  # the tag last: it says whose the rest is
        if name.endswith(_ENDING) or name in (_TAG, ".gitignore"):
            os.unlink(os.path.join(folder, name))
    with suppress(OSError):  # something else lies there
        os.rmdir(folder)


def _entry(plain: Any) -> Entry:
    files = {path: File(tuple(stamp[:_STAMP]), stamp[_STAMP]) for path, stamp in plain["files"].items()}
    if not isinstance(plain["looked_at"], int) or not isinstance(plain["found"], dict):
        raise TypeError
    return Entry(plain["key"], Manifest(plain["folders"], files, plain["looked_at"]), plain["found"])
