"""Put files back, each as a whole or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from flake8_aa_celery import writing
from flake8_aa_celery.cli._output import Complaints
from flake8_aa_celery.source import read, reason

if TYPE_CHECKING:
    from collections.abc import Mapping


def read_or_nothing(path: str) -> bytes:
    """What is in a file; nothing, where it is to be made.

    :raises OSError: where it is there and cannot be read.
    """
    try:
        return read(path)
    except FileNotFoundError:
        return b""


def write_all(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> bool:
    """Write the files that are to change; says on standard error which of them could not be written.

    :param before: what was read; a file that holds something else by now is left alone.
    :param after: what they are to hold.
    :return: whether all could be written.
    """
    for folder in {os.path.dirname(os.path.realpath(path)) for path in after}:
        writing.clean(folder)
    complaints = Complaints()
    for path, data in after.items():
        if data == before[path]:
            continue
        try:
            if read_or_nothing(path) != before[path]:
                raise OSError("it was changed meanwhile")
            writing.write(path, data)
        except OSError as error:
            complaints(path, reason(error))
    return not complaints.any
