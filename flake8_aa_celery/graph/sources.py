"""The files of the projects that a map is about, and what they say of Celery."""

from __future__ import annotations

import ast
import os
from typing import TYPE_CHECKING

from flake8_aa_celery import model
from flake8_aa_celery.documents import code_blocks, is_document
from flake8_aa_celery.linter import check, parse
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.model.configuration.environment_apps import environment_apps_of
from flake8_aa_celery.model.configuration.installed_apps import installed_apps_of
from flake8_aa_celery.model.tasks.index import task_index_of, task_named
from flake8_aa_celery.places import below
from flake8_aa_celery.source import lines_of, read, reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import CallSite
    from flake8_aa_celery.model.resolve.values import Task
    from flake8_aa_celery.settings import Settings
    from flake8_aa_celery.source import Failed
    from flake8_aa_celery.violation import Violation


def read_sources(paths: Sequence[str], named: Sequence[str], settings: Settings, failed: Failed) -> Sources:
    """The files that are named, all other modules of the projects that some paths lie in, and the apps of a site.

    Test code and migrations are left out unless ``check-tests`` is set.

    :param failed: is told of each file that cannot be read or parsed, and why.
    """
    found: dict[str, bytes] = {}
    users: dict[str, Project] = {}
    there = [_inside(path) for path in paths if os.path.exists(path)]
    workspace = Workspace()
    projects = [workspace.project_of(path, settings) for path in there]
    for project in {id(project): project for project in projects}.values():
        found.update((os.path.abspath(path), data) for path, data in project.files)
        # of an app nobody wants to see all others that happen to be installed beside it
        apps = environment_apps_of(project).apps if installed_apps_of(project).packages else ()
        for path, data in (each for app in apps for each in project.files_of(app)):
            found[path], users[path] = data, project
    for path in named:
        absolute = os.path.abspath(path)
        if absolute in found or not workspace.places.is_checked(path, settings):
            continue
        try:
            found[absolute] = read(path)
        except OSError as error:
            failed(path, reason(error))
    return Sources(dict(sorted(found.items())), users, settings, workspace, failed)


def _inside(path: str) -> str:
    """A path that lies in the project which a file or a folder belongs to."""
    return os.path.join(path, "x.py") if os.path.isdir(path) else path


class Sources:
    """Files, and what is known of them.

    :param data: their bytes by their absolute paths, sorted.
    :param users: the projects that use those of installed packages, by the paths.
    :param workspace: the files of the machine that they are some of.
    :param failed: is told of each file that cannot be parsed, and why.
    """

    def __init__(
        self,
        data: Mapping[str, bytes],
        users: Mapping[str, Project],
        settings: Settings,
        workspace: Workspace,
        failed: Failed,
    ) -> None:
        self.settings = settings
        self._users = users
        self._workspace = workspace
        self._data = data
        #: what has to do with Celery: modules, and code blocks of documents
        self.modules = [module for path in data for module in self._relevant(path, failed)]
        self._projects = list(dict.fromkeys(module.project for module in self.modules))
        self._modules = {os.path.abspath(module.path): module for module in self.modules if not module.in_document}

    def calls(self, name: str) -> Iterator[CallSite]:
        """The calls of what is known by a name, also after a dot, in all files."""
        for path, data in self._data.items():
            if path.endswith(".py") and name.encode() in data:
                module = self._modules.get(path) or self._project_of(path).load(path)
                if module is not None:
                    scopes = module.scopes
                    yield from (scopes.calls[number] for number in scopes.calls_named.get(name, ()))

    def task_named(self, name: str, speaker: Module) -> Task | None:
        """The task that Celery knows by a name: of the project that speaks of it, else of another one on the map.

        Of several the first, in the order of their files.
        """
        known = task_named(name, speaker)
        projects = [speaker.project, *self._projects]
        return known or next((task for project in projects for task in task_index_of(project).named(name)), None)

    @property
    def installed(self) -> frozenset[str]:
        """The files of installed packages among these, as they are shown."""
        return frozenset(map(below, self._users))

    def violations(self, path: str) -> list[Violation]:
        """What is reported of a file; nothing of one that is none of these, or that is installed."""
        absolute = os.path.abspath(path)
        data = self._data.get(absolute)
        return [] if data is None or absolute in self._users else check(absolute, data, self.settings, self._workspace)

    def _project_of(self, path: str) -> Project:
        return self._users.get(path) or self._workspace.project_of(path, self.settings)

    def _relevant(self, path: str, failed: Failed) -> Iterator[Module]:
        """The facts of a file that has to do with Celery: one module, or of a document one for each code block."""
        data = self._data[path]
        if not model.relevant(data, self.settings.tasks_modules):
            return
        project = self._project_of(path)
        if is_document(path):
            yield from blocks_of(path, data, project)
            return
        try:
            yield project.load(path) or project.module(path, parse(data))
        except SyntaxError as error:
            failed(below(path), error.msg or "it cannot be parsed")


def blocks_of(path: str, data: bytes, project: Project) -> Iterator[Module]:
    """The code blocks of a document that are whole Python: excerpts of settings, with schedules maybe."""
    for block in code_blocks(path, lines_of(data)):
        code = block.code.encode(errors="surrogatepass")
        if not model.relevant(code):
            continue
        try:
            tree = parse(code)
        except SyntaxError:
            continue  # an excerpt
        ast.increment_lineno(tree, block.line - 1)
        yield project.document(path, tree)
