"""Values of options that Celery refuses, or that undo what they are for."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import last_part
from flake8_aa_celery.model.resolve.evaluation import keywords_of
from flake8_aa_celery.model.resolve.task_classes import task_classes_of
from flake8_aa_celery.model.resolve.values import Class, ClassTask, Constant, Items, Origin
from flake8_aa_celery.model.tasks.options import each_once, written_options

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Entry, Expression, Mapping, Value

    Fault = Literal["no rate", "soft above hard", "soft equals hard", "timedelta", "no collection", "raised elsewhere"]

#: By what numbers are divided in a rate: seconds, minutes, hours; none is seconds.
RATE_UNITS = frozenset({"", "s", "m", "h"})
_LIMITS = ("time_limit", "soft_time_limit")
_EXCEPTIONS = ("autoretry_for", "dont_autoretry_for")
#: How classes of exceptions are called in libraries.
_CALLED = ("Error", "Exception", "Timeout")
_UNITS = {"weeks": 604800, "days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}


class SaidOption(NamedTuple):
    """An option of a task, said in a decorator or in a class.

    :param node: where to report it if its value stands in another file.
    :param task: the name of the task, or of its class.
    :param all: the options that it stands among.
    """

    name: str
    entry: Entry
    node: ast.expr
    task: str
    all: Mapping


class FaultyOption(NamedTuple):
    """An option of a task with a value that it cannot have.

    :param place: the value, or the part of it that is wrong.
    """

    option: SaidOption
    place: Expression
    fault: Fault


@fact
def faulty_options_of(module: Module) -> list[FaultyOption]:
    """The options of the tasks and classes of tasks in a module that have a value they cannot have, each place once."""
    return [
        FaultyOption(said, place, fault)
        for said in (*_said_of_functions(module), *_said_of_classes(module))
        for place, fault in _faults_of(said)
    ]


def _said_of_functions(module: Module) -> Iterator[SaidOption]:
    of_functions = (option for option in written_options(module) if not isinstance(option.task, ClassTask))
    for option in each_once(of_functions):
        yield SaidOption(option.name, option.entry, option.node, option.task.name, option.task.options)


def _said_of_classes(module: Module) -> Iterator[SaidOption]:
    """What Celery takes from a class as it does from a decorator, which makes a class of its options."""
    for each in task_classes_of(module):
        for name, entry in each.options.entries.items():
            yield SaidOption(name, entry, entry.node, each.name, each.options)


def _faults_of(said: SaidOption) -> Iterator[tuple[Expression, Fault]]:
    value = said.entry.value
    if said.name == "rate_limit" and _is_no_rate(value):
        yield said.entry, "no rate"
    elif said.name in _LIMITS and isinstance(value, Origin) and value.dotted == "datetime.timedelta()":
        yield said.entry, "timedelta"
    elif said.name in _EXCEPTIONS and _is_exception(value):
        yield said.entry, "no collection"
    elif said.name == "autoretry_for" and isinstance(value, Items):
        yield from ((part, "raised elsewhere") for part in value.elements if _is_raised_elsewhere(part.value))
    elif said.name == "soft_time_limit" and (fault := _out_of_order(said.all)) is not None:
        yield said.entry, fault


def _is_no_rate(value: Value) -> bool:
    """Whether a text is no number with ``/s``, ``/m`` or ``/h`` after it."""
    if not isinstance(value, Constant) or not isinstance(value.value, str) or not value.value:
        return False
    number, _, unit = value.value.partition("/")
    try:
        float(number)
    except ValueError:
        return True
    return unit not in RATE_UNITS


def _is_exception(value: Value) -> bool:
    """Whether a value is a class, and no tuple or list of classes."""
    if isinstance(value, Origin):
        package, _, name = value.dotted.rpartition(".")
        if package == "builtins":
            return isinstance(getattr(builtins, name, None), type)
        return name.endswith(_CALLED) and not name.isupper()
    return isinstance(value, Class)


def _is_raised_elsewhere(value: Value) -> bool:
    """Whether a value is the exception that a worker raises in its main process when it has killed a task's."""
    if not isinstance(value, Origin):
        return False
    return last_part(value.dotted) == "TimeLimitExceeded" and value.dotted.startswith(("billiard.", "celery."))


def _out_of_order(options: Mapping) -> Fault | None:
    soft, hard = (_number(options.constant(name)) for name in ("soft_time_limit", "time_limit"))
    if soft is None or hard is None or soft < hard:
        return None
    return "soft equals hard" if soft == hard else "soft above hard"


def _number(value: object) -> float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0
    return value if is_number and isinstance(value, (int, float)) else None


def seconds_of(expression: Expression) -> int | None:
    """How many seconds ``timedelta(minutes=5)`` is, where it is written with whole numbers; otherwise None."""
    node = expression.node
    if not isinstance(node, ast.Call) or node.args:
        return None
    given = keywords_of(node, expression.site)
    numbers = {name: given.constant(name) for name in given.entries}
    if not given.complete or not numbers or not numbers.keys() <= _UNITS.keys():
        return None
    found = 0
    for name, number in numbers.items():
        if not isinstance(number, int):
            return None
        found += number * _UNITS[name]
    return found
