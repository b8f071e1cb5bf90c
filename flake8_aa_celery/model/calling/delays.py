"""For how long something waits at the broker before it runs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import reaching
from flake8_aa_celery.model.configuration.settings import configured
from flake8_aa_celery.model.knowledge import django, standard_library
from flake8_aa_celery.model.periodic.schedules import schedule_of
from flake8_aa_celery.model.resolve.arguments import by_name
from flake8_aa_celery.model.resolve.evaluation import keywords_of, value_of
from flake8_aa_celery.model.resolve.occurrences import canvas_of
from flake8_aa_celery.model.resolve.values import Constant, Dispatch, Signature, Workflow
from flake8_aa_celery.model.tasks.retries import retries_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import Site
    from flake8_aa_celery.model.resolve.values import Entry, Mapping, Task, Value

_NOW = standard_library.NOW | django.NOW
#: How many seconds what ``timedelta`` is given stands for, in the order in which it takes them by position.
_SECONDS = {
    "days": 86_400, "seconds": 1, "microseconds": 1e-6, "milliseconds": 1e-3, "minutes": 60, "hours": 3_600,
    "weeks": 604_800,
}  # fmt: skip
#: Beyond this many names that stand for one another nobody looks.
_DEEPEST = 8


class Delay(NamedTuple):
    """A ``countdown`` or an ``eta`` that something is sent with.

    :param name: which of the two.
    :param seconds: how long that is from now.
    :param node: where to report it.
    :param owner: what is sent; a task is sent again by its own ``retry``, a schedule's entry has none.
    """

    name: str
    seconds: float
    node: ast.expr
    owner: Dispatch | Signature | Workflow | Task | None

    @property
    def receiver(self) -> Value | None:
        """What waits: of a dispatch what it sends; None in a schedule."""
        return self.owner.receiver if isinstance(self.owner, Dispatch) else self.owner


@fact
def delays_of(module: Module) -> list[Delay]:
    """Every delay of known length, once each."""
    found: dict[int, Delay] = {}
    for options, owner, node in _sent(module):
        for name in ("countdown", "eta"):
            entry = options.get(name)
            seconds = _seconds_until(name, entry) if entry and id(entry.node) not in found else None
            if entry and seconds is not None:
                found[id(entry.node)] = Delay(name, seconds, entry.reported_in(module, node), owner)
    return list(found.values())


def visibility_timeout(project: Project) -> float | None:
    """After how many seconds the broker delivers again what was not acknowledged, as far as a project says so.

    The default of Redis is the setting ``visibility-timeout``; infinite for a broker that has no such timeout, and
    None where it is configured with a value that is not known.
    https://docs.celeryq.dev/en/stable/getting-started/backends-and-brokers/redis.html#visibility-timeout
    """
    brokers = [value.value for value in configured(project, "BROKER_URL") if isinstance(value, ast.Constant)]
    if any(isinstance(url, str) and url.startswith(("amqp", "pyamqp")) for url in brokers):
        return float("inf")
    timeouts = configured(project, "VISIBILITY_TIMEOUT")
    known = [value.value for value in timeouts if isinstance(value, ast.Constant)]
    numbers = [float(number) for number in known if isinstance(number, (int, float))]
    if len(numbers) < len(timeouts):
        return None
    return max(numbers, default=float(project.settings.visibility_timeout))


def _sent(module: Module) -> Iterator[tuple[Mapping, Dispatch | Signature | Workflow | Task | None, ast.expr]]:
    """Everything that is given options, with them, and where to report it."""
    for call, value in canvas_of(module):
        yield value.options, value, call.node
    for call, task in retries_of(module):
        yield keywords_of(call.node, call.site), task, call.node
    for entry in schedule_of(module):
        yield entry.options, None, entry.node


def _seconds_until(name: str, entry: Entry) -> float | None:
    until = _countdown if name == "countdown" else _eta
    return until(entry.node, entry.site)


def _countdown(node: ast.expr, site: Site) -> float | None:
    """The seconds that a countdown is: a number, or a ``timedelta`` turned into one."""
    value = value_of(node, site)
    if isinstance(value, Constant):
        return _number(value)
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Attribute) and node.func.attr == "total_seconds":
        return seconds_of(node.func.value, site)
    if node.args and site.module.origin(node.func, site) in ("builtins.int", "builtins.round"):
        return _countdown(node.args[0], site)
    return None


def _eta(node: ast.expr, site: Site) -> float | None:
    """How long from now ``now() + timedelta(…)`` is."""
    period = after_now(node, site)
    return seconds_of(*period) if period else None


def after_now(node: ast.expr, site: Site) -> tuple[ast.expr, Site] | None:
    """What is added to the present in ``now() + timedelta(…)``, and where that stands; None for anything else."""
    node, site = behind_names(node, site)
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add):
        return None
    for now, period in ((node.left, node.right), (node.right, node.left)):
        if site.module.origin(*behind_names(now, site)) in _NOW:
            return behind_names(period, site)
    return None


def seconds_of(node: ast.expr, site: Site) -> float | None:
    """The seconds of a ``timedelta``; None where one of its numbers is not known."""
    node, site = behind_names(node, site)
    if not isinstance(node, ast.Call) or site.module.origin(node.func, site) != "datetime.timedelta":
        return None
    given = by_name(node, site, _SECONDS)
    numbers = {unit: _number(entry.value) for unit, entry in given.entries.items()}
    known = [number * _SECONDS[unit] for unit, number in numbers.items() if number is not None and unit in _SECONDS]
    return sum(known) if given.complete and len(known) == len(numbers) else None


def _number(value: Value) -> float | None:
    if isinstance(value, Constant) and isinstance(value.value, (int, float)):
        return float(value.value)
    return None


def behind_names(node: ast.expr, site: Site) -> tuple[ast.expr, Site]:
    """What a name was bound to, through other names as far as that is certain; anything else as it is."""
    for _ in range(_DEEPEST):
        bindings = reaching(node.id, site) if isinstance(node, ast.Name) else []
        if len(bindings) != 1 or bindings[0].kind != "assign" or bindings[0].value is None:
            break
        node, site = bindings[0].value, bindings[0].site
    return node, site
