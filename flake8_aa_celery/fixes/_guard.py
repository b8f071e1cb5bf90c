"""What no fix may do: break the file, lose a comment, touch what ``noqa`` protects, make a new violation."""

from __future__ import annotations

import io
import os
import re
import sys
import tokenize
from collections import Counter
from typing import TYPE_CHECKING

from flake8_aa_celery.fixes import Refused
from flake8_aa_celery.fixes._python import FREE_F_STRINGS, compiles, new_f_strings, oldest_python
from flake8_aa_celery.fixes._version import Version
from flake8_aa_celery.linter import parse
from flake8_aa_celery.rewrites import DropNoqaCodes
from flake8_aa_celery.rules import all_rules
from flake8_aa_celery.source import comments as comments_by_line
from flake8_aa_celery.source import decode, encode, heed_noqa
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    #: whether a violation of a version is to be fixed in a later round
    Curable = Callable[[Violation, Version], bool]


def _demand_old_grammar(before: Version, data: bytes) -> None:
    """Refuse what the oldest Python of the project would not compile, unless it does not compile the file as it is."""
    version = min(oldest_python(os.path.dirname(os.path.abspath(before.path))), sys.version_info[:2])
    for grammar in (version, sys.version_info[:2]):
        if compiles(before.data, grammar):
            if not compiles(data, grammar):
                raise Refused(f"Python {version[0]}.{version[1]} would not compile the result")
            break
    if version < FREE_F_STRINGS and new_f_strings(decode(data)) > new_f_strings(decode(before.data)):
        raise Refused(f"Python {version[0]}.{version[1]} knows no such f-string")


#: Between two comments in one line.
_ONE_OF_SEVERAL = re.compile(r"  +(?=#)")


def checked(before: Version, text: str, cured: Sequence[Violation], curable: Curable) -> Version:
    """What a file becomes by fixes, if they do no harm.

    :param text: what the fixes make of it.
    :param cured: the violations that they are for.
    :raises Refused: where they do harm, or cure nothing.
    """
    try:
        data = encode(text, before.data)
    except UnicodeEncodeError as error:
        raise Refused(f"{error.encoding} cannot express the result") from error
    try:
        syntax = parse(data)
    except SyntaxError as error:
        raise Refused("the result would not be valid Python") from error
    _demand_old_grammar(before, data)
    if _loses_line_with(b"#", before.data, data) and comments(before.data) - comments(data) - _meant(before, cured):
        raise Refused("a comment would be lost")
    after = before.with_data(data, syntax)
    codes = {violation.code for violation in cured}
    if _protected(before, codes) - _protected(after, codes):
        raise Refused("a line with `noqa` would be changed")
    _compare(before, after, codes, curable)
    return after


def _loses_line_with(sign: bytes, before: bytes, after: bytes) -> bool:
    """Whether a line that has something in it is not there any more: a cheap question before an expensive one."""
    lines = Counter(line for line in before.splitlines() if sign in line)
    lines.subtract(line for line in after.splitlines() if sign in line)
    return any(count > 0 for count in lines.values())


def comments(data: bytes) -> Counter[str]:
    """The comments of a file, each with how often it is there; of several in one line each is one."""
    tokens = tokenize.generate_tokens(io.StringIO(decode(data)).readline)
    found = (token.string.rstrip() for token in tokens if token.type == tokenize.COMMENT)
    return Counter(part for comment in found for part in _ONE_OF_SEVERAL.split(comment))


def _meant(version: Version, cured: Sequence[Violation]) -> Counter[str]:
    """The comments that fixes are about."""
    lines = [each.line for each in cured if each.fix is not None and isinstance(each.fix.rewrite, DropNoqaCodes)]
    if not lines:
        return Counter()
    starts = comments_by_line(version.lines)
    meant = (version.lines[line - 1][starts[line] :].rstrip() for line in lines)
    return Counter(part for comment in meant for part in _ONE_OF_SEVERAL.split(comment))


def _protected(version: Version, codes: Collection[str]) -> Counter[str]:
    """The lines whose ``noqa`` silences one of the codes."""
    if b"noqa" not in version.data.lower():
        return Counter()
    asked = [
        Violation(number, 0, number, 0, "", code=code)
        for number, line in enumerate(version.lines, 1)
        if "noqa" in line.lower()
        for code in codes
    ]
    heard = set(heed_noqa(asked, version.path, version.data))
    return Counter(version.lines[violation.line - 1] for violation in asked if violation not in heard)


def _compare(before: Version, after: Version, codes: Collection[str], curable: Curable) -> None:
    """Refuse where a rule finds more that stays than before, or where it still finds what was to be cured."""
    known, found = (Counter(violation.code for violation in version.found) for version in (before, after))
    for code in codes:
        if found[code] >= known[code]:
            raise Refused("nothing would be cured")
    demand_nothing_new(_staying(before, curable), _staying(after, curable), codes)


def demand_nothing_new(before: Counter[str], after: Counter[str], cured: Iterable[str]) -> None:
    """Refuse fixes after which a rule finds more than before, but what they may bring to light.

    :param before: how much each rule has found, by its code; ``after`` likewise.
    :param cured: the codes of the violations that the fixes are for.
    """
    rules = all_rules()
    revealed = tuple(prefix for code in cured for prefix in rules[code].reveals)
    for code in after - before:
        if not code.startswith(revealed):
            raise Refused(f"{code} would be violated")


def _staying(version: Version, curable: Curable) -> Counter[str]:
    """How many violations each rule has that nothing will cure."""
    return Counter(violation.code for violation in version.found if not curable(violation, version))
