"""What no fix may do: break the file, lose a comment, touch what ``noqa`` protects, make a new violation."""

from __future__ import annotations

import io
import tokenize
from collections import Counter
from typing import TYPE_CHECKING

from flake8_aa_celery.fixes import Refused
from flake8_aa_celery.linter import check, parse
from flake8_aa_celery.source import decode, heed_noqa, lines_of
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from flake8_aa_celery.settings import Settings

    Curable = Callable[[Violation], bool]

#: What a fix brings to light rather than makes: that a function is a task can be seen only once it is decorated.
_BROUGHT_TO_LIGHT = {
    "AAC103": ("AAC1",),
    "AAC108": ("AAC1", "AAC2", "AAC3", "AAC4"),
}


def checked(
    path: str,
    before: bytes,
    after: bytes,
    known: Sequence[Violation],
    cured: Sequence[Violation],
    settings: Settings,
    curable: Curable,
) -> list[Violation]:
    """The violations of a file after fixes, if the fixes did no harm.

    :param known: the violations of the file before.
    :param cured: those of them that the fixes are for.
    :param curable: whether a violation will be fixed in a later round.
    :raises Refused: where they did harm, or cured nothing.
    """
    try:
        parse(after)
    except SyntaxError as error:
        raise Refused("the result would not be valid Python") from error
    if _loses_line_with(b"#", before, after) and comments(before) - comments(after):
        raise Refused("a comment would be lost")
    codes = {violation.code for violation in cured}
    if _protected(path, before, codes) - _protected(path, after, codes):
        raise Refused("a line with `noqa` would be changed")
    found = check(path, after, settings)
    _compare(known, found, codes, curable)
    return found


def _loses_line_with(sign: bytes, before: bytes, after: bytes) -> bool:
    """Whether a line that has something in it is not there any more: a cheap question before an expensive one."""
    lines = Counter(line for line in before.splitlines() if sign in line)
    lines.subtract(line for line in after.splitlines() if sign in line)
    return any(count > 0 for count in lines.values())


def comments(data: bytes) -> Counter[str]:
    """The comments of a file, each with how often it is there."""
    tokens = tokenize.generate_tokens(io.StringIO(decode(data)).readline)
    return Counter(token.string.rstrip() for token in tokens if token.type == tokenize.COMMENT)


def _protected(path: str, data: bytes, codes: Collection[str]) -> Counter[str]:
    """The lines whose ``noqa`` silences one of the codes."""
    if b"noqa" not in data.lower():
        return Counter()
    lines = lines_of(data)
    asked = [
        Violation(number, 0, number, 0, "", code=code)
        for number, line in enumerate(lines, 1)
        if "noqa" in line.lower()
        for code in codes
    ]
    heard = set(heed_noqa(asked, path, data))
    return Counter(lines[violation.line - 1] for violation in asked if violation not in heard)


def _compare(known: Sequence[Violation], found: Sequence[Violation], codes: Collection[str], curable: Curable) -> None:
    """Refuse where a rule finds more that stays than before, or where it still finds what was to be cured."""
    before, after = _counted(known), _counted(found)
    for code in codes:
        if after[code] >= before[code]:
            raise Refused("nothing would be cured")
    staying = _counted(found, curable) - _counted(known, curable)
    shown = tuple(prefix for code in codes for prefix in _BROUGHT_TO_LIGHT.get(code, ()))
    for code in staying:
        if not code.startswith(shown or "-"):
            raise Refused(f"{code} would be violated")


def _counted(violations: Sequence[Violation], curable: Curable | None = None) -> Counter[str]:
    """How many violations each rule has, without those that are ``curable``."""
    return Counter(violation.code for violation in violations if curable is None or not curable(violation))
