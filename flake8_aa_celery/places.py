"""Where a file belongs: its project, its package, and whether it is looked at at all."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flake8_aa_celery.settings import Settings

#: What marks the root of a project; where no folder has one, the parent of the outermost package is the root.
_MARKERS = ("pyproject.toml", "setup.py", "setup.cfg", ".git", ".hg", "manage.py")
#: What CI services call the root of a checkout in: GitLab, GitHub.
_CHECKOUTS = ("CI_PROJECT_DIR", "GITHUB_WORKSPACE")
_TEST_FOLDERS = frozenset({"tests", "test", "testauth", "migrations"})


def project_root(path: str) -> str:
    """The root of the project that a file belongs to, absolute and without symbolic links."""
    return _project_root(os.path.dirname(os.path.abspath(path)))


@lru_cache(maxsize=4096)
def real(folder: str) -> str:
    """A folder without symbolic links; asked of the disk once a process."""
    return os.path.realpath(folder)


@lru_cache(maxsize=4096)
def _project_root(folder: str) -> str:
    return real(_marked_root(folder) or _package_root(folder))


@lru_cache(maxsize=4096)
def _marked_root(folder: str) -> str | None:
    if has_marker(folder):
        return folder
    above = os.path.dirname(folder)
    return None if above == folder else _marked_root(above)


def has_marker(folder: str) -> bool:
    """Whether something in a folder says that it is the root of a project."""
    return any(os.path.exists(os.path.join(folder, marker)) for marker in _MARKERS)


def package_root(path: str) -> str:
    """The folder that holds the outermost package which a file lies in: where imports of it start."""
    return _package_root(os.path.dirname(os.path.abspath(path)))


@lru_cache(maxsize=4096)
def _package_root(folder: str) -> str:
    above = os.path.dirname(folder)
    is_package = above != folder and os.path.isfile(os.path.join(folder, "__init__.py"))
    return _package_root(above) if is_package else folder


def dotted_name(path: str) -> str:
    """The name under which a file is imported, by the packages that it lies in."""
    path = os.path.abspath(path)
    relative = os.path.relpath(path, package_root(path))
    parts = relative.removesuffix(".py").split(os.sep)
    if parts[-1] == "__init__" and len(parts) > 1:
        del parts[-1]
    return ".".join(parts)


def is_checked(path: str, settings: Settings) -> bool:
    """Whether a file is looked at at all: test code and migrations are not, unless the settings say so."""
    if settings.check_tests:
        return True
    folder, name = os.path.split(path)
    return not _is_test_name(name) and not _is_test_folder(folder)


def is_test_code(path: str, root: str) -> bool:
    """Whether a file is test code or a migration, by its path below the root of its project.

    :param path: absolute.
    :param root: absolute, without symbolic links.
    """
    folder, name = os.path.split(path)
    return _is_test_name(name) or _lies_in_test_folder(folder, root)


def _is_test_name(name: str) -> bool:
    return name.startswith("test_") or name.endswith("_tests.py") or name in ("conftest.py", "tests.py")


@lru_cache(maxsize=4096)
def _is_test_folder(folder: str) -> bool:
    """As :func:`_lies_in_test_folder`, for a folder as it was given: no disk is asked where its path tells enough."""
    absolute = os.path.abspath(folder)
    if _TEST_FOLDERS.isdisjoint(absolute.split(os.sep)):
        return False
    return _lies_in_test_folder(absolute, _project_root(absolute))


@lru_cache(maxsize=4096)
def _lies_in_test_folder(folder: str, root: str) -> bool:
    below = real(folder).removeprefix(root)
    return not _TEST_FOLDERS.isdisjoint(below.split(os.sep))


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


def forget() -> None:
    """Look at the disk anew: folders have changed."""
    for remembered in (real, _project_root, _marked_root, _package_root, _is_test_folder, _lies_in_test_folder):
        remembered.cache_clear()
