"""Which tasks a whole project has, read once a process and only when a rule asks."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_aa_celery.model import relevant
from flake8_aa_celery.model.facts import Task
from flake8_aa_celery.places import dotted_name, has_marker, is_test_code
from flake8_aa_celery.source import find, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.model.project import Project

#: Every decorator that registers a task is written with one of these, or imported under another name by one.
_REGISTERS = re.compile(rb"shared_task|periodic_task|\.task\b|celery import[^;]{0,200}?\btask\b")
_FUNCTION = re.compile(rb"[\r\n][ \t\f]*(?:async[ \t]+)?def\b")
_NAMING = re.compile(rb"\bname\s*=|\*\*")


def tasks_by_name(project: Project) -> dict[str, list[Task]]:
    """The tasks of a project by the name that Celery knows them by, in the order of their files and lines.

    Not among them: those of test code, of migrations and of files that the settings exclude, and those whose
    name cannot be resolved.
    """
    found: dict[str, list[Task]] = {}
    for path in files(project, _can_register):
        module = project.load(path)
        for task in module.tasks if module else ():
            name = task.registered_name
            if name is not None:
                found.setdefault(name, []).append(task)
    return found


class TaskIndex:
    """The tasks of a project by one name at a time: reads only the files that can register a task by it.

    Without ``name=`` a task is called after its module, so that one file can hold it.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._naming: list[str] = []
        self._by_module: dict[str, list[str]] = {}
        for path, data in project.files():
            if _can_register(data):
                others = self._by_module.setdefault(dotted_name(path), [])
                (self._naming if _may_name(data) else others).append(path)

    def named(self, name: str) -> list[Task]:
        """The tasks that Celery knows by a name, in the order of their files and lines."""
        paths = self._by_module.get(name.rpartition(".")[0], ())
        found = [task for task in self._tasks(paths) if task.registered_name == name]
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
            yield from module.tasks if module else ()


def _place(task: Task) -> tuple[str, int]:
    return task.module.path, task.node.lineno


def is_dispatched(task: Task) -> bool:
    """Whether the task is sent somewhere in its project, or put into a signature, by the name of its function."""
    name = task.name.encode()

    def mentions(data: bytes) -> bool:
        return name in data and relevant(data)

    project = task.module.project
    modules = [task.module, *(project.load(path) for path in files(project, mentions))]
    return any(module is not None and _sends(module, task) for module in modules)


def _sends(module: Module, task: Task) -> bool:
    sent = [dispatch.task for dispatch in module.dispatches] + [signature.task for signature in module.signatures]
    return any(_is_same(found, task) for found in sent)


def _is_same(found: object, task: Task) -> bool:
    return isinstance(found, Task) and found.node.name == task.node.name and found.module.path == task.module.path


def _may_name(data: bytes) -> bool:
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


def _can_register(data: bytes) -> bool:
    return b"@" in data and relevant(data) and _REGISTERS.search(data) is not None


def files(project: Project, wanted: Callable[[bytes], bool]) -> Iterator[str]:
    """The files of a project whose bytes are ``wanted``, sorted; not test code, nor what the settings exclude."""
    return (path for path, data in project.files() if wanted(data))


def read_files(project: Project) -> list[tuple[str, bytes]]:
    """The Python files of a project with their bytes, sorted; not test code, nor what the settings exclude."""
    found: list[tuple[str, bytes]] = []
    for path in find(_places(project.root), project.settings._replace(include=("*.py",)), _leave_out):
        if not is_test_code(path, project.root):
            with suppress(OSError):  # whoever lints that file is told
                found.append((path, read(path)))
    return found


def _places(root: str) -> list[str]:
    """Where the files of a project are looked for.

    A folder that nothing marks as the root of a project may hold anything: of it only modules and packages, and no
    links that lead out of it.
    """
    if has_marker(root):
        return [root]
    with os.scandir(root) as entries:
        inside = [entry for entry in entries if not entry.is_symlink() or _is_below(entry.path, root)]
    return [
        entry.path
        for entry in inside
        if entry.name.endswith(".py") or os.path.isfile(os.path.join(entry.path, "__init__.py"))
    ]


def _is_below(path: str, root: str) -> bool:
    return os.path.realpath(path).startswith(root.rstrip(os.sep) + os.sep)


def _leave_out(path: str, why: str) -> None:
    """A folder that cannot be entered holds nothing that is known."""
