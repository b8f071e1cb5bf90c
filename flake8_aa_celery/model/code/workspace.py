"""The files of a run: what is on the disk, with texts laid over it that are not written, and the projects they form."""

from __future__ import annotations

import ast
import os
from types import MappingProxyType
from typing import TYPE_CHECKING

from flake8_aa_celery.installed import Environment, environment_at
from flake8_aa_celery.model.code.files import read_files
from flake8_aa_celery.model.code.project import Project
from flake8_aa_celery.places import Places
from flake8_aa_celery.source import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flake8_aa_celery.settings import Settings

#: A project may lie within another one, so that the two take turns.
_KEPT = 2
_NOTHING: Mapping[str, bytes] = MappingProxyType({})


class Disk:
    """What was read from the disk, for as long as no file there becomes another: an editor says when one does."""

    def __init__(self) -> None:
        self.places = Places()
        #: the files of each project with their bytes
        self.files: dict[tuple[str, Settings], list[tuple[str, bytes]]] = {}
        self._trees: dict[str, tuple[bytes, ast.Module]] = {}

    def tree(self, path: str, data: bytes) -> ast.Module:
        """The syntax tree of a file that holds some bytes.

        :raises SyntaxError: as :func:`ast.parse`, which also raises ValueError, RecursionError and MemoryError.
        """
        known = self._trees.get(path)
        if known is None or known[0] != data:
            known = self._trees[path] = (data, ast.parse(data))
        return known[1]


class Workspace:
    """Files as they are at one moment, and what is known of them. Several can live side by side.

    :param overlay: what files are to hold, by their paths: that is read instead of what is on the disk.
    :param disk: what was read before, and is taken to be there still; None where everything is looked at anew.
    """

    def __init__(self, overlay: Mapping[str, bytes] = _NOTHING, disk: Disk | None = None) -> None:
        self._disk = disk
        self.places = disk.places if disk is not None else Places()
        self._overlay = {os.path.realpath(path): data for path, data in overlay.items()}
        self._projects: dict[tuple[str, Settings], Project] = {}
        self._environments: dict[str, Environment] = {}

    def project_of(self, path: str, settings: Settings) -> Project:
        """The project that a file belongs to: one object for each root and settings."""
        key = (self.places.project_root(path), settings)
        if key not in self._projects:
            self._projects[key] = Project(key[0], settings, self)
        return self._projects[key]

    def project_at_work(self, path: str, settings: Settings) -> Project:
        """As :meth:`project_of`, where one project is done after the other: the earlier ones are let go of."""
        project = self.project_of(path, settings)
        key = (project.root, settings)
        self._projects[key] = self._projects.pop(key)  # the last of all
        while len(self._projects) > _KEPT:
            self._projects.pop(next(iter(self._projects))).let_go()
        return project

    @property
    def modules_kept(self) -> int:
        """How many modules are kept, of all projects."""
        return sum(project.modules_kept for project in self._projects.values())

    @property
    def is_laid_over(self) -> bool:
        """Whether some texts are not those on the disk: there may be more files than it has."""
        return bool(self._overlay)

    def environment_of(self, project: Project) -> Environment | None:
        """The environment that the settings of a project name, or where they say so the one that is found."""
        path = environment_at(project.settings.environment, project.root)
        if path and path not in self._environments:
            self._environments[path] = Environment(path)
        found = self._environments.get(path)
        return found if found is not None and found.sites else None

    # -- files --------------------------------------------------------------------------------------------------

    def read(self, path: str) -> bytes:
        """What a file holds, or is to hold.

        :raises OSError: where it cannot be read.
        """
        known = self._overlay.get(os.path.realpath(path)) if self._overlay else None
        return read(path) if known is None else known

    def parsed(self, path: str, data: bytes) -> ast.Module:
        """The syntax tree of a file that holds some bytes.

        :raises SyntaxError: as :func:`ast.parse`, which also raises ValueError, RecursionError and MemoryError.
        """
        return ast.parse(data) if self._disk is None else self._disk.tree(path, data)

    def on_disk(self, project: Project) -> list[tuple[str, bytes]]:
        """The Python files of a project with their bytes, sorted, without what is laid over them."""
        known = self._disk.files.get((project.root, project.settings)) if self._disk is not None else None
        if known is None:
            known = read_files(project)
            if self._disk is not None:
                self._disk.files[project.root, project.settings] = known
        return known

    def laid_over(self, path: str, data: bytes) -> bytes:
        """What a file is to hold that holds some bytes on the disk."""
        return self._overlay.get(path, data)

    def is_file(self, path: str) -> bool:
        """Whether there is such a file, or is to be one."""
        return os.path.isfile(path) or (bool(self._overlay) and os.path.realpath(path) in self._overlay)

    def files_to_be(self, root: str) -> Iterator[tuple[str, bytes]]:
        """The Python files below a folder that are still to be made."""
        within = root + os.sep
        for path, data in self._overlay.items():
            if path.startswith(within) and path.endswith(".py") and not os.path.exists(path):
                yield path, data
