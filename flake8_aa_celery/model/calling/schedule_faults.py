"""What is wrong with the entries of schedules: beat cannot read them, or they start nothing."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.calling.mismatches import mismatch_of_entry
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import last_part, reaching
from flake8_aa_celery.model.knowledge.celery import APPLY_ASYNC_OPTIONS, SCHEDULE_CLASSES
from flake8_aa_celery.model.knowledge.django_celery_beat import JSON_FIELDS, ROW_FIELDS, SCHEDULE_FIELDS, SCHEDULES
from flake8_aa_celery.model.periodic.schedules import has_other_scheduler, schedule_of
from flake8_aa_celery.model.resolve import object_types, orm
from flake8_aa_celery.model.resolve.evaluation import keywords_of, value_of
from flake8_aa_celery.model.resolve.values import Dispatch, Mapping, Origin, Task

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import CallSite, Site
    from flake8_aa_celery.model.periodic.schedules import ScheduleEntry
    from flake8_aa_celery.model.resolve.values import Entry, Target

    Why = Literal[
        "comma", "no dict", "lacking", "unknown key", "option", "no schedule", "no arguments", "mismatch", "called",
        "sent", "no signature", "signature's name", "no JSON", "a pair",
    ]  # fmt: skip

_KEYS = frozenset({"task", "schedule", "args", "kwargs", "options", "relative"})
#: What Alliance Auth's scheduler takes beside them: a key of its own, and the fields of a row of django-celery-beat.
_ALLIANCE_AUTH_KEYS = ROW_FIELDS | {"apply_offset"}
#: What belongs in ``options``, where either scheduler looks for it.
_OPTIONS = APPLY_ASYNC_OPTIONS | {"expire_seconds"}
_NO_DICTS = frozenset(
    {object_types.TUPLE, object_types.LIST, object_types.TEXT, object_types.NUMBER, object_types.NONE, object_types.SET}
)
_NO_SCHEDULES = frozenset(
    {object_types.TUPLE, object_types.LIST, object_types.DICT, object_types.TEXT, object_types.NONE}
)
#: By key, what beat cannot make arguments of.
_NO_ARGUMENTS = {
    "args": frozenset({object_types.TEXT, object_types.NUMBER}),
    "kwargs": frozenset({object_types.TEXT, object_types.NUMBER, object_types.LIST, object_types.TUPLE}),
}
_NO_SIGNATURES = _NO_DICTS - {object_types.SET}
_NO_JSON = frozenset({object_types.DICT, object_types.LIST, object_types.TUPLE})
_EMPTY = frozenset({"()", "[]", "{}"})
_MAKES_ROW = frozenset({"PeriodicTask", "create", "acreate", "get_or_create", "update_or_create"})
_MAKES_PAIR = frozenset({"get_or_create", "update_or_create"})


class ScheduleFault(NamedTuple):
    """Something that is wrong with an entry of a schedule.

    :param node: where to report it.
    :param what: the key that it is about, or what the value is, with its article.
    :param task: the task that does not fit, with the reason why; None for other faults.
    """

    why: Why
    node: ast.expr
    what: str = ""
    task: Target | None = None


@fact
def schedule_faults_of(module: Module) -> list[ScheduleFault]:
    """What is wrong with the entries of a module's schedules, with what it adds to them, and with its rows."""
    found: list[ScheduleFault] = []
    for entry in schedule_of(module):
        found += _in_setting(entry) if entry.way == "setting" else _in_call(entry)
        values = list(_in_values(entry))
        found += values
        mismatch = mismatch_of_entry(entry)
        if mismatch is not None and not any(fault.why == "no arguments" for fault in values):
            task = entry.fields.get("task")  # where one looks first
            node = task.reported_in(module, entry.node) if task else entry.node
            found.append(ScheduleFault("mismatch", node, mismatch.reason, mismatch.task))
    return [*found, *_in_rows(module)]


def _in_setting(entry: ScheduleEntry) -> Iterator[ScheduleFault]:
    kind = object_types.type_of(entry.node, entry.site)
    if kind in _NO_DICTS:
        is_dict = isinstance(entry.node, ast.Tuple) and len(entry.node.elts) == 1
        yield ScheduleFault("comma" if is_dict else "no dict", entry.node, kind)
        return
    for key in ("task", "schedule"):
        if entry.fields.lacks(key):
            yield ScheduleFault("lacking", entry.node, key)
    project = entry.module.project
    of_alliance_auth = project.settings.profile == "alliance-auth"
    known = _KEYS | _ALLIANCE_AUTH_KEYS if of_alliance_auth else _KEYS
    unknown = {key: field for key, field in entry.fields.entries.items() if key not in known}
    if unknown and (of_alliance_auth or not has_other_scheduler(project)):
        for key, field in unknown.items():
            seen = field.key or field.node
            node = seen if field.module is entry.module else entry.node
            yield ScheduleFault("option" if key in _OPTIONS else "unknown key", node, key)


def _in_values(entry: ScheduleEntry) -> Iterator[ScheduleFault]:
    """What stands under a key and is of the wrong kind."""
    schedule = entry.fields.get("schedule")
    kind = _kind_of_schedule(schedule) if schedule is not None else None
    if schedule is not None and kind:
        yield ScheduleFault("no schedule", schedule.reported_in(entry.module, entry.node), kind)
    for key, refused in _NO_ARGUMENTS.items():
        given = entry.fields.get(key)
        kind = object_types.type_of(given.node, given.site) if given is not None else None
        if given is not None and kind in refused and not _is_empty(given.node):
            yield ScheduleFault("no arguments", given.reported_in(entry.module, entry.node), f"{key} {kind}")


def _kind_of_schedule(schedule: Entry) -> str | None:
    """What something is that beat cannot ask when it is due; None where it may be a schedule."""
    value = schedule.value
    if isinstance(value, Origin) and value.dotted in SCHEDULE_CLASSES:
        return f"the class `{last_part(value.dotted)}`"
    kind = object_types.type_of(schedule.node, schedule.site)
    return kind if kind in _NO_SCHEDULES else None


def _is_empty(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value


# -- add_periodic_task ------------------------------------------------------------------------------------------


def _in_call(entry: ScheduleEntry) -> Iterator[ScheduleFault]:
    """What is wrong with ``add_periodic_task(schedule, signature)``."""
    for key in ("schedule", "sig"):
        if entry.fields.lacks(key):
            is_misnamed = key == "sig" and entry.fields.get("signature") is not None
            yield ScheduleFault("signature's name" if is_misnamed else "lacking", entry.node, key)
    given = entry.fields.get("sig")
    if given is None:
        return
    node, value = given.reported_in(entry.module, entry.node), given.value
    if isinstance(value, Dispatch):
        yield ScheduleFault("sent", node, value.method)
    elif isinstance(given.node, ast.Call) and isinstance(task := value_of(given.node.func, given.site), Task):
        yield ScheduleFault("called", node, task.name, task)
    elif (kind := object_types.type_of(given.node, given.site)) in _NO_SIGNATURES:
        yield ScheduleFault("no signature", node, kind or "")


# -- rows of django-celery-beat ---------------------------------------------------------------------------------


def _in_rows(module: Module) -> Iterator[ScheduleFault]:
    """What is wrong with the rows of ``PeriodicTask`` that a module makes."""
    for call in module.calls_of(_MAKES_ROW):
        if not _makes_row(call):
            continue
        given = keywords_of(call.node, call.site)
        for fields in (given, *_defaults(given)):
            yield from _in_row(fields, call)


def _makes_row(call: CallSite) -> bool:
    function = call.node.func
    if isinstance(function, ast.Attribute) and function.attr in _MAKES_ROW and orm.is_manager(function.value):
        function = function.value.value if isinstance(function.value, ast.Attribute) else function
    return call.site.module.origin(function, call.site) == f"{SCHEDULES}PeriodicTask"


def _defaults(given: Mapping) -> list[Mapping]:
    """What ``get_or_create(…, defaults={…})`` and its like give the row."""
    entries = (given.get(name) for name in ("defaults", "create_defaults"))
    return [value for entry in entries if entry is not None and isinstance(value := entry.value, Mapping)]


def _in_row(fields: Mapping, call: CallSite) -> Iterator[ScheduleFault]:
    for name in JSON_FIELDS:
        entry = fields.get(name)
        kind = object_types.type_of(entry.node, entry.site) if entry is not None else None
        if entry is not None and kind in _NO_JSON and ast.unparse(entry.node) not in _EMPTY:
            yield ScheduleFault("no JSON", entry.reported_in(call.site.module, call.node), f"{name} {kind}")
    for name in SCHEDULE_FIELDS:
        entry = fields.get(name)
        if entry is not None and _is_pair(entry.node, entry.site):
            yield ScheduleFault("a pair", entry.reported_in(call.site.module, call.node), name)


def _is_pair(node: ast.expr, site: Site) -> bool:
    """Whether an expression is what ``get_or_create`` of a schedule returns: the row, and whether it is new."""
    if isinstance(node, ast.Name):
        bindings = reaching(node.id, site)
        if len(bindings) != 1 or bindings[0].kind != "assign" or bindings[0].value is None:
            return False
        node, site = bindings[0].value, bindings[0].site
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in _MAKES_PAIR:
        return False
    manager = node.func.value
    owner = manager.value if isinstance(manager, ast.Attribute) and orm.is_manager(manager) else manager
    return (site.module.origin(owner, site) or "").startswith(SCHEDULES)
