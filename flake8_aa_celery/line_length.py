"""How long a line may be, by what formatters and flake8 are told where a file lies."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from flake8_aa_celery.pyproject import parse_toml

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

#: What black and ruff do where nothing is said.
_DEFAULT = 88
_PYPROJECT = "pyproject.toml"
_RUFF = (".ruff.toml", "ruff.toml")
_FLAKE8 = ("setup.cfg", "tox.ini", ".flake8")
#: So many files may extend each other.
_LONGEST_CHAIN = 8


def line_length(path: str) -> int:
    """How long a line of a file may be.

    The nearest folder decides in which a formatter is set up: black's table of ``pyproject.toml``, ruff's, and
    ``ruff.toml``, in this order; one that is set up without a length has its own. Where there is none it is flake8's
    nearest ``max-line-length``.
    """
    folder = os.path.dirname(os.path.abspath(path))
    return _below(folder, _of_formatter) or _below(folder, _of_flake8) or _DEFAULT


@lru_cache(maxsize=256)
def _below(folder: str, said: Callable[[str], int]) -> int:
    """What the nearest folder says; 0 where none does."""
    above = os.path.dirname(folder)
    return said(folder) or (0 if above == folder else _below(above, said))


def _of_formatter(folder: str) -> int:
    """What the formatters are told in a folder; 0 where none is set up there."""
    tools = _table(_toml(os.path.join(folder, _PYPROJECT)), "tool")
    if "black" in tools:
        return _number(_table(tools, "black").get("line-length")) or _DEFAULT
    if "ruff" in tools:
        return _of_ruff(_table(tools, "ruff"), folder)
    own = next((path for name in _RUFF if os.path.isfile(path := os.path.join(folder, name))), None)
    return _of_ruff(_toml(own), folder) if own else 0


def _of_ruff(table: dict[str, Any], folder: str, depth: int = 0) -> int:
    """What ruff is told by a table, or by the file that it extends."""
    found, extended = _number(table.get("line-length")), table.get("extend")
    if found or not isinstance(extended, str) or depth == _LONGEST_CHAIN:
        return found or _DEFAULT
    path = os.path.join(folder, os.path.expanduser(extended))
    above = _toml(path)
    if os.path.basename(path) == _PYPROJECT:
        above = _table(_table(above, "tool"), "ruff")
    return _of_ruff(above, os.path.dirname(path), depth + 1)


def _of_flake8(folder: str) -> int:
    """What flake8 is told in a folder, in its own files or through Flake8-pyproject; 0 where nothing is said."""
    paths = [path for name in _FLAKE8 if os.path.isfile(path := os.path.join(folder, name))]
    tools = _table(_toml(os.path.join(folder, _PYPROJECT)), "tool")
    told = [*map(_ini, paths), _table(tools, "flake8")]
    return next(filter(None, (_number(each.get("max-line-length")) for each in told)), 0)


def _ini(path: str) -> dict[str, Any]:
    """flake8's section of a file; nothing where that cannot be read."""
    from configparser import ConfigParser, Error

    parser = ConfigParser(interpolation=None)
    try:
        parser.read(path, encoding="utf-8")
    except (Error, ValueError, OSError):
        return {}
    return {key.replace("_", "-"): value for key, value in parser["flake8"].items()} if "flake8" in parser else {}


def _toml(path: str) -> dict[str, Any]:
    """What is in a TOML file; nothing where it cannot be read."""
    try:
        with open(path, encoding="utf-8") as file:
            return parse_toml(file.read())
    except (OSError, ValueError):
        return {}


def _table(table: dict[str, Any], name: str) -> dict[str, Any]:
    found = table.get(name)
    return found if isinstance(found, dict) else {}


def _number(value: object) -> int:
    """A length, as TOML or a text has it; 0 for what is none."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return value if type(value) is int and value > 0 else 0
