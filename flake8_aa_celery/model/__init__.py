"""What the code says about Celery. Facts only: no opinion lives here."""

from __future__ import annotations

import os
import re

from flake8_aa_celery.model.code.patterns import has_wild, longest_part

#: Nearly every fact that the model can state needs one of these in the source, or something imported from a module
#: that is called after Celery. Searching for a few plain strings is several times faster than one regular expression
#: over the same bytes; the longer ones are searched for where what they share is found.
_WORDS = (b"CELERY", b"beat_schedule", b"BEAT_SCHEDULE", b"crontab", b"AsyncResult")
_SHARED = b"task"
_TASK_WORDS = (b"shared_task", b"send_task", b"add_periodic_task")
#: Bounded, as are the patterns below: a long line of data is full of dots and signs, and is searched once.
_GAP = rb"[\s\\]*(?:#[^\n]{0,500}\n[\s\\]*)*"
#: What is sent or registered without any of these words: each begins with one byte, which makes the search fast.
_SENT = re.compile(rb"\." + _GAP + rb"(?:delay|apply_async|si?" + _GAP + rb"\()")
_REGISTERED = re.compile(rb"@[^\n@]*\." + _GAP + rb"task\b")
#: What stands in a file with a view or a receiver, of Django or of another web framework.
_ANSWERING = (
    b"request", b"receiver", b".connect(", b"APIRouter", b"Blueprint", b"FastAPI", b"Flask", b"ninja",
    b"rest_framework", b".route(",
)  # fmt: skip
#: What is likely to make a task, in whatever way.
_LIKE_A_TASK = re.compile(rb"^[ \t]*@[\w.]*(?:task|job)|^[ \t]*class[ \t]+\w+\([^)]*Task\b|register_task", re.MULTILINE)
#: A setting of Celery's in small letters, as a module of its own has them.
_SETTING_WORDS = (b"task_", b"worker_", b"broker_", b"result_", b"beat_", b"accept_content")
_SETTING = re.compile(
    rb"^[ \t]*(?:(?:task|worker|broker|result|beat)_[a-z_]+|accept_content)[ \t]*(?::[^=\n]{1,80})?=(?!=)", re.MULTILINE
)
#: What next to a name makes it part of a longer one.
_IN_NAME = re.compile(rb"\w|.\w")


def relevant(source: bytes, tasks_modules: tuple[str, ...] = ("tasks",)) -> bool:
    """Whether a file can have anything to do with Celery.

    Where this is False the model has no fact to state about the file, so that it need not be parsed.

    :param tasks_modules: the names of modules that hold tasks: who imports one may call a task of it.
    """
    return (
        any(word in source for word in _WORDS)
        or _imports(b"celery", source, whole=False)
        or _SENT.search(source) is not None
        or (_SHARED in source and _speaks_of_task(source))
        or any(_imports_tasks(name, source) for name in tasks_modules)
        or (any(word in source for word in _SETTING_WORDS) and _SETTING.search(source) is not None)
    )


def _imports_tasks(name: str, source: bytes) -> bool:
    """Whether a module of tasks may be imported, by its name or by what a pattern leaves of it."""
    if has_wild(name):
        part = longest_part(name).encode()
        return not part or _imports(part, source, whole=False)
    return _imports(name.rpartition(".")[2].encode(), source, whole=True)


def may_lie_among_tasks(path: str, tasks_modules: tuple[str, ...]) -> bool:
    """Whether the folder of a file may be a package of tasks: ``from . import update`` is about tasks there."""
    folder = os.path.basename(os.path.dirname(path))
    return any(longest_part(name) in folder for name in tasks_modules)


def may_answer(source: bytes) -> bool:
    """Whether a file that has nothing to do with Celery itself may hold a view or a receiver that leads to a task."""
    return any(word in source for word in _ANSWERING)


def imports_celery(source: bytes) -> bool:
    """Whether a file imports something of Celery, or from a module that is called after it."""
    return _imports(b"celery", source, whole=False)


def may_make_task(source: bytes) -> bool:
    """Whether a decorator in a file is called as one that registers tasks may be, or a class is based on a task."""
    return b"task" in source.lower() and _LIKE_A_TASK.search(source) is not None


def _speaks_of_task(source: bytes) -> bool:
    return any(word in source for word in _TASK_WORDS) or _REGISTERED.search(source) is not None


def _imports(name: bytes, source: bytes, *, whole: bool) -> bool:
    """Whether a module of this name, or something in it, may be imported.

    :param whole: whether the module has just this name; otherwise it may be part of a longer one.
    """
    start = source.find(name)
    opened = closed = -1
    searched = 0
    while start >= 0:
        end = start + len(name)
        if not (whole and _IN_NAME.match(source[max(0, start - 1) : start] + source[end : end + 1])):
            opened = max(opened, source.rfind(b"(", searched, start))
            closed = max(closed, source.rfind(b")", searched, start))
            searched = start
            end = source.find(b"\n", start)
            end = end if end >= 0 else len(source)
            line = source[source.rfind(b"\n", 0, start) + 1 : end]
            if b"import" in line or _continues_import(source, start, opened, closed):
                return True
        start = source.find(name, end)
    return False


def _continues_import(source: bytes, place: int, opened: int, closed: int) -> bool:
    """Whether a name stands on a line of its own in ``from x import (…)`` or after a backslash.

    :param opened: the last opening parenthesis before it, -1 for none; ``closed`` likewise.
    """
    last_line = source.rfind(b"\n", 0, place)
    if source[max(0, last_line - 2) : last_line].endswith((b"\\", b"\\\r")):
        return True
    return opened > closed and source[max(0, opened - 20) : opened].rstrip(b" \t\\\r\n").endswith(b"import")
