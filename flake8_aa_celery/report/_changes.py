"""What tells two versions of a file apart, as edits of whole lines."""

from __future__ import annotations

from difflib import SequenceMatcher

from flake8_aa_celery.report import Edit
from flake8_aa_celery.source import decode, split


def changes(before: bytes, after: bytes) -> list[Edit]:
    """What is to be replaced, in whole lines."""
    if before == after:
        return []
    old, new = split(decode(before)), split(decode(after))
    return [
        Edit(first + 1, last + 1, "".join(new[new_first:new_last]))
        for what, first, last, new_first, new_last in SequenceMatcher(None, old, new).get_opcodes()
        if what != "equal"
    ]
