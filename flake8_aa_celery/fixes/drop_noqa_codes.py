"""A ``noqa`` comment loses codes: ``# noqa: AAC205, E501`` becomes ``# noqa: E501``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change, Refused
from flake8_aa_celery.source import NOQA

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import DropNoqaCodes


def rewrite(place: Place, wanted: DropNoqaCodes) -> Change:
    """Take codes out of the comment at the end of the line."""
    line = place.violation.line
    for trailing in place.tree.nodes_in(line, cst.TrailingWhitespace):
        comment = trailing.comment
        if comment is not None:
            text = without_codes(comment.value, wanted.codes)
            changes = {"comment": comment.with_changes(value=text)} if text else {"comment": None}
            space = trailing.whitespace if text else cst.SimpleWhitespace("")
            return Change({trailing: trailing.with_changes(whitespace=space, **changes)})
    raise Refused("the comment stands alone in its line")


def without_codes(comment: str, codes: tuple[str, ...]) -> str:
    """A comment whose ``noqa`` names some codes less; empty where nothing is left of it.

    :raises Refused: where it names none.
    """
    found = NOQA.search(comment)
    if found is None or not found["codes"]:
        raise Refused("the comment names no codes")
    start, end = found.span("codes")
    named = re.findall(r"[A-Za-z]+[0-9]+", comment[start:end])
    kept = [code for code in named if code.upper() not in codes]
    after = comment[end:].lstrip(", ")
    if kept:
        return f"{comment[:start]}{', '.join(kept)}{'  ' * bool(after)}{after}"
    before = comment[: found.start()].rstrip()
    if not after:
        return before
    return f"{before}  {after}" if before else after if after.startswith("#") else f"# {after}"
