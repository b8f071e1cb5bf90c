"""Which tasks a whole project has, by their names."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_aa_celery.model import relevant
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.resolve.modules import is_of_tasks_module
from flake8_aa_celery.model.resolve.task_functions import registered_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_aa_celery.installed import App
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.resolve.values import Task

#: Every decorator that registers a task is written with one of these, or imported under another name by one.
_REGISTERS = re.compile(rb"shared_task|periodic_task|\.(?:register_)?task\b|celery import[^;]{0,200}?\btask\b")
#: A line that hands one of these on, or calls it, and that is no decorator itself.
_MAKES_DECORATORS = re.compile(
    rb"^(?![ \t]*(?:@|from\b|import\b|#))[^\n#]*(?:\bshared_task\b|\w\.task\b)", re.MULTILINE
)
#: What a module defines that may be a decorator.
_TOP_LEVEL = re.compile(rb"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)|^(\w+)[ \t]*=(?!=)", re.MULTILINE)
_FUNCTION = re.compile(rb"[\r\n][ \t\f]*(?:async[ \t]+)?def\b")
_NAMING = re.compile(rb"\bname\s*=|\*\*")
#: What registers an object, whose class may have a name of its own, wherever that is defined.
_OBJECTS = b"register_task"


@fact
def task_index_of(project: Project) -> TaskIndex:
    """The tasks of all files of a project, by their names."""
    return TaskIndex(project, project.files)


@fact
def installed_tasks_of(project: Project) -> InstalledTasks:
    """The tasks of the packages that are installed in a project's environment; none without one."""
    return InstalledTasks(project)


def task_named(name: str, speaker: Module) -> Task | None:
    """The one task that Celery knows by a name; None where there is none or more than one.

    Other files are read only where it is not found in the module that its name leads to, and where it is not by
    its name a task of another project.

    :param speaker: the module that speaks of it.
    """
    project, owner = speaker.project, name.rpartition(".")[0]
    path = project.find(owner, speaker) if owner else None
    module = project.load(path) if path and path.endswith(".py") else None
    named = _by_name(module).get(name, []) if module else []
    is_foreign = is_of_tasks_module(name, project) and project.find(name.partition(".")[0], speaker) is None
    if not named and not is_foreign:
        named = task_index_of(project).named(name) or installed_tasks_of(project).named(name)
    return named[0] if len(named) == 1 else None


class TaskIndex:
    """The tasks of some files by the names that Celery knows them by: reads only the files that can hold what is asked.

    Without ``name=`` a task is called after its module, so that one file can hold it. Not among them are the tasks of
    test code, of migrations and of files that the settings exclude.

    :param files: the files with their bytes, sorted.
    """

    def __init__(self, project: Project, files: list[tuple[str, bytes]]) -> None:
        self._project = project
        self._naming: list[str] = []
        self._by_module: dict[str, list[str]] = {}
        own = _own_decorators(project, files)
        for path, data in files:
            if _can_register(data) or (own is not None and b"@" in data and own.search(data) is not None):
                others = self._by_module.setdefault(project.dotted_name(path), [])
                (self._naming if _may_name(data) else others).append(path)

    @cached_property
    def known_names(self) -> list[str]:
        """The names of all tasks, as far as they can be resolved; reads every file that can register one."""
        return [name for name in self.all_names() if name is not None]

    @cached_property
    def by_function(self) -> dict[str, list[str]]:
        """As :attr:`known_names`, by the last parts of the names."""
        found: dict[str, list[str]] = {}
        for name in self.known_names:
            found.setdefault(name.rpartition(".")[2], []).append(name)
        return found

    def all_names(self) -> list[str | None]:
        """As :attr:`known_names`, with None among them where the name of a task cannot be resolved."""
        return list(dict.fromkeys(task.registered_name for task in self.tasks()))

    def tasks(self) -> Iterator[Task]:
        """All tasks, in the order of their files and lines; reads every file that can register one."""
        return self._tasks(sorted([*self._naming, *(path for paths in self._by_module.values() for path in paths)]))

    def named(self, name: str) -> list[Task]:
        """The tasks that Celery knows by a name, in the order of their files and lines."""
        modules = map(self._project.load, self._by_module.get(name.rpartition(".")[0], ()))
        found = [task for module in modules if module for task in _by_name(module).get(name, ())]
        return sorted([*self._named_otherwise.get(name, ()), *found], key=_place)

    @cached_property
    def _named_otherwise(self) -> dict[str, list[Task]]:
        """The tasks of the files in which any task may be given a name."""
        found: dict[str, list[Task]] = {}
        for task in self._tasks(self._naming):
            found.setdefault(task.registered_name or "", []).append(task)
        return found

    def _tasks(self, paths: Iterable[str]) -> Iterator[Task]:
        for path in paths:
            module = self._project.load(path)
            yield from registered_in(module) if module else ()


class InstalledTasks:
    """The tasks of installed packages, package by package: what nobody asks for is not read."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._indexes: dict[App, TaskIndex] = {}

    def index_of(self, app: App) -> TaskIndex:
        """The tasks of one package."""
        if app not in self._indexes:
            self._indexes[app] = TaskIndex(self._project, self._project.files_of(app))
        return self._indexes[app]

    def named(self, name: str) -> list[Task]:
        """The tasks that Celery knows by a name: of the package that it leads into, otherwise of any."""
        environment = self._project.environment
        if environment is None:
            return []
        first = environment.app_of(name)
        if first is not None:
            return self.index_of(first).named(name)
        return [task for app in environment.all_apps for task in self.index_of(app).named(name)]


@fact
def _by_name(module: Module) -> dict[str, list[Task]]:
    """The tasks of a module by the names that Celery knows them by."""
    found: dict[str, list[Task]] = {}
    for task in registered_in(module):
        if task.registered_name is not None:
            found.setdefault(task.registered_name, []).append(task)
    return found


def _place(task: Task) -> tuple[str, int]:
    return task.module.path, task.node.lineno


def _may_name(data: bytes) -> bool:
    """Whether a file may give a task a name of its own: by a decorator, by a call, by the attribute of a class."""
    if _OBJECTS in data or _decorates_with_name(data):
        return True
    return _MAKES_DECORATORS.search(data) is not None and _NAMING.search(data) is not None


def _decorates_with_name(data: bytes) -> bool:
    """Whether among the options of a decorator may be a name: between its line and the ``def``."""
    at = data.find(b"@")
    while at >= 0:
        before = data[max(at - 100, 0) : at].rstrip(b" \t\f")
        if not before or before.endswith((b"\n", b"\r")):
            function = _FUNCTION.search(data, at)
            end = function.end() if function else len(data)
            if _NAMING.search(data, at, end):
                return True
            at = end
        at = data.find(b"@", at + 1)
    return False


def _own_decorators(project: Project, files: list[tuple[str, bytes]]) -> re.Pattern[bytes] | None:
    """What finds a decorator that some files may make of Celery's, by its name; None where there is none."""
    names = {name.rpartition(".")[2].encode() for name, _ in project.settings.task_decorators}
    for _, data in files:
        if b"task" in data and _MAKES_DECORATORS.search(data) is not None:
            names.update(name for found in _TOP_LEVEL.findall(data) for name in found if name)
    if not names:
        return None
    return re.compile(rb"^[ \t]*@(?:[\w.]+\.)?(?:" + b"|".join(map(re.escape, sorted(names))) + rb")\b", re.MULTILINE)


def _can_register(data: bytes) -> bool:
    return b"task" in data and _REGISTERS.search(data) is not None and relevant(data)
