"""Where a file belongs: its project, its package, and whether it is looked at at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flake8_aa_celery.settings import Settings

#: What marks the root of a project; where no folder has one, the parent of the outermost package is the root.
_REPOSITORIES = (".git", ".hg")
_MARKERS = ("pyproject.toml", "setup.py", "setup.cfg", "manage.py")
#: What CI services call the root of a checkout in: GitLab, GitHub.
_CHECKOUTS = ("CI_PROJECT_DIR", "GITHUB_WORKSPACE")
_TEST_FOLDERS = frozenset({"tests", "test", "testauth", "migrations"})


class Places:
    """Where files belong, asked of the disk once: as long as this is used, no folder may change."""

    def __init__(self) -> None:
        self._real: dict[str, str] = {}
        self._project_roots: dict[str, str] = {}
        self._package_roots: dict[str, str] = {}
        self._test_folders: dict[tuple[str, str], bool] = {}
        self._marked_roots: dict[str, str | None] = {}

    def real(self, folder: str) -> str:
        """A folder without symbolic links."""
        known = self._real.get(folder)
        if known is None:
            known = self._real[folder] = os.path.realpath(folder)
        return known

    def project_root(self, path: str) -> str:
        """The root of the project that a file belongs to, absolute and without symbolic links."""
        folder = os.path.dirname(os.path.abspath(path))
        known = self._project_roots.get(folder)
        if known is None:
            root = self.real(self._marked_root(folder) or self._package_root(folder))
            known = self._project_roots[folder] = root
        return known

    def package_root(self, path: str) -> str:
        """The folder that holds the outermost package which a file lies in: where imports of it start."""
        return self._package_root(os.path.dirname(os.path.abspath(path)))

    def _package_root(self, folder: str) -> str:
        known = self._package_roots.get(folder)
        if known is None:
            above = os.path.dirname(folder)
            is_package = above != folder and os.path.isfile(os.path.join(folder, "__init__.py"))
            package = above if is_package else self._package_around(folder)
            known = self._package_roots[folder] = self._package_root(package) if package else folder
        return known

    def _marked_root(self, folder: str) -> str | None:
        """The nearest folder, this one or above, that something marks as the root of a project."""
        passed: list[str] = []
        while folder not in self._marked_roots:
            passed.append(folder)
            above = os.path.dirname(folder)
            if has_marker(folder):
                self._marked_roots[folder] = folder
            elif above == folder:
                self._marked_roots[folder] = None
            else:
                folder = above
        found = self._marked_roots[folder]
        self._marked_roots.update(dict.fromkeys(passed, found))
        return found

    def _package_around(self, folder: str) -> str:
        """The nearest package of the project around a folder that is none itself: its modules are part of that one.

        :return: empty where there is none.
        """
        while not has_marker(folder):
            folder, below = os.path.dirname(folder), folder
            if folder == below or has_marker(folder):
                return ""
            if os.path.isfile(os.path.join(folder, "__init__.py")):
                return folder if self._marked_root(folder) else ""
        return ""

    def dotted_name(self, path: str) -> str:
        """The name under which a file is imported, by the packages that it lies in."""
        path = os.path.abspath(path)
        relative = os.path.relpath(path, self.package_root(path))
        parts = relative.removesuffix(".py").split(os.sep)
        if parts[-1] == "__init__" and len(parts) > 1:
            del parts[-1]
        return ".".join(parts)

    def is_checked(self, path: str, settings: Settings) -> bool:
        """Whether a file is looked at at all: test code and migrations are not, unless the settings say so."""
        if settings.check_tests:
            return True
        folder, name = os.path.split(path)
        if _is_test_name(name):
            return False
        absolute = os.path.abspath(folder)
        # no disk is asked where the path tells enough
        if _TEST_FOLDERS.isdisjoint(absolute.split(os.sep)):
            return True
        return not self._lies_in_test_folder(absolute, self.project_root(os.path.join(absolute, name)))

    def is_test_code(self, path: str, root: str) -> bool:
        """Whether a file is test code or a migration, by its path below the root of its project.

        :param path: absolute.
        :param root: absolute, without symbolic links.
        """
        folder, name = os.path.split(path)
        return _is_test_name(name) or self._lies_in_test_folder(folder, root)

    def _lies_in_test_folder(self, folder: str, root: str) -> bool:
        key = (folder, root)
        if key not in self._test_folders:
            below_root = self.real(folder).removeprefix(root)
            self._test_folders[key] = not _TEST_FOLDERS.isdisjoint(below_root.split(os.sep))
        return self._test_folders[key]


def has_marker(folder: str) -> bool:
    """Whether something in a folder says that it is the root of a project; not what lies in a package."""
    if any(os.path.exists(os.path.join(folder, marker)) for marker in _REPOSITORIES):
        return True
    has_one = any(os.path.exists(os.path.join(folder, marker)) for marker in _MARKERS)
    return has_one and not os.path.isfile(os.path.join(folder, "__init__.py"))


def _is_test_name(name: str) -> bool:
    return name.startswith("test_") or name.endswith("_tests.py") or name in ("conftest.py", "tests.py")


def below(path: str, folder: str = ".") -> str:
    """A path as seen from a folder, with slashes and without ``./``; absolute where it does not lie in that folder."""
    absolute = os.path.abspath(path)
    start = os.path.abspath(folder).rstrip(os.sep) + os.sep
    return absolute.removeprefix(start).replace(os.sep, "/")


def below_repository(path: str) -> str:
    """A path as seen from the root of the repository that the current folder lies in; as :func:`below` elsewhere.

    It is the root that a CI service names, otherwise the one that git has, and this folder where there is none.
    """
    return below(path, _repository(os.path.abspath("")))


def _repository(here: str) -> str:
    """The root of the repository that a folder lies in."""
    for variable in _CHECKOUTS:
        checkout = os.environ.get(variable, "")
        inside = os.path.relpath(os.path.realpath(here), os.path.realpath(checkout)) if checkout else os.pardir
        if inside == os.curdir:
            return here
        if inside.split(os.sep)[0] != os.pardir and here.endswith(os.sep + inside):
            return here.removesuffix(os.sep + inside)
    folder = here
    while not os.path.exists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return here
        folder = above
    return folder
