"""What an editor asks about the files that it has open, with their texts over those on the disk."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from flake8_aa_celery.documents import is_document
from flake8_aa_celery.fixes.engine import fix
from flake8_aa_celery.linter import check, parse
from flake8_aa_celery.model.code.workspace import Disk, Workspace
from flake8_aa_celery.profiles import Profiles
from flake8_aa_celery.pyproject import SettingsTree
from flake8_aa_celery.report import Result
from flake8_aa_celery.rules import all_rules
from flake8_aa_celery.settings import Settings, SettingsError
from flake8_aa_celery.silencing import silenced
from flake8_aa_celery.source import excludes, read

if TYPE_CHECKING:
    from collections.abc import Callable

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.violation import Violation


class Analysis:
    """The open files of an editor, and what is known of their projects as they are now.

    :param complain: is told what is wrong with a setting, once as long as it is so.
    """

    def __init__(self, complain: Callable[[str], object]) -> None:
        self._complain = complain
        self._told: set[str] = set()
        self._texts: dict[str, bytes] = {}
        self._disk = Disk()
        self._workspace: Workspace | None = None
        #: what was found in the files as they are now
        self._found: dict[str, list[Violation]] = {}
        self._tree = self._new_tree()

    # -- what changes -------------------------------------------------------------------------------------------

    def put(self, path: str, text: str) -> None:
        """Say what an open file holds."""
        data = text.encode(errors="surrogatepass")
        if self._texts.get(path) != data:
            self._texts[path] = data
            self._begin_anew()

    def close(self, path: str) -> None:
        """Say that a file is no longer open: what is on the disk counts again."""
        if self._texts.pop(path, None) is not None:
            self._begin_anew()

    def forget(self) -> None:
        """Say that files on the disk may have become others, or settings."""
        self._disk = Disk()
        self._begin_anew()
        self._told.clear()
        self._tree = self._new_tree()

    def _begin_anew(self) -> None:
        self._workspace = None
        self._found.clear()

    @property
    def open_files(self) -> list[str]:
        """The paths of the files that are open."""
        return list(self._texts)

    # -- what is found ------------------------------------------------------------------------------------------

    def data(self, path: str) -> bytes:
        """What a file holds; nothing where it cannot be read."""
        known = self._texts.get(path)
        if known is not None:
            return known
        try:
            return read(path)
        except OSError:
            return b""

    def violations(self, path: str) -> list[Violation]:
        """What is reported of a file; nothing of one that the settings exclude."""
        if path not in self._found:
            self._found[path] = self._check(path)
        return self._found[path]

    def _check(self, path: str) -> list[Violation]:
        settings = self._settings_of(path)
        if settings is None or self._is_left_out(path, settings):
            return []
        return check(path, self.data(path), settings, self.workspace)

    def module(self, path: str) -> Module | None:
        """What the model knows of a file; None where it is no Python, or a document."""
        settings = self._settings_of(path)
        if settings is None or is_document(path):
            return None
        data = self.data(path)
        project = self.workspace.project_of(path, settings)
        try:
            return project.loaded(path, data) or project.module(path, parse(data))
        except SyntaxError:
            return None

    # -- what cures it ------------------------------------------------------------------------------------------

    def fixed(self, path: str, violation: Violation) -> bytes:
        """A file with the fix of one violation; the same where that is refused."""
        settings = self._settings_of(path)
        if settings is None or violation.fix is None:
            return self.data(path)
        unsafe = violation.fix.safety == "unsafe"
        # what comes of it is for nobody else to see yet
        workspace = Workspace(self._texts, self._disk)
        return fix(path, self.data(path), settings, workspace, unsafe=unsafe, only=violation).data

    def all_fixed(self, path: str) -> bytes:
        """A file with all safe fixes."""
        settings = self._settings_of(path)
        data = self.data(path)
        return fix(path, data, settings, Workspace(self._texts, self._disk)).data if settings is not None else data

    def silenced(self, path: str, violation: Violation) -> bytes:
        """A file with a comment that silences a violation; the same where none can."""
        (result,) = silenced([Result(path, [violation], self.data(path))])
        return result.data

    # -- whose settings -----------------------------------------------------------------------------------------

    @property
    def workspace(self) -> Workspace:
        """The files as they are now."""
        if self._workspace is None:
            self._workspace = Workspace(self._texts, self._disk)
        return self._workspace

    def _new_tree(self) -> SettingsTree:
        return SettingsTree(all_rules, warn=self._tell, profile_of=Profiles().of)

    def _settings_of(self, path: str) -> Settings | None:
        """The settings of a file; None where they are broken, which is told."""
        try:
            return self._tree.of(path)
        except SettingsError as error:
            self._tell(str(error))
            return None

    def _is_left_out(self, path: str, settings: Settings) -> bool:
        root = self.workspace.places.project_root(path)
        return excludes(os.path.abspath(path), root, settings)

    def _tell(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._complain(text)
