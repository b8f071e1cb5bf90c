"""Settings in files: the nearest ``pyproject.toml``, or another TOML file that somebody names."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from flake8_aa_celery.settings import SettingsError, merge

if TYPE_CHECKING:
    from typing import Any

    from flake8_aa_celery.settings import Codes, Settings

#: The section below ``tool``.
SECTION = "flake8-aa-celery"
_PYPROJECT = "pyproject.toml"


def find_pyproject(directory: str) -> str | None:
    """The nearest ``pyproject.toml`` in a folder or above it."""
    directory = os.path.abspath(directory)
    while True:
        path = os.path.join(directory, _PYPROJECT)
        if os.path.isfile(path):
            return path
        above = os.path.dirname(directory)
        if above == directory:
            return None
        directory = above


def read_pyproject(settings: Settings, directory: str, codes: Codes) -> Settings:
    """Put the section of the nearest ``pyproject.toml`` over settings; without one they stay as they are.

    :raises SettingsError: for a file that cannot be read or is no TOML, and as :func:`merge`.
    """
    path = find_pyproject(directory)
    return settings if path is None else read_file(settings, path, codes)


def read_file(settings: Settings, path: str, codes: Codes) -> Settings:
    """Put a TOML file over settings: its section ``tool.flake8-aa-celery``, or where that is missing and
    the file is no ``pyproject.toml``, the whole of it.

    :raises SettingsError: as :func:`read_pyproject`.
    """
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from error
    if os.path.basename(path) == _PYPROJECT and SECTION.encode() not in data:
        return settings  # whatever else is wrong with it is not ours to say
    try:
        table = parse_toml(data.decode())
    except ValueError as error:  # of the decoder and of the parser alike
        raise SettingsError(f"{path}: {error}") from error
    return merge(settings, _section(table, path), path, os.path.dirname(os.path.abspath(path)), codes)


def _section(table: dict[str, Any], path: str) -> dict[str, Any]:
    """What a file says of our settings."""
    tool = table.get("tool", {})
    section = tool.get(SECTION) if isinstance(tool, dict) else None
    if section is None:
        return {} if os.path.basename(path) == _PYPROJECT else table
    if not isinstance(section, dict):
        raise SettingsError(f"{path}: tool.{SECTION} must be a table, not {section!r}")
    return section


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
