"""What a project says that it depends on: in ``pyproject.toml``, ``setup.cfg``, ``setup.py`` and files of requirements.

Only what is written there is known: nothing is run, and nothing is looked up.
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from flake8_aa_celery.disk import listed, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: ``celery[redis]>=5.2,<6 ; python_version > "3.8"``: the name, and the versions.
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*\(?([^;#@)]*)")
_CLAUSE = re.compile(r"\s*(===|==|~=|>=|<=|!=|>|<|\^|~)?\s*v?(\d+(?:\.\d+)*)")
_SETUP_NAME = re.compile(r"^\[metadata\][^\[]*?^name\s*=\s*(\S+)", re.MULTILINE | re.DOTALL)
_FILES = re.compile(r"requirements[\w.-]*\.(?:txt|in)\Z")
#: The folder that may hold several files of requirements.
_FOLDER = "requirements"
#: No file of requirements is longer, in bytes.
_LONGEST = 1_000_000


class Dependencies(NamedTuple):
    """What a project depends on.

    :param versions: by the name of each package, in small letters and with hyphens, the versions that are asked for,
        as they are written: ``>=5.2,<6``; several where several places name it.
    :param is_declared: whether any place was found that declares dependencies.
    :param own_name: the project's own name, spelled like theirs; empty where it is not declared.
    """

    versions: Mapping[str, tuple[str, ...]]
    is_declared: bool
    own_name: str = ""

    def may_be_before(self, name: str, version: tuple[int, ...]) -> bool:
        """Whether the project asks for a package in a way that allows a version before another one.

        Without a limit the newest is installed.
        """
        return any(_may_be_before(asked, version) for asked in self.versions.get(name, ()))


def declared_in(root: str) -> Dependencies:
    """What the files in the root folder of a project declare; what cannot be read declares nothing."""
    lists = [found for read in (_of_pyproject, _of_setup_cfg, _of_setup_py, _of_requirements) for found in read(root)]
    versions: dict[str, tuple[str, ...]] = {}
    for requirement in (line for lines in lists for line in lines):
        matched = _REQUIREMENT.match(requirement)
        if matched:
            name = _normalised(matched.group(1))
            versions[name] = (*versions.get(name, ()), matched.group(2).strip())
    return Dependencies(versions, bool(lists), _normalised(_own_name(root)))


def _normalised(name: str) -> str:
    return re.sub(r"[._-]+", "-", name).lower()


def _own_name(root: str) -> str:
    text = _text_of(os.path.join(root, "pyproject.toml"))
    table = _toml(text) if "name" in text else {}
    named = [_table(table, "project").get("name"), _table(_table(table, "tool"), "poetry").get("name")]
    matched = _SETUP_NAME.search(_text_of(os.path.join(root, "setup.cfg")))
    return next((name for name in named if isinstance(name, str)), matched.group(1) if matched else "")


def _may_be_before(asked: str, version: tuple[int, ...]) -> bool:
    least: tuple[int, ...] | None = None
    most: tuple[int, ...] | None = None
    for clause in asked.split(","):
        matched = _CLAUSE.match(clause)
        if not matched:
            continue
        kind, number = matched.group(1) or "==", tuple(map(int, matched.group(2).split(".")))
        if kind in ("<", "<="):
            most = min(most, number) if most else number
        elif kind != "!=":
            least = max(least, number) if least else number
    if least is not None:
        return least < version
    return most is not None and most <= version


# -- where they are declared ------------------------------------------------------------------------------------


def _text_of(path: str) -> str:
    return text_of(path, _LONGEST, encoding="utf-8-sig") or ""


def _of_pyproject(root: str) -> Iterator[list[str]]:
    """``[project]`` with its optional dependencies, and Poetry's table."""
    text = _text_of(os.path.join(root, "pyproject.toml"))
    table = _toml(text) if "dependencies" in text else {}
    project = _table(table, "project")
    if isinstance(project.get("dependencies"), list):
        yield _texts(project["dependencies"])
        for extra in _table(project, "optional-dependencies").values():
            yield _texts(extra)
    poetry = _table(_table(table, "tool"), "poetry")
    if isinstance(poetry.get("dependencies"), dict):
        yield [_of_poetry(name, asked) for name, asked in poetry["dependencies"].items()]


def _of_poetry(name: str, asked: object) -> str:
    version = asked.get("version", "") if isinstance(asked, dict) else asked
    return f"{name} {version}" if isinstance(version, str) and version != "*" else name


def _toml(text: str) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        from tomllib import TOMLDecodeError, loads
    else:
        from tomli import TOMLDecodeError, loads
    try:
        return loads(text)
    except (TOMLDecodeError, RecursionError):
        return {}


def _table(table: dict[str, Any], name: str) -> dict[str, Any]:
    found = table.get(name)
    return found if isinstance(found, dict) else {}


def _texts(values: object) -> list[str]:
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def _of_setup_cfg(root: str) -> Iterator[list[str]]:
    text = _text_of(os.path.join(root, "setup.cfg"))
    if "install_requires" not in text:
        return
    import configparser  # which few projects need today

    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error:
        return
    if parser.has_option("options", "install_requires"):
        yield parser.get("options", "install_requires").splitlines()


def _of_setup_py(root: str) -> Iterator[list[str]]:
    text = _text_of(os.path.join(root, "setup.py"))
    if "install_requires" not in text:
        return
    import ast

    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.keyword) and node.arg == "install_requires" else None
        if isinstance(value, (ast.List, ast.Tuple)):
            yield _texts([part.value for part in value.elts if isinstance(part, ast.Constant)])


def _of_requirements(root: str) -> Iterator[list[str]]:
    """``requirements*.txt`` in the root folder, and all of a folder ``requirements``."""
    folder = os.path.join(root, _FOLDER)
    paths = [os.path.join(root, name) for name in listed(root) if _FILES.match(name)]
    paths += [os.path.join(folder, name) for name in listed(folder) if name.endswith((".txt", ".in"))]
    for path in paths:
        lines = [line.strip() for line in _text_of(path).splitlines()]
        yield [line for line in lines if line and not line.startswith(("#", "-"))]
