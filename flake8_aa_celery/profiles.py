"""Which profile a project is of, by what it says itself.

It is Alliance Auth's unless the project shows that it is something else: its declared dependencies hold neither
Alliance Auth nor one of its apps, or, where none are declared, it makes a Celery application or has settings of Django,
and nothing in it imports Alliance Auth.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.dependencies import declared_in
from flake8_aa_celery.places import Places, has_marker
from flake8_aa_celery.settings import EXCLUDED
from flake8_aa_celery.source import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.settings import Profile, Settings

#: The names of Alliance Auth's package and of its apps, as they stand in declared dependencies.
_OF_ALLIANCE_AUTH = re.compile(
    r"(aa|allianceauth|alliance-auth|alliance)(-|\Z)|(django-)?(esi|eveuniverse|eveonline)(-|\Z)|(fittings|indy-hub)\Z"
)
#: It is imported, or installed by the settings of a site.
_IMPORT = re.compile(rb"^[ \t]*(?:from|import)[ \t]+allianceauth\b|['\"]allianceauth['\"]", re.MULTILINE)
_APPLICATION = re.compile(rb"\bCelery\(|^INSTALLED_APPS\b", re.MULTILINE)
#: So many files are looked into where no dependencies are declared.
_MOST_FILES = 2_000
#: What is not looked into for it.
_LEFT_OUT = frozenset(pattern for pattern in EXCLUDED if "*" not in pattern)


class FoundProfile(NamedTuple):
    """A profile, and in a few words why it is that one."""

    name: Profile
    reason: str


class Profiles:
    """The profiles of projects, each looked for once: as long as this is used, no file may change."""

    def __init__(self) -> None:
        self._places = Places()
        self._known: dict[str, FoundProfile] = {}

    def of(self, folder: str) -> FoundProfile:
        """The profile of the project that the files of a folder belong to."""
        root = self._places.project_root(os.path.join(folder, "any.py"))
        if root not in self._known:
            self._known[root] = _profile_of(root)
        return self._known[root]

    def resolved(self, settings: Settings, folder: str) -> Settings:
        """Settings of a folder in which the profile ``auto`` is the one that was found."""
        return settings._replace(profile=self.of(folder).name) if settings.profile == "auto" else settings


def _profile_of(root: str) -> FoundProfile:
    if not has_marker(root):
        return FoundProfile("alliance-auth", "auto: nothing says that it is something else")
    declared = declared_in(root)
    named = next((name for name in (declared.own_name, *declared.versions) if _OF_ALLIANCE_AUTH.match(name)), "")
    if named:
        return FoundProfile("alliance-auth", f"auto: {named} is declared")
    if declared.is_declared:
        return FoundProfile("celery", "auto: no app of Alliance Auth is among the declared dependencies")
    return _by_files(root)


def _by_files(root: str) -> FoundProfile:
    shown = ""
    for path in _python_files(root):
        data = _bytes_of(path)
        if b"allianceauth" in data and _IMPORT.search(data):
            return FoundProfile("alliance-auth", f"auto: {os.path.relpath(path, root)} names allianceauth")
        if not shown and (b"Celery(" in data or b"INSTALLED_APPS" in data) and _APPLICATION.search(data):
            shown = os.path.relpath(path, root)
    if shown:
        return FoundProfile("celery", f"auto: {shown} is of a project that does not import allianceauth")
    return FoundProfile("alliance-auth", "auto: nothing says that it is something else")


def _python_files(root: str) -> Iterator[str]:
    """The first Python files below a folder, in the order of their paths."""
    count = 0
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in _LEFT_OUT and not name.startswith("."))
        for name in sorted(names):
            if name.endswith(".py"):
                yield os.path.join(folder, name)
                count += 1
        if count >= _MOST_FILES:
            return


def _bytes_of(path: str) -> bytes:
    if os.path.islink(path) or not os.path.isfile(path):  # to open a pipe would be to wait for ever
        return b""
    try:
        return read(path)
    except OSError:
        return b""
