"""Crontabs of all forms, and what Celery makes of them: which it refuses, and when the others are due.

A program is a module of crontabs, one a line. Right is a field whose numbers are Celery's, and a crontab that is said
to be refused and is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery.schedules import ParseException, crontab

from flake8_aa_celery.linter import parse
from flake8_aa_celery.model.code.project import Project
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.model.knowledge.celery import CRONTAB_FIELDS
from flake8_aa_celery.model.periodic.crontabs import crontabs_of, expanded, refusal_of
from flake8_aa_celery.settings import Settings
from truth.asking import Answers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from random import Random

    from flake8_aa_celery.model.periodic.crontabs import Crontab

_CRONTABS = 40
_HEAD = """\
from celery.schedules import crontab

HOUR = 3
NIGHT = "0-5"
EVENING = [20, 22]
"""
_DAYS = ("sun", "mon", "tue", "Wed", "thursday", "FRI", "sat")
_MONTHS = ("jan", "feb", "mar", "April", "may", "JUN", "jul", "aug", "sep", "oct", "nov", "december")
#: What no field should be given, though a hand may write it.
_ODD = (
    "''",
    "'*/0'",
    "'a'",
    "'1-'",
    "'-1'",
    "'1,,2'",
    "'1,'",
    "' 1 '",
    "'1 , 2'",
    "None",
    "1.5",
    "True",
    "'*/'",
    "'1--2'",
    "'*-5'",
    "'5/2'",
    "[]",
    "['1']",
    "[1, 99]",
    "(1, 2)",
    "{1, 2}",
    "b'1'",
    "range(0)",
    "range(0, 99, 7)",
    "'1-2-3'",
    "'0-59/61'",
    "'*/1'",
    "HOUR",
    "NIGHT",
    "EVENING",
    "'mon-'",
    "'*,*'",
    "'2-1'",
    "'07'",
    "'1-5/2,7'",
    "f'{HOUR}'",
    "str(HOUR)",
    "HOUR + 1",
    "[HOUR, 1]",
    "'*/5, */7'",
)


def make_program(random: Random) -> dict[str, str]:
    """A module of crontabs, by its path."""
    lines = (f"crontab({_arguments(random)})" for _ in range(_CRONTABS))
    return {"schedule.py": _HEAD + "\n".join(f"C{number} = {line}" for number, line in enumerate(lines)) + "\n"}


def _arguments(random: Random) -> str:
    by_position = random.randint(0, 2) if random.random() < 0.3 else 0
    fields = list(CRONTAB_FIELDS)
    given = [_value(random, field) for field in fields[:by_position]]
    named = [field for field in fields[by_position:] if random.random() < 0.4]
    return ", ".join([*given, *(f"{field}={_value(random, field)}" for field in named)])


def _value(random: Random, field: str) -> str:
    if random.random() < 0.2:
        return random.choice(_ODD)
    lowest, highest = CRONTAB_FIELDS[field]
    if random.random() < 0.2:
        return str(random.randint(lowest - 1, highest + 1))
    if random.random() < 0.2:
        return str([random.randint(lowest, highest) for _ in range(random.randint(1, 4))])
    return repr(",".join(_part(random, field) for _ in range(random.choice((1, 1, 1, 2, 3)))))


def _part(random: Random, field: str) -> str:
    step = f"/{random.randint(1, 20)}" if random.random() < 0.3 else ""
    kind = random.choice(("every", "number", "span", "span"))
    if kind == "every":
        return f"*{step}"
    if kind == "number":
        return _number(random, field)
    return f"{_number(random, field)}-{_number(random, field)}{step}"


def _number(random: Random, field: str) -> str:
    lowest, highest = CRONTAB_FIELDS[field]
    names = {"day_of_week": _DAYS, "month_of_year": _MONTHS}.get(field)
    if names and random.random() < 0.4:
        return random.choice(names)
    return str(random.randint(lowest, highest + (random.random() < 0.05)))


def asked(files: Mapping[str, str], folder: Path) -> Answers:
    """What the model says of the crontabs of a program, held to Celery's own."""
    (text,) = files.values()
    path = folder / "schedule.py"
    path.write_text(text, "utf-8")
    module = Project(str(folder.resolve()), Settings(), Workspace()).module(str(path.resolve()), parse(text.encode()))
    right = unknown = 0
    wrong: list[str] = []
    for found in crontabs_of(module):
        line = text.splitlines()[found.node.lineno - 1]
        made = _made(text, line)
        refused = [name for name, entry in found.fields.entries.items() if refusal_of(name, entry) is not None]
        if refused:
            right, wrong = right + (made is None), [*wrong, *([f"{line}: not refused"] if made is not None else [])]
        elif made is not None:
            told = _fields(found, made)
            wrong += [f"{line}: {name} is {is_}, not {said}" for name, said, is_ in told if said not in (None, is_)]
            right += sum(said == is_ for _, said, is_ in told)
            unknown += sum(said is None for _, said, _ in told)
        else:
            unknown += 1
    return Answers(right, unknown, wrong)


def _made(text: str, line: str) -> crontab | None:
    """The crontab of a line; None where Celery refuses it, whatever it raises."""
    names: dict[str, object] = {}
    exec(text[: len(_HEAD)], names)  # the head of a program that was made here
    try:
        return eval(line.partition(" = ")[2], names)
    except (ParseException, TypeError, ValueError):
        return None


def _fields(found: Crontab, made: crontab) -> list[tuple[str, frozenset[int] | None, frozenset[int]]]:
    return [(name, expanded(found, name), frozenset(getattr(made, name))) for name in CRONTAB_FIELDS]
