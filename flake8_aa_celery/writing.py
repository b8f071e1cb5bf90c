"""Write a file so that it is never half-written, whatever happens meanwhile.

This stays by hand: the standard library has nothing that does it, and atomicwrites, which is not maintained any more,
replaces symbolic links and gives the file a new owner and mode.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from contextlib import suppress

#: ``.tasks.py.aa-celery-4711.tmp``: hidden, no module, and the number of the process tells whether it still writes.
_TEMPORARY = re.compile(r"\.aa-celery-(\d+)\.tmp$")
#: Where it cannot be told whether a process runs, what it wrote is left alone for this many seconds.
_PATIENCE = 3600


def write(path: str, data: bytes, *, durable: bool = True) -> None:
    """Replace what is in a file, in one step.

    Its mode is kept, and its owner where the system allows it; of a symbolic link the file is written that it leads
    to. A file that does not exist is made.

    :param durable: whether it must be on the disk when this is done, which takes time: a cache can be made anew.
    :raises OSError: where the file or its folder is read-only or something else is in the way; then it is as it was.
    """
    target = os.path.realpath(path)
    folder, name = os.path.split(target)
    before = os.stat(target) if os.path.exists(target) else None
    _demand_writable(target, before)
    temporary = os.path.join(folder, f".{name}.aa-celery-{os.getpid()}.tmp")
    try:
        with open(temporary, "xb", opener=None if before is None else _for_us_alone) as file:
            file.write(data)
            file.flush()
            if before is not None:
                _make_alike(temporary, before)
            if durable:
                os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        _remove(temporary)
        raise


def clean(folder: str) -> None:
    """Remove what a run that was killed has left in a folder."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return  # whoever reads a file there is told
    for entry in entries:
        found = _TEMPORARY.search(entry.name)
        if found and entry.name.startswith(".") and not _is_written(entry, int(found[1])):
            _remove(entry.path)


def _demand_writable(target: str, before: os.stat_result | None) -> None:
    """Refuse what is marked read-only, which a replacement, or an administrator, would get round.

    :raises OSError: where it is.
    """
    folder = os.path.dirname(target)
    modes = [os.stat(folder).st_mode] if before is None else [before.st_mode, os.stat(folder).st_mode]
    writable = os.access(target if before else folder, os.W_OK)
    if not writable or not all(mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) for mode in modes):
        raise PermissionError(errno.EACCES, "Read-only", target)


def _for_us_alone(path: str, flags: int) -> int:
    """Open a file that nobody else can read until it has the mode of the one that it replaces."""
    return os.open(path, flags, stat.S_IRUSR | stat.S_IWUSR)


def _make_alike(path: str, before: os.stat_result) -> None:
    """Give a file the owner and the mode of another; the owner first, as a change of it resets parts of the mode."""
    if hasattr(os, "chown"):
        with suppress(PermissionError):  # only an administrator may; the content matters more
            os.chown(path, before.st_uid, before.st_gid)
    os.chmod(path, stat.S_IMODE(before.st_mode))


def _is_written(entry: os.DirEntry[str], process: int) -> bool:
    """Whether the process that made a temporary file is still at it."""
    if os.name != "posix":
        return time.time() - entry.stat().st_mtime < _PATIENCE
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return process != os.getpid()


def _remove(path: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(path)
