"""The packages with tasks that an environment has, by the metadata that their installation left.

Nothing is imported or run: a folder is listed, and files are read that lie in ``site-packages`` or in a folder that an
editable installation leads to. https://packaging.python.org/en/latest/specifications/recording-installed-packages/
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.disk import listed, text_of
from flake8_aa_celery.settings import AUTO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: What is said of a folder that is none.
NO_ENVIRONMENT = "no Python environment, for it has no site-packages: nothing is read there"
#: Where an environment is looked for by itself: what an activated one sets, and beside the project.
_ACTIVE = "VIRTUAL_ENV"
_BESIDE = (".venv", "venv")
_RECORD, _SITE = "RECORD", "site-packages"
_METADATA = ("METADATA", "PKG-INFO")
# Patterns that are compiled when an environment is read: most runs read none.
#: A line of RECORD that names a module of tasks, and what else leads to one.
_TASKS = r"(?m)^([A-Za-z_]\w*)/(?:[^,\n]*/)?tasks(?:/[^,\n]*)?\.py(?=,)"
_LISTED = r"(?m)^\"?([^,\n\"]+\.py)\"?,"
_LEADING = r"(?m)^([^/,\n]+\.pth|__editable___[^/,\n]+_finder\.py)(?=,)"
_MAPPING = "MAPPING"
#: ``aa_memberaudit-5.3.0.dist-info``
_FOLDER = r"(.+?)-(\d[^-]*)\.(?:dist|egg)-info\Z"
_NOT_WALKED = frozenset({"__pycache__", "node_modules", "migrations", "static", "templates", "locale"})
#: No file that is read here is longer, in bytes.
_LONGEST = 20_000_000
#: Libraries whose modules called ``tasks`` hold none of an app.
_LIBRARIES = frozenset({"billiard", "celery", "celery_once", "discord", "django", "kombu", "rest_framework"})
#: Packages that are known already, of which only the tasks are read, and where the classes of tasks stand there.
_KNOWN = frozenset({"allianceauth", "esi"})
_OF_CLASSES = "allianceauth.services.tasks"


class App(NamedTuple):
    """An installed package with tasks.

    :param package: the name that it is imported by.
    :param folder: the folder that holds the package.
    :param distribution: the name that it is installed by, as its metadata has it.
    :param version: empty where no metadata says it.
    :param modules: its Python files, below ``folder``, with slashes.
    :param metadata: the folder with its metadata; empty where there is none.
    """

    package: str
    folder: str
    distribution: str
    version: str
    modules: tuple[str, ...]
    metadata: str

    @property
    def title(self) -> str:
        """What it is called in a message: ``aa-memberaudit 5.3.0``."""
        return f"{self.distribution} {self.version}".rstrip()

    def readme(self) -> tuple[str, str]:
        """What its metadata says at length, which for most packages is their README: a file's name, and its text.

        https://packaging.python.org/en/latest/specifications/core-metadata/#description
        """
        for name in _METADATA:
            text = _text_of(os.path.join(self.metadata, name)) if self.metadata else None
            if text is not None:
                from email.parser import HeaderParser

                message = HeaderParser().parsestr(text)
                body = message.get_payload()
                is_markdown = "markdown" in message.get("Description-Content-Type", "")
                return f"{name}.{'md' if is_markdown else 'rst'}", body if isinstance(body, str) else ""
        return "README.md", ""


class Environment:
    """A virtual environment, or any folder that packages are installed in.

    :param path: its folder, absolute.
    :ivar sites: the folders with packages; none where it is no environment.
    :ivar problems: what of it could not be read, a line each: known when :attr:`apps` was asked for.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.sites = tuple(_sites(path))
        self.problems: list[str] = []

    @cached_property
    def apps(self) -> Mapping[str, list[App]]:
        """The packages with tasks by the names that they are imported by: several where they share a namespace."""
        found: dict[str, list[App]] = {}
        for app in self._found():
            found.setdefault(app.package, []).append(app)
        return found

    @property
    def all_apps(self) -> list[App]:
        """The packages with tasks."""
        return [app for apps in self.apps.values() for app in apps]

    def app_of(self, dotted: str) -> App | None:
        """The package that a dotted name leads into; of several in a namespace the one that has most of the name."""
        parts = dotted.split(".")
        apps = self.apps.get(parts[0], [])
        return apps[0] if len(apps) == 1 else max(apps, key=lambda app: _shared(app, parts), default=None)

    def may_have(self, package: str) -> bool:
        """Whether anything may be imported by a name, an app or not."""
        return package in self._names or f"{package}.py" in self._names

    def app_at(self, path: str) -> App | None:
        """The package that a file lies in, or a folder of it.

        :param path: without symbolic links.
        """
        return next((app for folder, app in self._folders.items() if (path + os.sep).startswith(folder)), None)

    @cached_property
    def _folders(self) -> dict[str, App]:
        """The packages by their folders, without symbolic links, with a separator at the end."""
        return {os.path.realpath(os.path.join(app.folder, app.package)) + os.sep: app for app in self.all_apps}

    @cached_property
    def _names(self) -> set[str]:
        """What may be imported: what lies in the folders with packages, and what these lead to."""
        found = set(self.apps)
        for path in (os.path.join(site, name) for site in self.sites for name in listed(site)):
            found.add(os.path.basename(path).partition(".")[0])
            if path.endswith(".pth"):
                found.update(name for folder in _folders_in_pth(path) for name in listed(folder))
            elif path.endswith("_finder.py"):
                found.update(re.findall(r"\w+", _text_of(path) or ""))
        return found

    def _found(self) -> Iterator[App]:
        claimed: set[str] = set()
        for site in self.sites:
            names = listed(site)
            for name in names:
                matched = re.match(_FOLDER, name)
                if matched:
                    yield from self._of_metadata(site, name, matched[1].replace("_", "-"), matched[2], claimed)
            for name in names:
                path = os.path.join(site, name)
                if name.endswith(".pth") and path not in claimed:
                    for folder in _folders_in_pth(path):
                        yield from _in_folder(folder, "", "", "")

    def _of_metadata(self, site: str, name: str, distribution: str, version: str, claimed: set[str]) -> Iterator[App]:
        metadata = os.path.join(site, name)
        record = _text_of(os.path.join(metadata, _RECORD))
        if record is None:
            if name.endswith(".dist-info"):
                self.problems.append(f"{metadata}: no {_RECORD} that can be read: {distribution} is left out")
            return
        for leading in re.findall(_LEADING, record):
            path = os.path.join(site, leading)
            claimed.add(path)
            for folder in _folders_in_pth(path) if path.endswith(".pth") else _folders_in_finder(path):
                yield from _in_folder(folder, distribution, version, metadata)
        for package in sorted({found[1] for found in re.finditer(_TASKS, record)} - _LIBRARIES):
            modules = tuple(path for path in re.findall(_LISTED, record) if path.startswith(f"{package}/"))
            if not os.path.isdir(os.path.join(site, package)):
                self.problems.append(f"{metadata}: its files are gone: {distribution} is left out")
            elif _has_tasks(site, modules):
                yield App(package, site, distribution, version, modules, metadata)


def is_readable(dotted: str) -> bool:
    """Whether a module of an installed package is read: of what is known already the modules of tasks alone."""
    parts = dotted.split(".")
    return parts[0] not in _KNOWN or len(parts) == 1 or "tasks" in parts


def is_followed(dotted: str) -> bool:
    """Whether names lead into a module of an installed package: not to the classes that are known already."""
    return is_readable(dotted) and dotted != _OF_CLASSES


def environment_at(path: str, root: str) -> str:
    """The folder of the environment that a setting names; empty where it names none.

    :param path: its path, or ``auto``: the activated one, one beside the project, or that of the Python that runs us.
    :param root: the root of the project.
    """
    if path != AUTO:
        return os.path.abspath(path) if path else ""
    beside = (os.path.join(root, name) for name in _BESIDE)
    candidates = (os.environ.get(_ACTIVE, ""), *beside, sys.prefix)
    return next((os.path.abspath(each) for each in candidates if each and is_environment(each)), "")


def is_usable(path: str) -> bool:
    """Whether a setting names an environment, or asks for one to be found."""
    return path == AUTO or is_environment(path)


def is_environment(path: str) -> bool:
    """Whether packages can be installed in a folder: it has ``site-packages``, or is such a folder."""
    return any(True for _ in _sites(path))


def _sites(path: str) -> Iterator[str]:
    """The folders of an environment with packages, of POSIX and of Windows; the folder itself if it is one."""
    if os.path.basename(os.path.abspath(path)) == _SITE and os.path.isdir(path):
        yield path
        return
    real: set[str] = set()
    for library in ("lib", "lib64", "Lib"):
        folder = os.path.join(path, library)
        below = (os.path.join(folder, name) for name in listed(folder) if name.startswith("python"))
        for each in (*below, folder):
            site = os.path.join(each, _SITE)
            if os.path.isdir(site) and os.path.realpath(site) not in real:
                real.add(os.path.realpath(site))
                yield site


def _shared(app: App, parts: list[str]) -> int:
    """How many parts of a dotted name lead into the folders of an app."""
    folders = {os.path.dirname(module) for module in app.modules}
    return max(count for count in range(len(parts) + 1) if not count or "/".join(parts[:count]) in folders)


def _has_tasks(folder: str, modules: Iterable[str]) -> bool:
    """Whether a module called ``tasks``, or one in a package that is called so, speaks of Celery."""
    tasks = (path for path in modules if "tasks" in re.split(r"[/.]", path))
    return any("celery" in (_text_of(os.path.join(folder, path)) or "") for path in tasks)


def _in_folder(folder: str, distribution: str, version: str, metadata: str) -> Iterator[App]:
    """The packages with tasks in a folder that holds somebody's source."""
    entries = listed(folder)
    if not distribution:
        named = next((found for name in entries if (found := re.match(r"(.+)\.egg-info\Z", name))), None)
        metadata = os.path.join(folder, named[0]) if named else ""
        distribution = named[1].replace("_", "-") if named else ""
        matched = re.search(r"^Version: (\S+)", _text_of(os.path.join(metadata, "PKG-INFO")) or "", re.MULTILINE)
        version = matched[1] if named and matched else ""
    for package in entries:
        if package.isidentifier() and os.path.isfile(os.path.join(folder, package, "__init__.py")):
            modules = tuple(_modules_in(folder, package))
            if package not in _LIBRARIES and _has_tasks(folder, modules):
                yield App(package, folder, distribution or package, version, modules, metadata)


def _modules_in(folder: str, package: str) -> Iterator[str]:
    for inside, folders, names in os.walk(os.path.join(folder, package)):
        folders[:] = sorted(name for name in folders if name not in _NOT_WALKED and not name.startswith("."))
        for name in sorted(names):
            if name.endswith(".py"):
                yield os.path.relpath(os.path.join(inside, name), folder).replace(os.sep, "/")


def _folders_in_pth(path: str) -> Iterator[str]:
    """The folders that a ``.pth`` adds to the path of Python; what it would run is left alone."""
    for line in (_text_of(path) or "").splitlines():
        folder = os.path.join(os.path.dirname(path), line.strip())
        if line.strip() and not line.startswith(("#", "import ", "import\t")) and os.path.isdir(folder):
            yield os.path.abspath(folder)


def _folders_in_finder(path: str) -> Iterator[str]:
    """The folders that setuptools' finder of an editable installation maps packages to, by what it spells out."""
    import ast

    with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        for node in ast.parse(_text_of(path) or "").body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            value = getattr(node, "value", None)
            if any(isinstance(each, ast.Name) and each.id == _MAPPING for each in targets) and value is not None:
                mapping = ast.literal_eval(value)
                folders = {os.path.dirname(place) for name, place in mapping.items() if os.path.basename(place) == name}
                yield from sorted(folders)


def _text_of(path: str) -> str | None:
    return text_of(path, _LONGEST, errors="replace")
