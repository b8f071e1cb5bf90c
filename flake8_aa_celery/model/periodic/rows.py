"""Rows of django-celery-beat: what a project schedules in the database.

https://django-celery-beat.readthedocs.io/en/latest/#example-creating-interval-based-periodic-task
"""

from __future__ import annotations

import ast
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.knowledge.django_celery_beat import JSON_FIELDS, SCHEDULE_FIELDS, SCHEDULES
from flake8_aa_celery.model.periodic.schedules import ScheduleEntry, schedule_of
from flake8_aa_celery.model.resolve.evaluation import keywords_of
from flake8_aa_celery.model.resolve.values import Constant, Entry, Items, Mapping

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import CallSite, Scope, Site
    from flake8_aa_celery.model.resolve.values import Value

    Way = Literal["saved", "found", "made", "changed"]

_ROW = f"{SCHEDULES}PeriodicTask"
#: What makes a row, and what makes a row or finds one: that returns the row and whether it was made.
_MAKES = frozenset({"create", "acreate"})
_MAKES_OR_FINDS = frozenset({"get_or_create", "update_or_create", "aget_or_create", "aupdate_or_create"})
_CHANGES = frozenset({"update", "aupdate"})
_CALLED = frozenset({"PeriodicTask"}) | _MAKES | _MAKES_OR_FINDS | _CHANGES
#: Methods that send no signal, and what tells beat.
_UNSEEN = frozenset({"abulk_create", "abulk_update", "aupdate", "bulk_create", "bulk_update", "update"})
_TELLS = frozenset({"changed", "update_changed"})
_DEFAULTS = ("defaults", "create_defaults")


class ScheduleRow(NamedTuple):
    """Fields that a row of ``PeriodicTask`` is given.

    :param node: the call, or the statement's target, that gives them.
    :param way: whether they make a row that is saved at once, one where there is none yet, one that is saved later, or
        change rows.
    """

    node: ast.expr
    fields: Mapping
    site: Site
    module: Module
    way: Way = "changed"

    @property
    def task_name(self) -> str | None:
        """The registered name of the task that it starts; None where it cannot be resolved."""
        name = self.fields.constant("task")
        return name if isinstance(name, str) else None

    @property
    def has_no_schedule(self) -> bool:
        """Whether it is saved without anything that says when it is due, which raises."""
        names = (f"{name}{ending}" for name in SCHEDULE_FIELDS for ending in ("", "_id"))
        return self.way == "saved" and all(map(self.fields.lacks, names))

    @property
    def _is_new(self) -> bool:
        """Whether it has no other fields than these: one that is found may, but not where it is told when it is due."""
        return self.way == "saved" or (self.way == "found" and any(map(self.fields.get, SCHEDULE_FIELDS)))

    @property
    def arguments(self) -> Mapping | None:
        """``args`` and ``kwargs`` as the task gets them from their JSON; None where that is not seen."""
        found: dict[str, Entry] = {}
        for name in ("args", "kwargs"):
            entry = self.fields.get(name)
            if entry is not None:
                held = _from_json(entry)
                if held is None:
                    return None
                found[name] = held
            elif not self.fields.lacks(name) or not self._is_new:
                return None
        return Mapping(found)


class WrongField(NamedTuple):
    """A field of a row that is given what it cannot hold.

    :param is_pair: whether it is what ``get_or_create`` returns; otherwise it is no JSON.
    """

    name: str
    entry: Entry
    is_pair: bool


class UnseenUpdate(NamedTuple):
    """A call that changes or makes rows and of which beat does not hear.

    :param method: ``update``, ``bulk_update`` or ``bulk_create``.
    :param is_statement: whether something can be written after it: it is a statement of its own.
    """

    node: ast.Call
    method: str
    is_statement: bool


@fact
def rows_of(module: Module) -> list[ScheduleRow]:
    """The rows that a module makes or changes, in the order of the source."""
    found = [row for call in module.calls_of(_CALLED) if (row := _row(call)) is not None]
    found += _of_stores(module)
    return sorted(found, key=lambda row: (row.node.lineno, row.node.col_offset))


@fact
def scheduled_of(module: Module) -> list[ScheduleEntry | ScheduleRow]:
    """What a module schedules: entries of a schedule, and rows of a database."""
    return [*schedule_of(module), *rows_of(module)]


def _row(call: CallSite) -> ScheduleRow | None:
    origin = call.site.module.origin(call.node.func, call.site) or ""
    if not origin.startswith(_ROW):
        return None
    method = origin.removeprefix(_ROW).rpartition(".")[2]
    fields = keywords_of(call.node, call.site)
    way = _way(method)
    if way is None:
        return None
    fields = _with_defaults(fields) if way == "found" else fields
    return ScheduleRow(call.node, fields, call.site, call.site.module, way)


def _way(method: str) -> Way | None:
    """What a method of the manager does; the class itself, which has no method's name, makes a row."""
    if method in _MAKES:
        return "saved"
    if method in _MAKES_OR_FINDS:
        return "found"
    return "changed" if method in _CHANGES else None if method else "made"


def _from_json(entry: Entry) -> Entry | None:
    """What a field holds in JSON: ``json.dumps([1])``, ``"[1]"``; None where that is not seen."""
    node = entry.node
    if isinstance(node, ast.Call) and len(node.args) == 1 and entry.origin == "json.dumps()":
        return Entry(node.args[0], entry.site)
    text = entry.value.value if isinstance(entry.value, Constant) else None
    made = _as_expression(text or "null", node, entry.site.module) if isinstance(text, str) else None
    return Entry(made, entry.site) if made is not None else None


def _as_expression(text: str, node: ast.expr, module: Module) -> ast.expr | None:
    """What JSON holds, as an expression; None where a text is none, or nested too deeply for Python to read.

    It is kept: what it is will be remembered by its identity.
    """
    key = (_as_expression, id(node))
    if key not in module.memo:
        from json import loads  # for few files

        made = None
        with suppress(ValueError, SyntaxError, RecursionError, MemoryError):
            made = ast.copy_location(ast.parse(repr(loads(text)), mode="eval").body, node)
        module.memo[key] = made
    known: ast.expr | None = module.memo[key]
    return known


def _with_defaults(fields: Mapping) -> Mapping:
    """The fields by which a row is looked for, and those that a new one gets besides."""
    found = Mapping({name: entry for name, entry in fields.entries.items() if name not in _DEFAULTS}, fields.complete)
    for name in _DEFAULTS:
        entry = fields.get(name)
        if entry is not None:
            more = entry.value
            found = found.merged(more) if isinstance(more, Mapping) else Mapping(found.entries, complete=False)
    return found


def _of_stores(module: Module) -> Iterator[ScheduleRow]:
    """``row.kwargs = {…}`` where the row is known to be one."""
    for scope in module.scopes.all:
        for target, value, site in scope.stores:
            if isinstance(target, ast.Attribute) and (module.origin(target.value, site) or "").startswith(f"{_ROW}("):
                yield ScheduleRow(target, Mapping({target.attr: Entry(value, site)}), site, module)


@fact
def unseen_updates_of(module: Module) -> list[UnseenUpdate]:
    """The calls of a module that change or make rows without a signal, in functions that do not tell beat of it."""
    found: list[UnseenUpdate] = []
    for call in module.calls_of(_UNSEEN):
        origin = module.origin(call.node.func, call.site) or ""
        if origin.startswith(f"{_ROW}.") and not _tells_beat(call.site.scope.runs_in(), module):
            whole = call.site.statement
            is_whole = isinstance(whole, (ast.Assign, ast.Expr)) and whole.value is call.node
            found.append(UnseenUpdate(call.node, origin.rpartition(".")[2], is_whole))
    return found


def _tells_beat(function: Scope, module: Module) -> bool:
    return any(call.name in _TELLS for call in module.calls_in(function))


def wrong_fields(row: ScheduleRow) -> Iterator[WrongField]:
    """The fields of a row that hold no JSON, or that are given a pair instead of a schedule."""
    for name in JSON_FIELDS:
        entry = row.fields.get(name)
        if entry is not None and _is_no_json(entry.value):
            yield WrongField(name, entry, False)
    for name in SCHEDULE_FIELDS:
        entry = row.fields.get(name)
        if entry is not None and _is_pair(entry):
            yield WrongField(name, entry, True)


def _is_no_json(value: Value) -> bool:
    """Whether a text is no JSON, or a list or dict is certain to become such a text: numbers alone are JSON."""
    if isinstance(value, Constant):
        return isinstance(value.value, str) and bool(value.value) and not _is_json(value.value)
    if isinstance(value, Mapping):
        return bool(value.entries)
    if not isinstance(value, Items):
        return False
    constants = [element.value for element in value.elements]
    return any(isinstance(each, Constant) and not _is_number(each.value) for each in constants)


def _is_json(text: str) -> bool:
    from json import loads  # for few files

    with suppress(RecursionError):  # of what is nested so deeply nothing is said
        try:
            loads(text)
        except ValueError:
            return False
    return True


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_pair(entry: Entry) -> bool:
    """Whether a schedule is all of what ``get_or_create`` returns."""
    origin = entry.origin or ""
    method = origin.removesuffix("()").rpartition(".")[2]
    return origin.startswith(SCHEDULES) and origin.endswith("()") and method in _MAKES_OR_FINDS
