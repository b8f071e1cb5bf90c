"""A dict gets one more key: ``{"keys": []}`` becomes ``{"keys": [], "graceful": True}``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change
from flake8_aa_celery.fixes._calls import Space, quote_of, with_keyword, without_comment

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place, Tree
    from flake8_aa_celery.rewrites import AddKey


def rewrite(place: Place, wanted: AddKey) -> Change:
    """Add a key after the others, laid out as they are."""
    found = place.at(wanted.spot, (cst.Dict, cst.Call))
    if isinstance(found, cst.Call):
        return Change({found: with_keyword(place.tree, found, wanted.name, wanted.code)})
    assert isinstance(found, cst.Dict)
    return Change({found: with_key(place.tree, found, wanted.name, wanted.code)})


def with_key(tree: Tree, found: cst.Dict, name: str, code: str) -> cst.Dict:
    """A dict with one more key after the others, laid out as they are."""
    quote = quote_of(tree)
    new = cst.DictElement(tree.expression(f"{quote}{name}{quote}"), tree.expression(code))
    if not found.elements:
        return found.with_changes(elements=[new])
    last, closing = found.elements[-1], found.rbrace.whitespace_before
    separating = cst.Comma(whitespace_after=_between(found, closing))
    return found.with_changes(
        elements=[*found.elements[:-1], last.with_changes(comma=separating), new.with_changes(comma=last.comma)],
        rbrace=found.rbrace.with_changes(whitespace_before=without_comment(closing)),
    )


def _between(found: cst.Dict, closing: Space) -> Space:
    """The white space between two keys: as it is after the brace, with the comment after the last key."""
    space = found.lbrace.whitespace_after
    if not isinstance(space, cst.ParenthesizedWhitespace) or not isinstance(closing, cst.ParenthesizedWhitespace):
        return cst.SimpleWhitespace(" ")
    return closing.with_changes(last_line=space.last_line, indent=space.indent)
