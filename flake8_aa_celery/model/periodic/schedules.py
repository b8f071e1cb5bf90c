"""What Celery beat is told to start: ``CELERYBEAT_SCHEDULE`` and its siblings, ``add_periodic_task``.

A schedule is known by the name of the setting that holds it, which Celery, its Django namespace and Alliance Auth
spell differently: https://docs.celeryq.dev/en/stable/userguide/configuration.html#beat-schedule
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import dotted_name, last_part
from flake8_aa_celery.model.configuration.namespaces import is_app, is_conf
from flake8_aa_celery.model.configuration.settings import configured
from flake8_aa_celery.model.knowledge.celery import SCHEDULERS, SCHEDULES
from flake8_aa_celery.model.resolve.arguments import by_name
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.modules import is_settings_module
from flake8_aa_celery.model.resolve.occurrences import apps_of
from flake8_aa_celery.model.resolve.task_functions import tasks_of
from flake8_aa_celery.model.resolve.values import UNKNOWN, Constant, Mapping, Signature, Task, Value
from flake8_aa_celery.model.tasks.index import task_index_of, task_named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import CallSite, Site

    Way = Literal["setting", "add_periodic_task"]

#: Methods that add to a schedule.
_SCHEDULING = frozenset({"update", "add_periodic_task"})
#: Modules that Celery is configured from without Django.
_CONFIGURATIONS = frozenset({"celeryconfig", "celery_config", "config"})


class ScheduleEntry(NamedTuple):
    """One entry of a schedule.

    :param way: whether it stands in the setting or is added by ``add_periodic_task``.
    :param name: what it is called; None where that cannot be resolved or is not given.
    :param name_node: the expression that names it.
    :param node: the expression that describes it: usually a dict; of ``add_periodic_task`` the call.
    :param fields: ``task``, ``schedule``, ``args`` … with what they are; incomplete where not all can be seen.
    :param signature: what ``add_periodic_task`` is given.
    :param setting: the statement by which it becomes part of the schedule.
    :param schedule: what that statement calls the schedule: ``CELERYBEAT_SCHEDULE``; empty for ``add_periodic_task``.
    """

    way: Way
    name: str | None
    name_node: ast.expr | None
    node: ast.expr
    fields: Mapping
    site: Site
    module: Module
    setting: ast.stmt
    schedule: str = ""
    signature: Signature | None = None

    @property
    def options(self) -> Mapping:
        """What ``apply_async`` is given when the entry is due."""
        if self.way == "add_periodic_task":
            return self.fields
        entry = self.fields.get("options")
        value: Value = entry.value if entry else Mapping({}, self.fields.complete)
        return value if isinstance(value, Mapping) else Mapping({}, complete=False)

    @property
    def task_name(self) -> str | None:
        """The registered name of the task that it starts; None where it cannot be resolved."""
        name = self.fields.constant("task")
        return name if isinstance(name, str) else None


class AppSchedule(NamedTuple):
    """What an app schedules by itself, outside of settings and of what makes the application.

    :param node: where to report it: of a dict its first entry.
    :param task: the task that its own decorator schedules; None for entries of a schedule.
    :param entries: how many entries one statement adds.
    """

    node: ast.expr
    task: Task | None
    entries: int = 1


def has_other_scheduler(project: Project) -> bool:
    """Whether a project has another scheduler than Celery's own read its schedule: it may know other keys."""
    values = [*configured(project, "BEAT_SCHEDULER"), *configured(project, "CELERYBEAT_SCHEDULER")]
    return not all(isinstance(value, ast.Constant) and value.value in SCHEDULERS for value in values)


@fact
def schedule_of(module: Module) -> list[ScheduleEntry]:
    """Every entry of a schedule that a module sets, in the order of the source."""
    found = [*_of_bindings(module), *_of_stores(module), *_of_calls(module)]
    return sorted(found, key=lambda entry: (entry.node.lineno, entry.node.col_offset))


def task_of_entry(entry: ScheduleEntry) -> Task | None:
    """The task of the project that an entry starts; None where it cannot be read."""
    if entry.signature is not None:
        return entry.signature.task if isinstance(entry.signature.task, Task) else None
    return task_named(entry.task_name, entry.module) if entry.task_name else None


def is_of_other_package(entry: ScheduleEntry) -> bool:
    """Whether an entry starts a task of a package that is none of this project's, as far as its packages are seen."""
    name, project = entry.task_name or "", entry.module.project
    own = _packages(project) - {entry.module.dotted.partition(".")[0]}
    first = name.partition(".")[0]
    path = project.find(first, entry.module)
    if not own or first in own or (path is not None and project.app_of(path) is None):
        return False
    return not task_index_of(project).named(name)


@fact
def _packages(project: Project) -> frozenset[str]:
    """The outermost packages of a project."""
    dotted = (project.places.dotted_name(path) for path, _ in project.files)
    return frozenset(name.partition(".")[0] for name in dotted if "." in name)


@fact
def names_in_schedule_of(module: Module) -> frozenset[str | None]:
    """What the entries of a module's schedule are called."""
    return frozenset(entry.name for entry in schedule_of(module))


@fact
def app_schedules_of(module: Module) -> list[AppSchedule]:
    """What a module schedules that is neither one of settings nor makes the application; each statement once."""
    if is_settings_module(module) or apps_of(module):
        return []
    by_decorator = (task for task in tasks_of(module) if last_part(task.removed_origin) == "periodic_task")
    by_setting: dict[ast.stmt, list[ScheduleEntry]] = {}
    for entry in schedule_of(module):
        by_setting.setdefault(entry.setting, []).append(entry)
    return [
        *(AppSchedule(entries[0].node, None, len(entries)) for entries in by_setting.values()),
        *(AppSchedule(task.decorator, task) for task in by_decorator),
    ]


def _of_bindings(module: Module) -> Iterator[ScheduleEntry]:
    """``CELERYBEAT_SCHEDULE = {…}`` in a module or in the body of a configuration class."""
    for scope in module.scopes.all:
        if scope.kind not in ("module", "class"):
            continue
        for name in SCHEDULES & scope.bindings.keys():
            if scope.kind == "module" and not _is_setting(name, module):
                continue
            for binding in scope.bindings[name]:
                if binding.kind == "assign" and binding.value is not None:
                    yield from _of_dict(binding.value, binding.site, name)


def _of_stores(module: Module) -> Iterator[ScheduleEntry]:
    """``app.conf.beat_schedule = {…}`` and ``CELERYBEAT_SCHEDULE["x"] = {…}``."""
    for scope in module.scopes.all:
        for target, value, site in scope.stores:
            schedule = _schedule(target, site)
            if schedule:
                yield from _of_dict(value, site, schedule)
            elif isinstance(target, ast.Subscript) and (schedule := _schedule(target.value, site)):
                yield _entry(target.slice, value, site, _Setting(site.statement, schedule))


def _schedule(node: ast.expr, site: Site) -> str:
    """The setting that holds the schedule where an expression is that; otherwise nothing."""
    name: str | None = None
    if isinstance(node, ast.Name) and _is_setting(node.id, site.module):
        name = node.id
    elif isinstance(node, ast.Attribute) and node.attr in SCHEDULES:
        is_held = is_conf(node.value, site) or (dotted_name(node.value) or "").endswith("settings")
        name = node.attr if is_held else None
    elif isinstance(node, ast.Subscript) and is_conf(node.value, site):
        name = _text(value_of(node.slice, site))
    return name if name in SCHEDULES else ""


def _is_setting(name: str, module: Module) -> bool:
    """Whether a variable is read as a setting: Celery's own spelling is so in a file of settings alone."""
    return name.isupper() or is_settings_module(module) or module.dotted.rpartition(".")[2] in _CONFIGURATIONS


def _of_calls(module: Module) -> Iterator[ScheduleEntry]:
    for call in module.calls_of(_SCHEDULING):
        function = call.node.func
        if not isinstance(function, ast.Attribute):
            continue
        if function.attr == "update":
            yield from _of_update(call, function.value)
        elif function.attr == "add_periodic_task" and is_app(function.value, call.site):
            yield _added(call)


def _of_update(call: CallSite, receiver: ast.expr) -> Iterator[ScheduleEntry]:
    """``CELERYBEAT_SCHEDULE.update({…})`` and ``app.conf.update(beat_schedule={…})``."""
    schedule = _schedule(receiver, call.site)
    if schedule:
        for argument in call.node.args:
            yield from _of_dict(argument, call.site, schedule)
        for keyword in call.node.keywords:
            if keyword.arg is not None:
                name = ast.copy_location(ast.Constant(keyword.arg), keyword)
                yield _entry(name, keyword.value, call.site, _Setting(call.site.statement, schedule))
    elif is_conf(receiver, call.site):
        for keyword in call.node.keywords:
            if keyword.arg in SCHEDULES:
                yield from _of_dict(keyword.value, call.site, keyword.arg)


class _Setting(NamedTuple):
    """The statement that sets a schedule, and what it calls that."""

    statement: ast.stmt
    schedule: str


def _of_dict(node: ast.expr, site: Site, schedule: str) -> Iterator[ScheduleEntry]:
    """The entries of a schedule that a statement sets to a dict."""
    return _in_dict(node, site, _Setting(site.statement, schedule))


def _in_dict(node: ast.expr, site: Site, setting: _Setting) -> Iterator[ScheduleEntry]:
    if isinstance(node, ast.Dict):
        for key, described in zip(node.keys, node.values, strict=True):
            if key is None:
                yield from _in_dict(described, site, setting)
            else:
                yield _entry(key, described, site, setting)
        return
    value = value_of(node, site)
    if isinstance(value, Mapping):
        for entry in value.entries.values():
            if entry.module is site.module:
                yield _entry(entry.key, entry.node, entry.site, setting)


def _entry(name: ast.expr | None, node: ast.expr, site: Site, setting: _Setting) -> ScheduleEntry:
    module = site.module
    text = _text(value_of(name, site) if name is not None else UNKNOWN)
    value = value_of(node, site)
    fields = value if isinstance(value, Mapping) else Mapping({}, complete=False)
    return ScheduleEntry("setting", text, name, node, fields, site, module, *setting)


def _added(call: CallSite) -> ScheduleEntry:
    """``app.add_periodic_task(schedule, signature, args=(), kwargs=(), name=None, **options)``."""
    fields = by_name(call.node, call.site, ("schedule", "sig", "args", "kwargs", "name"))
    name, started = fields.get("name"), fields.get("sig")
    signature = started.value if started else UNKNOWN
    return ScheduleEntry(
        "add_periodic_task",
        _text(name.value if name else UNKNOWN),
        name.node if name else None,
        call.node,
        fields,
        call.site,
        call.site.module,
        call.site.statement,
        signature=signature if isinstance(signature, Signature) else None,
    )


def _text(value: Value) -> str | None:
    return value.value if isinstance(value, Constant) and isinstance(value.value, str) else None
