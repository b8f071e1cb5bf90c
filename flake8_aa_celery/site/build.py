"""What runs on a site, put together of its settings, its environment, and what its apps document."""

from __future__ import annotations

import ast
import os
from typing import TYPE_CHECKING

from flake8_aa_celery.graph.sources import blocks_of
from flake8_aa_celery.linter import lint
from flake8_aa_celery.model.calling.due import times_of
from flake8_aa_celery.model.code.files import files
from flake8_aa_celery.model.code.imports import imported_files
from flake8_aa_celery.model.code.names import dotted_name, last_part
from flake8_aa_celery.model.configuration.environment_apps import environment_apps_of
from flake8_aa_celery.model.knowledge.celery import SCHEDULES
from flake8_aa_celery.model.periodic.schedules import schedule_of, task_of_entry
from flake8_aa_celery.model.priorities.settings import constant, own_options
from flake8_aa_celery.model.resolve.values import Mapping
from flake8_aa_celery.model.tasks.index import installed_tasks_of, task_index_of
from flake8_aa_celery.places import below
from flake8_aa_celery.site.elements import Entry, Problem, Site, SiteApp, SiteTask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.installed import App
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.periodic.schedules import ScheduleEntry
    from flake8_aa_celery.model.resolve.values import Task

#: The rules that judge an entry: those that say it cannot run, and those that say it runs otherwise than it reads.
_STOPPING = ("AAC406", "AAC502", "AAC503", "AAC507")
_DOUBTFUL = ("AAC501", "AAC508")
_NORMAL = 5
#: The options of a task that is not known.
_UNKNOWN = Mapping({}, complete=False)
_MINUTES = 60


def site_of(project: Project) -> Site:
    """What is known of a site: reads its settings, and of its environment the apps that it installs."""
    builder = _Builder(project)
    entries = tuple(builder.entries())
    missing = tuple(builder.missing(entries))
    environment = project.environment
    return Site(
        project.root,
        environment.path if environment is not None else "",
        tuple(builder.apps_with_tasks(entries)),
        entries,
        missing,
        tuple(_doubles(entries)),
        tuple(_starts_at(entries, minute) for minute in range(_MINUTES)),
        tuple(environment.problems) if environment is not None else (),
    )


class _Builder:
    """The parts of a site."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._installed = environment_apps_of(project)

    # -- what is scheduled ------------------------------------------------------------------------------------------

    def entries(self) -> list[Entry]:
        """What Alliance Auth's settings, the site's and the code of the apps schedule: of one name the last alone."""
        found: dict[str, Entry] = {}
        modules = self._settings()
        for entry in (*self._of_alliance_auth(), *(each for module in modules for each in self._of_settings(module))):
            found[entry.name or f"{entry.path}:{entry.line}"] = entry
        for name in {name for module in modules for name in _taken_out_in(module)}:
            found.pop(name, None)
        return [*found.values(), *self._of_apps()]

    def _settings(self) -> list[Module]:
        """The site's own modules that schedule something: one that imports another comes after it."""
        loaded = (self._project.load(path) for path in files(self._project, _schedules))
        modules = [module for module in loaded if module is not None]
        paths = {module.path for module in modules}
        return sorted(modules, key=lambda module: len(paths & imported_files(module)))

    def _of_alliance_auth(self) -> Iterator[Entry]:
        base, app = self._installed.base, self._installed.base_app
        if base is not None and app is not None:
            yield from (self._entry(entry, base, app.title) for entry in schedule_of(base))

    def _of_settings(self, module: Module) -> Iterator[Entry]:
        entries = schedule_of(module)
        problems = self._problems_in(module) if entries else []
        return (self._entry(entry, module, "", problems) for entry in entries)

    def _of_apps(self) -> Iterator[Entry]:
        for app in self._installed.apps:
            for path, data in self._project.files_of(app):
                module = self._project.load(path) if _schedules(data) else None
                if module is not None:
                    yield from (self._entry(entry, module, app.title) for entry in schedule_of(module))

    def _problems_in(self, module: Module) -> list[tuple[int, Problem]]:
        """What the rules say of the schedules of a module, with the lines."""
        settings = self._project.settings._replace(
            select=(*_STOPPING, *_DOUBTFUL), extend_select=(), ignore=(), per_file_ignores=(), check_tests=True
        )
        workspace = self._project.workspace
        found = lint(module.path, workspace.read(module.path), settings, workspace)
        return [(each.line, Problem(each.code, each.message, each.code in _STOPPING)) for each in found]

    def _entry(
        self, entry: ScheduleEntry, module: Module, origin: str, problems: list[tuple[int, Problem]] | None = None
    ) -> Entry:
        first = (entry.name_node or entry.node).lineno
        last = entry.node.end_lineno or first
        task = task_of_entry(entry)
        name = entry.task_name or (task.registered_name if task is not None else None) or ""
        found = [problem for line, problem in problems or () if first <= line <= last]
        return Entry(
            entry.name or name,
            name,
            _given(entry),
            times_of(entry),
            _priority((own_options(task) if task is not None else _UNKNOWN).merged(entry.options)),
            below(module.path),
            first,
            origin,
            (*found, *self._problems_of(task)) if task is not None else tuple(found),
        )

    def _problems_of(self, task: Task) -> Iterator[Problem]:
        """What is wrong with starting a task by the clock: no worker has it where its app is not installed."""
        app = self._project.app_of(task.module.path)
        is_seen = app is not None and self._installed.is_complete
        if app is not None and is_seen and not self._installed.installs(app, task.module.dotted):
            owner = task.module.dotted.partition(".tasks")[0]
            yield Problem("", f"`{owner}` is not in INSTALLED_APPS, so that no worker has its tasks", stops=True)

    def _tasks_of(self, app: App) -> list[Task]:
        """The tasks of a package that a worker has."""
        tasks = installed_tasks_of(self._project).index_of(app).tasks()
        return [task for task in tasks if self._installed.installs(app, task.module.dotted)]

    # -- what the apps say -------------------------------------------------------------------------------------------

    def apps_with_tasks(self, entries: tuple[Entry, ...]) -> Iterator[SiteApp]:
        """The apps with their tasks: those of the site itself first."""
        starts: dict[str, list[str]] = {}
        for entry in entries:
            starts.setdefault(entry.task, []).append(entry.name)
        own: dict[str, list[SiteTask]] = {}
        for task in task_index_of(self._project).tasks():
            own.setdefault(task.module.dotted.partition(".")[0], []).append(_site_task(task, starts))
        for package, tasks in own.items():
            yield SiteApp(package, package, tuple(tasks))
        for app in sorted(self._installed.apps):
            found = tuple(_site_task(task, starts) for task in self._tasks_of(app))
            if found:
                yield SiteApp(app.title, app.package, found)

    def missing(self, entries: tuple[Entry, ...]) -> Iterator[Entry]:
        """What the documentation of the apps schedules and nothing on the site does, by the task."""
        scheduled = {entry.task for entry in entries}
        for app in self._installed.apps:
            known = {task.registered_name for task in self._tasks_of(app)}
            told: set[str] = set()
            for module in self._documented(app):
                for entry in schedule_of(module):
                    found = self._entry(entry, module, app.title)
                    if found.task in known - scheduled - told:
                        told.add(found.task)
                        yield found

    def _documented(self, app: App) -> Iterator[Module]:
        """The code blocks of a package's documentation."""
        name, text = app.readme()
        return blocks_of(os.path.join(app.metadata, name), text.encode(errors="surrogatepass"), self._project)


def _schedules(data: bytes) -> bool:
    return b"add_periodic_task" in data or any(name.encode() in data for name in SCHEDULES)


def _taken_out_in(module: Module) -> Iterator[str]:
    """The names of the entries that a module takes out of a schedule: ``del SCHEDULE["x"]``, ``SCHEDULE.pop("x")``."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Delete):
            for target in node.targets:
                if isinstance(target, ast.Subscript) and _is_schedule(target.value):
                    yield from _text(target.slice)
        elif isinstance(node, ast.Call) and _is_pop(node.func) and node.args:
            yield from _text(node.args[0])


def _is_pop(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "pop" and _is_schedule(node.value)


def _is_schedule(node: ast.expr) -> bool:
    return last_part(dotted_name(node) or "") in SCHEDULES


def _text(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _given(entry: ScheduleEntry) -> str:
    """The arguments of an entry as they are written."""
    fields = [(name, entry.fields.get(name)) for name in ("args", "kwargs")]
    return ", ".join(f"{name}={ast.unparse(field.node)}" for name, field in fields if field is not None)


def _priority(options: Mapping) -> int | None:
    """What is sent with some options, those of the task among them; None where that is not known."""
    given = options.get("priority")
    if given is None:
        return _NORMAL if options.lacks("priority") else None
    value = constant(given)
    return value if isinstance(value, int) else None


def _site_task(task: Task, starts: dict[str, list[str]]) -> SiteTask:
    name = task.registered_name or task.name
    return SiteTask(name, _priority(own_options(task)), tuple(starts.get(name, ())))


def _doubles(entries: tuple[Entry, ...]) -> Iterator[tuple[str, ...]]:
    found: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        if entry.task:
            found.setdefault((entry.task, entry.given), []).append(entry.name)
    return (tuple(names) for names in found.values() if len(names) > 1)


def _starts_at(entries: tuple[Entry, ...], minute: int) -> int:
    """How many entries start something at a minute of an hour, whatever the hour."""
    return sum(
        entry.times is not None and minute in entry.times.minutes and not entry.times.is_spread for entry in entries
    )
