"""Look at what may not be there: a folder that cannot be listed is empty, and what is no file has no text."""

from __future__ import annotations

import os


def listed(folder: str) -> list[str]:
    """The names in a folder, sorted; none where it cannot be listed."""
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def text_of(path: str, most: int, encoding: str = "utf-8", errors: str = "strict") -> str | None:
    """The text of a file; None where it is no file, or cannot be read or decoded.

    :param most: so many characters of it at most.
    """
    if not os.path.isfile(path):  # to open a pipe would be to wait for ever
        return None
    try:
        with open(path, encoding=encoding, errors=errors) as file:
            return file.read(most)
    except (OSError, UnicodeError):
        return None
