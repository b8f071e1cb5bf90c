"""The facts of other modules, read once and only when a name leads there."""

from __future__ import annotations

import ast
import os
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.installed import is_followed, is_readable
from flake8_aa_celery.model import relevant
from flake8_aa_celery.model.code import patterns
from flake8_aa_celery.model.code.module import Module
from flake8_aa_celery.model.code.names import ImportedName
from flake8_aa_celery.places import below

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from flake8_aa_celery.installed import App
    from flake8_aa_celery.model.code.workspace import Workspace
    from flake8_aa_celery.settings import Settings

#: Modules from which a Celery application is imported, where they cannot be found.
_APP_MODULES = frozenset({"celery", "celery_app", "celeryapp"})


#: ``from .a import b``, with the dots, the module and what follows.
_FROM = re.compile(rb"^[ \t]*from[ \t]*(\.*)([A-Za-z_][\w.]*)?[ \t]*import\b[ \t]*(\([^)]*|[^\n#]*)", re.MULTILINE)
_IMPORT = re.compile(rb"^[ \t]*import[ \t]+([^\n#]*)", re.MULTILINE)


class _Importer(NamedTuple):
    """A file that imports something and is not parsed."""

    path: str
    dotted: str


class _Starts(NamedTuple):
    """Folders in which Python may be started.

    :param certain: those that count before all others.
    :param possible: others between a file and the root of its project, the nearest first.
    """

    certain: tuple[str, ...]
    possible: tuple[str, ...]


class Project:
    """The files that belong together, and what their modules say.

    :param root: its folder, absolute and without symbolic links; nothing outside of it is read.
    :param settings: what is set for it: which modules hold tasks, and which files are left out.
    :param workspace: the files that it is made of.
    """

    def __init__(self, root: str, settings: Settings, workspace: Workspace) -> None:
        self.root = root
        self.workspace = workspace
        self.places = self.workspace.places
        self.settings = settings
        #: finds the name of a module of tasks in a dotted name
        self.tasks_modules = patterns.names(settings.tasks_modules)
        #: what is installed where the settings say so
        self.environment = workspace.environment_of(self)
        self._modules: dict[str, Module | None] = {}
        self._hashes: dict[str, int] = {}
        #: how many files have become others so far, and how many had when each one was loaded
        self._changes = 0
        self._loaded_after: dict[str, int] = {}
        #: the files that a name has led to
        self._led_to: set[str] = set()
        self._found: dict[tuple[_Starts, str], str | None] = {}
        self._starts: dict[str, _Starts] = {}
        self._names_in: dict[str, frozenset[str]] = {}
        self._speaking: dict[str, bool] = {}
        self._files: list[tuple[str, bytes]] | None = None
        #: how many expressions are being followed, each for the sake of the one before
        self.depth = 0
        #: how many calls were looked into for the sake of the first of them
        self.frames = 0
        #: what is known of it; kept by :mod:`flake8_aa_celery.model.code.memo`
        self.memo: dict[object, Any] = {}

    def let_go(self) -> None:
        """Break the circles of references, so that the syntax trees are freed without a search for garbage."""
        for module in self._modules.values():
            if module is not None:
                module.let_go()
        vars(self).clear()

    @property
    def modules_kept(self) -> int:
        """How many modules of it are kept."""
        return len(self._modules)

    # -- modules ------------------------------------------------------------------------------------------------

    def module(self, path: str, tree: ast.Module) -> Module:
        """The facts of a file whose tree is at hand; other files that lead to it get the same ones."""
        path = os.path.abspath(path)
        known = self._modules.get(path)
        if known is None or known.tree is not tree:
            self._changes += known is not None
            known = self._modules[path] = Module(path, self.places.dotted_name(path), tree, self)
            self._hashes.pop(path, None)
        return known

    def loaded(self, path: str, data: bytes) -> Module | None:
        """The facts of a file that a name has led to already, if its bytes were those: no need to parse it again."""
        path = os.path.abspath(path)
        if self._loaded_after.get(path) != self._changes:
            return None  # it may remember what another file said before that became another
        return self._modules[path] if self._hashes.get(path) == hash(data) else None

    def done_with(self, module: Module) -> None:
        """Let go of a module of no tasks that no name has led to: few are led to later, and are read again then."""
        path = module.path
        if not self.holds_tasks(module) and path not in self._led_to and self._modules.get(path) is module:
            del self._modules[path]
            module.let_go()

    def keep(self, module: Module) -> None:
        """Do not let go of a module: something that is known of the project refers to its functions."""
        self._led_to.add(module.path)

    def holds_tasks(self, module: Module) -> bool:
        return self.tasks_modules.search(module.dotted) is not None

    def document(self, path: str, tree: ast.Module) -> Module:
        """The facts of a code block in a document of the project, which is no module that anything imports."""
        return Module(os.path.abspath(path), "", tree, self, in_document=True)

    def load(self, path: str) -> Module | None:
        """The facts of a file of the project; None where it lies outside, cannot be read or is no Python."""
        self._led_to.add(path)
        if path not in self._modules:
            self._modules[path] = None
            self._loaded_after[path] = self._changes
            tree = self._parsed(path)
            if tree is not None:
                with suppress(RecursionError):  # whoever lints that file is told
                    self._modules[path] = Module(path, self.dotted_name(path), tree, self)
        return self._modules[path]

    def dotted_name(self, path: str) -> str:
        """The name under which a file is imported: of an installed one from the folder that it is installed in."""
        app = self.app_of(path)
        if app is None:
            return self.places.dotted_name(path)
        below_site = os.path.relpath(self.places.real(path), self.places.real(app.folder))
        return below_site.removesuffix(".py").replace(os.sep, ".").removesuffix(".__init__")

    def _parsed(self, path: str) -> ast.Module | None:
        where = os.path.realpath(path)
        if not where.startswith(self.root + os.sep) and not self._is_readable(where):
            return None
        try:
            data = self.workspace.read(path)
            tree = self.workspace.parsed(path, data)
        except (OSError, SyntaxError, ValueError, LookupError, RecursionError, MemoryError):
            return None  # whoever lints that file is told; here nothing is known of it
        self._hashes[path] = hash(data)
        return tree

    def find(self, dotted: str, importer: Module | _Importer) -> str | None:
        """The file or folder of an absolute dotted module name, as ``importer`` would see it; None if not found."""
        if dotted.partition(".")[0] == "celery":
            return None  # a module of the project that is called so is imported by its package's name
        starts = self._starts_of(os.path.dirname(importer.path))
        key = (starts, dotted)
        if key not in self._found:
            parts = dotted.split(".")
            found = self._search(parts, starts)
            if found is None and self.environment is not None and self._search(parts[:1], starts) is None:
                found = self._search_installed(dotted)
            self._found[key] = found
        return self._found[key]

    def app_of(self, path: str) -> App | None:
        """The installed package that a file lies in; None for one of the project, and without an environment."""
        return self.environment.app_at(self.places.real(path)) if self.environment is not None else None

    def files_of(self, app: App) -> list[tuple[str, bytes]]:
        """The Python files of an installed package with their bytes, sorted; not tests, nor what is not read."""
        found: list[tuple[str, bytes]] = []
        for module in sorted(app.modules):
            path = os.path.join(app.folder, *module.split("/"))
            if is_readable(self.dotted_name(path)) and not self.is_test_code(path):
                with suppress(OSError):  # what is gone is said of its package
                    found.append((path, self.workspace.read(path)))
        return found

    def _is_readable(self, path: str) -> bool:
        """Whether a file outside of the project may be read: of a package that is installed in its environment.

        Of libraries that are known already it is the modules of tasks alone.
        """
        app = self.environment.app_at(path) if self.environment is not None else None
        return app is not None and is_readable(self.dotted_name(path))

    def _search_installed(self, dotted: str) -> str | None:
        """The file or folder of a module of an installed package with tasks."""
        app = self.environment.app_of(dotted) if self.environment is not None else None
        if app is None or not is_followed(dotted):
            return None
        return self._module_path(app.folder, dotted.split("."))

    def _search(self, parts: list[str], starts: _Starts) -> str | None:
        """The file or folder of a module, where Python may be started in some folders."""
        for root in starts.certain:
            path = self._module_path(root, parts) if self._has(root, parts[0]) else None
            if path is not None:
                return path
        if parts[0] in sys.stdlib_module_names:
            return None
        for root in starts.possible:
            path = self._module_path(root, parts) if self._has(root, parts[0]) else None
            # a mere folder may as well be called after a library
            if path is not None and path.endswith(".py"):
                return path
        return None

    def _starts_of(self, folder: str) -> _Starts:
        """Where Python may be started for what is imported in a folder."""
        known = self._starts.get(folder)
        if known is None and self.app_of(folder) is not None:
            known = self._starts[folder] = _Starts((), ())  # beside it lie libraries, which are not read
        elif known is None:
            base = self.places.package_root(os.path.join(folder, "any.py"))
            certain = dict.fromkeys((base, self.root, os.path.join(self.root, "src")))
            known = self._starts[folder] = _Starts(tuple(certain), tuple(self._folders_up(folder)))
        return known

    def _folders_up(self, folder: str) -> Iterator[str]:
        """Those of a folder and the ones above it, below the project's root, in which Python may be started.

        In a package it is where a ``manage.py`` lies, whose folder Python then begins with.
        """
        while folder.startswith(self.root + os.sep):
            is_package = os.path.isfile(os.path.join(folder, "__init__.py"))
            if not is_package or os.path.isfile(os.path.join(folder, "manage.py")):
                yield folder
            folder = os.path.dirname(folder)

    def _has(self, root: str, name: str) -> bool:
        """Whether a folder may have a module or package of a name: most that are imported are of libraries."""
        known = self._names_in.get(root)
        if known is None:
            try:
                listed = os.listdir(root)
            except OSError:
                listed = []
            known = self._names_in[root] = frozenset(entry.removesuffix(".py") for entry in listed)
        return name in known or self.workspace.is_laid_over

    @property
    def files(self) -> list[tuple[str, bytes]]:
        """The Python files of the project with their bytes, as :mod:`flake8_aa_celery.model.code.files` finds them.

        Read the first time that a rule asks for something that may stand anywhere in the project.
        """
        if self._files is None:
            found = [(path, self.workspace.laid_over(path, data)) for path, data in self.workspace.on_disk(self)]
            self._files = sorted([*found, *self.workspace.files_to_be(self.root)])
        return self._files

    # -- what imports lead to -----------------------------------------------------------------------------------

    def imported_module(self, name: ImportedName, importer: Module | _Importer) -> tuple[str, str | None]:
        """The module that an import names: its dotted name, and its file or folder if that is found."""
        if not name.level:
            return name.module, self.find(name.module, importer)
        folder = os.path.dirname(importer.path)
        package = importer.dotted.split(".")
        if not importer.path.endswith("__init__.py"):
            package = package[:-1]
        for _ in range(name.level - 1):
            folder, package = os.path.dirname(folder), package[:-1]
        parts = name.module.split(".") if name.module else []
        # beyond the outermost package there is nothing: certainly not a library of that name
        dotted = ".".join([*package, *parts]) if package else "." + ".".join(parts)
        inside = self.places.real(folder).startswith(self.root) or self.app_of(folder) is not None
        return dotted, self._module_path(folder, parts) if inside else None

    def speaks_of_celery(self, path: str) -> bool:
        """Whether a file has anything to do with Celery, by its bytes."""
        known = self._speaking.get(path)
        if known is None:
            try:
                known = relevant(self.workspace.read(path), self.settings.tasks_modules)
            except OSError:
                known = False  # whoever lints that file is told
            self._speaking[path] = known
        return known

    def imported_from(self, path: str, data: bytes) -> Iterator[str]:
        """The files of the project that the bytes of a file import, as far as a pattern can tell without parsing."""
        importer = _Importer(os.path.abspath(path), self.places.dotted_name(path))
        for name in _imported_in(data):
            found = self.imported_module(name, importer)[1]
            if found is not None and found.endswith(".py"):
                yield found

    def has(self, name: ImportedName, importer: Module) -> bool:
        """Whether an import leads to a file of the project."""
        return self.imported_module(name, importer)[1] is not None

    def submodule(self, path: str, name: str) -> str | None:
        """The file or folder of a module in the package that lies at a path; None where there is none."""
        folder = _folder(path)
        return self._module_path(folder, [name]) if folder else None

    def below_root(self, path: str) -> str:
        """A path as seen from the project's root, with slashes."""
        return below(self.places.real(path), self.root)

    def is_test_code(self, path: str) -> bool:
        """Whether a file is test code or a migration."""
        app = self.app_of(path)
        return self.places.is_test_code(path, self.root if app is None else self.places.real(app.folder))

    def _module_path(self, folder: str, parts: list[str]) -> str | None:
        """The file of a module below a folder: ``x.py``, ``x/__init__.py``, or the folder of a namespace package."""
        path = os.path.join(folder, *parts)
        init = os.path.join(path, "__init__.py")
        if os.path.isfile(init):
            return init  # a package is found before a module of the same name
        if self.workspace.is_file(path + ".py"):
            return path + ".py"
        return path if os.path.isdir(path) else None


def _folder(path: str) -> str | None:
    """The folder in which the modules of a package lie; None for a plain module."""
    if path.endswith(".py"):
        return os.path.dirname(path) if os.path.basename(path) == "__init__.py" else None
    return path


def _imported_in(data: bytes) -> Iterator[ImportedName]:
    """The modules that the bytes of a file may import: of ``from a import b`` both ``a`` and ``a.b``."""
    for relative, written, members in _FROM.findall(data):
        level, module = len(relative), written.decode(errors="replace")
        if module:
            yield ImportedName(level, module, "")
        for name in re.findall(r"\w+", members.decode(errors="replace")):
            yield ImportedName(level, f"{module}.{name}" if module else name, "")
    for modules in _IMPORT.findall(data):
        for name in re.findall(r"[\w.]+", modules.decode(errors="replace")):
            yield ImportedName(0, name, "")
