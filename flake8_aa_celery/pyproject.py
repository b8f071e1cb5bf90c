"""Settings in files: the nearest ``pyproject.toml`` that has some, or another TOML file that somebody names."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.installed import NO_ENVIRONMENT, is_usable
from flake8_aa_celery.settings import AUTO, Settings, SettingsError, merge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from flake8_aa_celery.settings import Codes, Profile

    #: is told what is no mistake that stops anything
    Warn = Callable[[str], object]
    #: finds the profile of the project that a folder belongs to, and says why
    FindProfile = Callable[[str], tuple[Profile, str]]

#: The section below ``tool``.
SECTION = "flake8-aa-celery"
_PYPROJECT = "pyproject.toml"
#: The key that names another file, whose settings count where this one says nothing.
_EXTEND = "extend"
#: What a file must hold to say anything to us: the section, or a name that somebody took for it.
_OURS = re.compile(rb"aa[-_]?celery", re.IGNORECASE)


class Layer(NamedTuple):
    """What one place says of the settings.

    :param origin: the place, as an error names it.
    :param base: the folder that file patterns with a slash are relative to.
    :param values: by the names of the settings, typed as TOML types them.
    """

    origin: str
    base: str
    values: Mapping[str, Any]


class Resolved(NamedTuple):
    """Settings, and where they come from.

    :param origins: by the names of the settings the place that set it, or those; not of defaults.
    """

    settings: Settings
    origins: Mapping[str, tuple[str, ...]]


class SettingsTree:
    """The settings of each folder: of the nearest ``pyproject.toml`` that has some, and what goes over all of them.

    :param codes: gives the codes of all rules.
    :param over: what goes over the settings of files, such as a command line.
    :param instead: what stands for all ``pyproject.toml``; they are read where None.
    :param warn: is told what is odd in a file, once.
    :param profile_of: finds the profile of a folder and says why, for where it is to be found; left alone where None.
    """

    __slots__ = ("_codes", "_files", "_instead", "_known", "_over", "_profile_of", "_warn")

    def __init__(
        self,
        codes: Codes,
        over: Iterable[Layer] = (),
        instead: Iterable[Layer] | None = None,
        warn: Warn | None = None,
        profile_of: FindProfile | None = None,
    ) -> None:
        self._codes, self._warn, self._profile_of = codes, warn or _keep_quiet, profile_of
        self._over = tuple(over)
        self._instead = None if instead is None else self._resolved(instead)
        self._files: dict[str, Resolved] = {}
        self._known: dict[str, Resolved] = {}

    def of(self, path: str) -> Settings:
        """The settings of a file.

        :raises SettingsError: for what is unknown or not allowed in a file that they come from.
        """
        return self.of_folder(os.path.dirname(path))

    def of_folder(self, folder: str) -> Settings:
        """The settings of the files in a folder; raises as :meth:`of`."""
        return self.resolved(folder).settings

    def resolved(self, folder: str) -> Resolved:
        """The settings of the files in a folder with their origins; raises as :meth:`of`."""
        folder = os.path.abspath(folder)
        if folder not in self._known:
            self._known[folder] = self._with_profile(self._instead or self._nearest(folder), folder)
        return self._known[folder]

    def _nearest(self, folder: str) -> Resolved:
        """What the nearest file with settings says, this folder's or one's above."""
        passed = []
        while folder not in self._files:
            passed.append(folder)
            layers, above = _layers_in(folder, self._warn), os.path.dirname(folder)
            if layers is not None or above == folder:
                self._files[folder] = self._resolved(layers or ())
            else:
                folder = above
        found = self._files[folder]
        self._files.update(dict.fromkeys(passed, found))
        return found

    def _with_profile(self, resolved: Resolved, folder: str) -> Resolved:
        """Settings with the profile that was found, where it was to be found."""
        if resolved.settings.profile != AUTO or self._profile_of is None:
            return resolved
        profile, reason = self._profile_of(folder)
        settings = resolved.settings._replace(profile=profile)
        return Resolved(settings, {**resolved.origins, "profile": (reason,)})

    def known(self) -> set[Settings]:
        """All settings that were asked for until now."""
        return {resolved.settings for resolved in self._known.values()}

    def _resolved(self, layers: Iterable[Layer]) -> Resolved:
        settings = Settings()
        origins: dict[str, tuple[str, ...]] = {}
        for layer in (*layers, *self._over):
            settings = merge(settings, layer.values, layer.origin, layer.base, self._codes)
            for name in layer.values:
                earlier = origins.get(name, ()) if name.startswith("extend-") else ()
                origins[name] = (*earlier, layer.origin)
        if settings.environment and not is_usable(settings.environment):
            self._warn(f"{settings.environment}: {NO_ENVIRONMENT}")
        return Resolved(settings, origins)


def read_pyproject(settings: Settings, directory: str, codes: Codes) -> Settings:
    """Put the nearest section over settings; without one they stay as they are.

    :raises SettingsError: for a file that cannot be read or is no TOML, and as :func:`merge`.
    """
    directory = os.path.abspath(directory)
    while (layers := _layers_in(directory, _keep_quiet)) is None and os.path.dirname(directory) != directory:
        directory = os.path.dirname(directory)
    for layer in layers or ():
        settings = merge(settings, layer.values, layer.origin, layer.base, codes)
    return settings


def read_file(settings: Settings, path: str, codes: Codes) -> Settings:
    """Put a TOML file over settings: its section ``tool.flake8-aa-celery``, or where that is missing and
    the file is no ``pyproject.toml``, the whole of it.

    :raises SettingsError: as :func:`read_pyproject`.
    """
    for layer in layers_of(path):
        settings = merge(settings, layer.values, layer.origin, layer.base, codes)
    return settings


def layers_of(path: str, warn: Warn | None = None) -> list[Layer]:
    """What a TOML file says, after what the file says that it extends.

    :raises SettingsError: as :func:`read_pyproject`.
    """
    return _extended(path, _section(path, warn or _keep_quiet) or {}, warn or _keep_quiet, ())


def _layers_in(folder: str, warn: Warn) -> list[Layer] | None:
    """What the ``pyproject.toml`` of a folder says; None where there is none with settings."""
    path = os.path.join(folder, _PYPROJECT)
    if not os.path.isfile(path):
        return None
    section = _section(path, warn)
    return None if section is None else _extended(path, section, warn, ())


def _extended(path: str, section: dict[str, Any], warn: Warn, seen: tuple[str, ...]) -> list[Layer]:
    """What a section says, after what it extends.

    :param seen: the files that lead here.
    """
    folder = os.path.dirname(os.path.abspath(path))
    own = {name: value for name, value in section.items() if name != _EXTEND}
    layers = [Layer(path, folder, own)]
    if _EXTEND not in section:
        return layers
    named = section[_EXTEND]
    if not isinstance(named, str) or not named:
        raise SettingsError(f'{path}: {_EXTEND} must be the path of a file, such as "../{_PYPROJECT}", not {named!r}')
    seen = (*seen, os.path.realpath(path))
    other = os.path.normpath(os.path.join(folder, os.path.expanduser(os.path.expandvars(named))))
    if os.path.realpath(other) in seen:
        raise SettingsError(f"{path}: {_EXTEND} leads in a circle, back to {other}")
    try:
        return _extended(other, _section(other, warn) or {}, warn, seen) + layers
    except SettingsError as error:
        text = str(error)
        raise error if not text.startswith(f"{other}: ") else SettingsError(f"{text} (extended by {path})") from error


def _section(path: str, warn: Warn) -> dict[str, Any] | None:
    """What a file says of our settings; None where it is a ``pyproject.toml`` without our section.

    :raises SettingsError: where it cannot be read, is no TOML, or has something else than a table there.
    """
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from error
    is_pyproject = os.path.basename(path) == _PYPROJECT
    if is_pyproject and not _OURS.search(data):
        return None  # whatever else is wrong with it is not ours to say
    try:
        table = parse_toml(data.decode())
    except ValueError as error:  # of the decoder and of the parser alike
        if is_pyproject and SECTION.encode() not in data:
            return None
        raise SettingsError(f"{path}: {error}") from error
    tool = table.get("tool", {})
    tools = tool if isinstance(tool, dict) else {}
    for name in tools:
        if name != SECTION and _is_meant(name):
            warn(f"{path}: [tool.{name}] is not read; the settings belong in [tool.{SECTION}]")
    section = tools.get(SECTION)
    if section is None:
        return None if is_pyproject else table
    if not isinstance(section, dict):
        raise SettingsError(f"{path}: tool.{SECTION} must be a table, not {section!r}")
    return section


def _is_meant(name: str) -> bool:
    """Whether a section is likely to be meant for us: ``aa-celery``, ``flake8_aa_celery``."""
    return re.sub(r"[-_.]", "", name.lower()) in ("aacelery", "flake8aacelery")


def _keep_quiet(text: str) -> None:
    """Tell nobody."""


def parse_toml(text: str) -> dict[str, Any]:
    """Parse TOML.

    :raises ValueError: where it is none.
    """
    if sys.version_info >= (3, 11):
        from tomllib import loads
    else:
        from tomli import loads
    try:
        return loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
