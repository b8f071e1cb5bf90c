"""Violations as plain values, and back: nothing that is read from a cache can become anything else.

``pickle`` would run whatever a cache says that somebody else has put there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flake8_aa_celery import rewrites
from flake8_aa_celery.violation import Fix, Related, Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_PLAIN = (str, int, bool, type(None))


class Invalid(Exception):
    """What was read is nothing that was written here."""


def plain_violations(violations: Sequence[Violation]) -> list[Any]:
    """Violations as JSON can hold them."""
    return [_plain_violation(violation) for violation in violations]


def violations_of(plain: Any) -> list[Violation]:
    """What :func:`plain_violations` was given.

    :raises Invalid: where it is something else.
    """
    try:
        return [_violation(each) for each in plain]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Invalid(str(error)) from error


def _plain_violation(violation: Violation) -> list[Any]:
    fix = violation.fix
    written = [fix.safety, fix.title, _plain(fix.rewrite)] if fix else None
    place = [violation.line, violation.column, violation.end_line, violation.end_column]
    trace = [list(related) for related in violation.trace]
    return [*place, violation.message, written, violation.code, violation.name, trace, violation.is_note]


def _violation(plain: Any) -> Violation:
    line, column, end_line, end_column, message, fix, code, name, trace, is_note = plain
    _demand(int, line, column, end_line, end_column)
    _demand(str, message, code, name)
    _demand(bool, is_note)
    made = _fix(*fix) if fix is not None else None
    related = tuple(_related(*each) for each in trace)
    return Violation(line, column, end_line, end_column, message, made, code, name, related, is_note)


def _fix(safety: Any, title: Any, rewrite: Any) -> Fix:
    _demand(str, title)
    if safety not in ("safe", "unsafe"):
        raise Invalid(safety)
    return Fix(safety, title, _value(rewrite))


def _related(path: Any, line: Any, what: Any) -> Related:
    _demand(str, path, what)
    _demand(int, line)
    return Related(path, line, what)


def _demand(kind: type, *values: Any) -> None:
    if not all(type(value) is kind for value in values):
        raise Invalid(str(values))


# -- rewrites -----------------------------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    """A rewrite with all that it holds: an object with the name of its class; a tuple as a list; a mapping as pairs."""
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, (tuple, list)):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {"": "dict", "of": [[_plain(key), _plain(part)] for key, part in value.items()]}
    return {"": type(value).__name__, **{name: _plain(getattr(value, name)) for name in value.__slots__}}


def _value(plain: Any) -> Any:
    if isinstance(plain, _PLAIN):
        return plain
    if isinstance(plain, list):
        return tuple(map(_value, plain))
    kind = plain[""]
    if kind == "dict":
        return {_value(key): _value(part) for key, part in plain["of"]}
    made: Callable[..., Any] = _class(kind)
    given = {name: _value(part) for name, part in plain.items() if name}
    return made(**given)


def _class(name: Any) -> type:
    """A class of values that a fix is made of, by its name.

    :raises Invalid: for anything else.
    """
    found = getattr(rewrites, name, None)
    if not isinstance(found, type) or not issubclass(found, rewrites.Values):
        raise Invalid(name)
    return found
