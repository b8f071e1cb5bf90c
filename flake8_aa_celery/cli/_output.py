"""What the command says: reports, and on standard error what is wrong."""

from __future__ import annotations

import codecs
import os
import sys

TYPE_CHECKING = False  # as type checkers know it: importing typing would take longer than all of --version

if TYPE_CHECKING:
    from typing import IO

#: The exit code for misuse, a broken setting, and where something cannot be read or written.
MISUSE = 2

#: What an encoding that does not have the sign gets instead; for other signs their escape.
_TWINS = {
    "…": "...",
    "·": "-",
    "•": "*",
    "─": "-",
    "│": "|",
    "├": "|",
    "└": "`",
    "⚠": "!",
    "\N{REPLACEMENT CHARACTER}": "?",
}


class CommandError(Exception):
    """Ends the command with the exit code for misuse; its text says why."""


def prepare_streams() -> None:
    """See to it that whatever is written can be, to a stream that is closed and in every encoding."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
    codecs.register_error("aa-celery", _with_twins)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="aa-celery")


def _with_twins(error: UnicodeError) -> tuple[str, int]:
    """What is written for the signs that an encoding does not have."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    escaped = (_TWINS.get(sign) or sign.encode("ascii", "backslashreplace").decode() for sign in signs)
    return "".join(escaped), error.end


def discard(stream: IO[str]) -> None:
    """Forget what a stream could not take: the interpreter would try once more when it ends, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def end_complaints() -> None:
    """See to it that the exit code is kept where standard error takes nothing: the interpreter would end with 120."""
    try:
        sys.stderr.flush()
    except OSError:
        discard(sys.stderr)


def complain(message: str) -> int:
    """Say on standard error what is wrong; returns the exit code for misuse."""
    from contextlib import suppress

    with suppress(OSError):  # its disk may be full: then the exit code alone tells
        print(f"aa-celery: {message}", file=sys.stderr)
    return MISUSE


class Complaints:
    """Says which paths cannot be read or written, and knows whether there were any."""

    def __init__(self) -> None:
        self.any = False

    def __call__(self, path: str, why: str) -> None:
        self.any = True
        complain(f"{path}: {why}")
