"""Celery's ``crontab``: which fields are set, and what Celery accepts in them.

The grammar is that of ``celery.schedules.crontab_parser``, observed in ``tests/behaviour/test_schedules.py``.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.knowledge.celery import CRONTAB_FIELDS, CRONTAB_OPTIONS, DAYS, LONGEST_MONTHS, MONTHS
from flake8_aa_celery.model.resolve.arguments import by_name
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import UNKNOWN, Constant, Items, Origin, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import CallSite
    from flake8_aa_celery.model.resolve.values import Entry, Mapping


_CRONTAB = frozenset({"crontab"})
#: Of a longer range nobody looks at the rest.
_MOST_NUMBERS = 1_000
#: Celery looks at the beginning of a part alone: what follows `1-2` in `1-2-3` is not read.
_SPAN = re.compile(r"(?P<first>\w+?)-(?P<last>\w+)(?P<step>/(?P<by>\w*))?")
_EVERY = re.compile(r"\*(?P<step>/(?P<by>\w*))|\*\Z")


#: Values of several fields in one text; a blank beside a comma is none.
_LINE = re.compile(r"[^\s,]\s+[^\s,]")
_STEP = re.compile(r"\s*\*/(?P<by>\d+)\s*")


class Crontab(NamedTuple):
    """A call of ``crontab``.

    :param fields: what it is given, by keyword or by position.
    :param extra: the first value by position that it has no field for, or a field that is given by position and by its
        name; None where there is none.
    """

    node: ast.Call
    fields: Mapping
    extra: ast.expr | None = None

    def sets(self, field: str) -> bool:
        """Whether a field is given something that is not every value of it; also where that is unknown."""
        entry = self.fields.get(field)
        if entry is None:
            return not self.fields.complete
        return not _is_every(field, entry)

    def lacks(self, field: str) -> bool:
        """Whether a field is certainly not given."""
        return self.fields.lacks(field)

    @property
    def unknown_fields(self) -> list[Entry]:
        """Keyword arguments that ``crontab`` does not have."""
        return [
            entry
            for name, entry in self.fields.entries.items()
            if name not in CRONTAB_FIELDS and name not in CRONTAB_OPTIONS
        ]


@fact
def crontabs_of(module: Module) -> list[Crontab]:
    """Every call of Celery's ``crontab`` in a module."""
    return [
        Crontab(call.node, by_name(call.node, call.site, CRONTAB_FIELDS), _extra(call.node))
        for call in module.calls_of(_CRONTAB)
        if _is_crontab(call)
    ]


def _extra(call: ast.Call) -> ast.expr | None:
    """What a crontab is given that it has no place for: a sixth value, or a second one for a field."""
    if any(isinstance(given, ast.Starred) for given in call.args):
        return None
    if len(call.args) > len(CRONTAB_FIELDS):
        return call.args[len(CRONTAB_FIELDS)]
    taken = list(CRONTAB_FIELDS)[: len(call.args)]
    return next((word.value for word in call.keywords if word.arg in taken), None)


def _is_every(field: str, entry: Entry) -> bool:
    """Whether the value of a field is every value that it can have, however that is spelled; False where unknown."""
    value, (lowest, highest) = entry.value, CRONTAB_FIELDS[field]
    if isinstance(value, Constant) and isinstance(value.value, str):
        text = value.value.replace(" ", "")
        return text in ("*", "*/1", f"{lowest}-{highest}")
    numbers = _numbers_in(entry)
    return numbers is not None and set(range(lowest, highest + 1)) <= numbers


def _numbers_in(entry: Entry) -> set[int] | None:
    """The numbers of a list or a ``range`` of constants; None for anything else."""
    value = entry.value
    if isinstance(value, Items) and value.complete:
        given = [element.value for element in value.elements]
        found = {each.value for each in given if isinstance(each, Constant) and isinstance(each.value, int)}
        return found if len(found) == len({id(each) for each in given}) else None
    return _range_of(entry)


def _range_of(entry: Entry) -> set[int] | None:
    """The numbers of ``range(0, 60, 5)``; None for anything else."""
    node = entry.node
    if not isinstance(node, ast.Call) or entry.site.module.origin(node.func, entry.site) != "builtins.range":
        return None
    given = [value_of(argument, entry.site) for argument in node.args]
    numbers = [each.value for each in given if isinstance(each, Constant) and isinstance(each.value, int)]
    if node.keywords or not 1 <= len(numbers) == len(node.args) <= 3 or (len(numbers) == 3 and not numbers[2]):
        return None
    return set(range(*numbers)[:_MOST_NUMBERS])


def _is_crontab(call: CallSite) -> bool:
    module = call.site.module
    function = call.node.func
    if isinstance(function, ast.Name) and function.id == "crontab":
        value = value_of(function, call.site)
        return isinstance(value, Origin) and value.dotted == "celery.schedules.crontab"
    return module.origin(function, call.site) == "celery.schedules.crontab"


def refusal_of(field: str, entry: Entry) -> str | None:
    """As :func:`refusal`, of a field as it is written."""
    node, (lowest, highest) = entry.node, CRONTAB_FIELDS[field]
    if isinstance(node, ast.Call) and entry.site.module.origin(node.func, entry.site) == "datetime.timedelta":
        return "a `timedelta` is no number, text or list"
    outside = [number for number in sorted(_range_of(entry) or ()) if not lowest <= number <= highest]
    if outside:
        return _outside(outside[0], lowest, highest)
    return refusal(field, entry.value)


def refusal(field: str, value: Value) -> str | None:
    """Why Celery refuses the value of a field, in words; None where it accepts it or the value is not known."""
    lowest, highest = CRONTAB_FIELDS[field]
    if isinstance(value, Items):
        return _refused_items(value, lowest, highest)
    if not isinstance(value, Constant):
        return None
    given = value.value
    if isinstance(given, int):
        return None if lowest <= given <= highest else _outside(given, lowest, highest)
    if isinstance(given, str):
        return next((why for part in given.split(",") if (why := _refused_part(part, lowest, highest))), None)
    # bytes are a collection of numbers to Celery
    return None if isinstance(given, bytes) else f"`{given!r}` is no number, text or list"


# -- what Celery accepts and reads otherwise than it is meant -----------------------------------------------------


def is_cron_line(value: Value) -> bool:
    """Whether a whole line of cron is given to one field: ``*/5 4 * * *``."""
    text = value.value if isinstance(value, Constant) else None
    return isinstance(text, str) and _LINE.search(text.strip()) is not None


def endless_step(field: str, value: Value) -> str:
    """The step of a field that is as long as the field: it comes once in it; empty where there is none."""
    text = value.value if isinstance(value, Constant) else None
    found = _STEP.fullmatch(text) if isinstance(text, str) else None
    lowest, highest = CRONTAB_FIELDS[field]
    return f"*/{found['by']}" if found and int(found["by"]) > highest - lowest else ""


def never_comes(crontab: Crontab) -> bool:
    """Whether no year has a date that a crontab asks for: 31 February."""
    days, months = _numbers(crontab, "day_of_month"), _numbers(crontab, "month_of_year")
    return bool(days and months) and min(days) > max(LONGEST_MONTHS[month - 1] for month in months)


def _numbers(crontab: Crontab, field: str) -> set[int]:
    """The numbers that a field lists; empty where it is given anything else, or not all is known."""
    entry, (lowest, highest) = crontab.fields.get(field), CRONTAB_FIELDS[field]
    value = entry.value if entry is not None else None
    given: list[object] = []
    if isinstance(value, Items) and value.complete:
        parts = [element.value for element in value.elements]
        given = [part.value if isinstance(part, Constant) else None for part in parts]
    elif isinstance(value, Constant):
        given = [*value.value.split(",")] if isinstance(value.value, str) else [value.value]
    found = [_number(str(part)) if isinstance(part, (int, str)) else None for part in given]
    return {number for number in found if number is not None} if all(map(_is_in(lowest, highest), found)) else set()


def _is_in(lowest: int, highest: int) -> Callable[[int | None], bool]:
    return lambda number: number is not None and lowest <= number <= highest


# -- what it refuses ---------------------------------------------------------------------------------------------


def _refused_items(items: Items, lowest: int, highest: int) -> str | None:
    for element in items.elements:
        value = element.value
        given = value.value if isinstance(value, Constant) else UNKNOWN
        if isinstance(given, int) and not lowest <= given <= highest:
            return _outside(given, lowest, highest)
        if isinstance(given, str):
            return f"`{given!r}` in a list is no number"
    return None


def _outside(given: object, lowest: int, highest: int) -> str:
    return f"`{given}` is not between {lowest} and {highest}"


def _refused_part(part: str, lowest: int, highest: int) -> str | None:
    """Why one of the parts between the commas is refused."""
    if not part:
        return "there is nothing before or after a comma"
    span = _SPAN.match(part)
    whole = span or _EVERY.match(part)
    if whole and whole["step"] and not (whole["by"].isdecimal() and int(whole["by"])):
        return f"`{part}` has no step above 0"
    ends = (span["first"], span["last"]) if span else () if whole else (part,)
    return next((why for end in ends if (why := _refused_number(end, lowest, highest))), None)


def _refused_number(text: str, lowest: int, highest: int) -> str | None:
    number = _number(text)
    if number is None:
        return f"`{text}` is no number, day or month"
    return None if lowest <= number <= highest else _outside(text, lowest, highest)


def _number(text: str) -> int | None:
    """What Celery reads a number, the name of a month or of a day as; of a name only the first three letters count."""
    try:
        return int(text)
    except ValueError:
        short = text[:3].lower()
    if short in MONTHS:
        return MONTHS.index(short) + 1
    return DAYS.index(short) if short in DAYS else None


# -- what it comes to ---------------------------------------------------------------------------------------------


def expanded(crontab: Crontab, field: str) -> frozenset[int] | None:
    """The numbers at which a field is due; None where they are not known or Celery refuses them.

    A field that is not given is every number of it, and the minute as well: ``crontab(hour=4)`` is due 60 times.
    """
    entry, (lowest, highest) = crontab.fields.get(field), CRONTAB_FIELDS[field]
    if entry is None:
        return frozenset(range(lowest, highest + 1)) if crontab.fields.complete else None
    if refusal_of(field, entry) is not None:
        return None
    value = entry.value
    if isinstance(value, Constant) and isinstance(value.value, str):
        parts = [_expanded_part(part, lowest, highest) for part in value.value.split(",")]
        return None if None in parts else frozenset(number for part in parts for number in part or ())
    if isinstance(value, Constant) and type(value.value) is int:
        return frozenset({value.value})
    numbers = _numbers_in(entry)
    return frozenset(numbers) if numbers is not None else None


def _expanded_part(part: str, lowest: int, highest: int) -> range | list[int] | None:
    """The numbers of one of the parts between the commas: ``*/15``, ``1-5``, ``fri-mon``, ``7``."""
    part = part.strip()
    every, span = _EVERY.match(part), _SPAN.match(part)
    if every:
        return range(lowest, highest + 1, int(every["by"] or 1))
    if not span:
        number = _number(part)
        return None if number is None else [number]
    first, last, step = _number(span["first"]), _number(span["last"]), int(span["by"] or 1)
    if first is None or last is None:
        return None
    if first <= last:
        return range(first, last + 1, step)
    return [*range(first, highest + 1), *range(lowest, last + 1)][::step]  # over the end of the week, or the year
