"""Which Python files a project has, and what is in them."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from flake8_aa_celery.places import has_marker
from flake8_aa_celery.source import find, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project


def files(project: Project, wanted: Callable[[bytes], bool]) -> Iterator[str]:
    """The files of a project whose bytes are ``wanted``, sorted; not test code, nor what the settings exclude."""
    return (path for path, data in project.files if wanted(data))


def modules_with(project: Project, wanted: Callable[[bytes], bool]) -> Iterator[Module]:
    """What is known of the files that :func:`files` finds, one after the other, without those that are no Python."""
    for path in files(project, wanted):
        module = project.load(path)
        if module is not None:
            yield module


def read_files(project: Project) -> list[tuple[str, bytes]]:
    """The Python files of a project with their bytes, sorted; not test code, nor what the settings exclude."""
    found: list[tuple[str, bytes]] = []
    for path in find(_places(project.root), project.settings._replace(include=("*.py",)), _leave_out):
        if not project.is_test_code(path):
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
    try:
        with os.scandir(root) as entries:
            inside = [entry for entry in entries if not entry.is_symlink() or _is_below(entry.path, root)]
    except OSError:
        return []  # whoever is asked to look into it says so
    return [
        entry.path
        for entry in inside
        if entry.name.endswith(".py") or os.path.isfile(os.path.join(entry.path, "__init__.py"))
    ]


def _is_below(path: str, root: str) -> bool:
    return os.path.realpath(path).startswith(root.rstrip(os.sep) + os.sep)


def _leave_out(path: str, why: str) -> None:
    """A folder that cannot be entered holds nothing that is known."""
