"""What is wrong with the entries of schedules: beat cannot read them, or they start nothing."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.calling.mismatches import mismatch_of_entry, mismatch_of_row
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import last_part
from flake8_aa_celery.model.knowledge.celery import APPLY_ASYNC_OPTIONS, SCHEDULE_CLASSES
from flake8_aa_celery.model.knowledge.django_celery_beat import ROW_FIELDS
from flake8_aa_celery.model.periodic.rows import rows_of, wrong_fields
from flake8_aa_celery.model.periodic.schedules import has_other_scheduler, schedule_of
from flake8_aa_celery.model.resolve import object_types
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import Dispatch, Origin, Task

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.periodic.schedules import ScheduleEntry
    from flake8_aa_celery.model.resolve.values import Entry, Target

    Why = Literal[
        "comma", "no dict", "lacking", "unknown key", "option", "no schedule", "no arguments", "mismatch", "called",
        "sent", "no signature", "signature's name", "no JSON", "a pair", "never due",
    ]  # fmt: skip

_KEYS = frozenset({"task", "schedule", "args", "kwargs", "options", "relative"})
#: What beat's own entries take beside them, and nobody needs to say.
_OWN_KEYS = frozenset({"app", "last_run_at", "name", "total_run_count"})
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
            task = entry.fields.get("task")  # where one looks first, but not into a function that makes many entries
            node = task.reported_in(module, entry.node) if task and task.site.frame is None else entry.node
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
    of_alliance_auth = project.settings.is_of_alliance_auth
    known = _KEYS | (_ALLIANCE_AUTH_KEYS if of_alliance_auth else _OWN_KEYS)
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
    """What is wrong with the rows of ``PeriodicTask`` that a module makes or changes."""
    for row in rows_of(module):
        for wrong in wrong_fields(row):
            node = wrong.entry.reported_in(module, row.node)
            if wrong.is_pair:
                yield ScheduleFault("a pair", node, wrong.name)
            else:
                kind = object_types.type_of(wrong.entry.node, wrong.entry.site)
                kind = "no JSON" if kind == object_types.TEXT else kind
                yield ScheduleFault("no JSON", node, f"{wrong.name} {kind}")
        if row.has_no_schedule:
            yield ScheduleFault("never due", row.node)
        mismatch = mismatch_of_row(row)
        if mismatch is not None:
            task = row.fields.get("task")
            node = task.reported_in(module, row.node) if task else row.node
            yield ScheduleFault("mismatch", node, mismatch.reason, mismatch.task)
