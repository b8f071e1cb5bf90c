"""Put files back, each as a whole or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from flake8_aa_celery import writing
from flake8_aa_celery.cli._output import complain
from flake8_aa_celery.source import read, reason

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


def read_or_nothing(path: str) -> bytes:
    """What is in a file; nothing, where it is to be made.

    :raises OSError: where it is there and cannot be read.
    """
    try:
        return read(path)
    except FileNotFoundError:
        return b""


def write_all(
    before: Mapping[str, bytes], after: Mapping[str, bytes], moved_to: Mapping[str, Collection[str]] | None = None
) -> set[str]:
    """Write the files that are to change; says on standard error which of them could not be written.

    :param before: what was read; a file that holds something else by now is left alone.
    :param after: what they are to hold.
    :param moved_to: the files that took what others lost, by these: they are written first, and where that fails
        nothing is lost.
    :return: those that could not be written.
    """
    moved_to = moved_to or {}
    for folder in {os.path.dirname(os.path.realpath(path)) for path in after}:
        writing.clean(folder)
    unwritten: set[str] = set()
    for path in sorted(after, key=lambda path: bool(moved_to.get(path))):
        if not unwritten.isdisjoint(moved_to.get(path, ())):
            why = "what is moved out of it could not be written"
        else:
            why = _replace(path, before[path], after[path])
        if why:
            complain(f"{path}: {why}")
            unwritten.add(path)
    return unwritten


def _replace(path: str, before: bytes, after: bytes) -> str:
    """Write a file that is to change; returns why it could not be written."""
    if after == before:
        return ""
    try:
        if read_or_nothing(path) != before:
            return "it was changed meanwhile"
        writing.write(path, after)
    except OSError as error:
        return reason(error)
    return ""
