"""The facts of other modules, read once and only when a name leads there."""

from __future__ import annotations

import ast
import os
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_aa_celery import places
from flake8_aa_celery.model.code.module import Module
from flake8_aa_celery.model.code.names import canonical
from flake8_aa_celery.model.resolve.values import UNKNOWN, App, Constant, Items, ModuleValue, Origin, Value
from flake8_aa_celery.places import dotted_name, package_root, project_root
from flake8_aa_celery.source import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flake8_aa_celery.model.code.names import ImportedName
    from flake8_aa_celery.model.resolve.values import Task
    from flake8_aa_celery.model.tasks.index import TaskIndex
    from flake8_aa_celery.settings import Settings

#: Modules from which a Celery application is imported, where they cannot be found.
_APP_MODULES = frozenset({"celery", "celery_app", "celeryapp"})

#: A project may lie within another one, so that the two take turns.
_KEPT = 2

_projects: dict[tuple[str, Settings], Project] = {}

#: What files are to hold that are not written yet, by their paths without symbolic links.
_unwritten: dict[str, bytes] = {}


class Project:
    """The files that belong together, and what their modules say.

    :param root: its folder, absolute and without symbolic links; nothing outside of it is read.
    :param settings: what is set for it: which modules hold tasks, and which files are left out.
    """

    def __init__(self, root: str, settings: Settings) -> None:
        self.root = root
        self.settings = settings
        self.tasks_modules = frozenset(settings.tasks_modules)
        self._modules: dict[str, Module | None] = {}
        self._hashes: dict[str, int] = {}
        #: the files that a name has led to
        self._led_to: set[str] = set()
        self._found: dict[tuple[str, str], str | None] = {}
        self._configured: dict[str, list[ast.expr]] = {}

    @classmethod
    def of(cls, path: str, settings: Settings) -> Project:
        """The project that a file belongs to: one object for each root in this process."""
        root = project_root(path)
        key = (root, settings)
        if key not in _projects:
            _projects[key] = cls(root, settings)
        return _projects[key]

    @classmethod
    def at_work(cls, path: str, settings: Settings) -> Project:
        """As :meth:`of`, where one project is done after the other: what the earlier ones held is let go of."""
        project = cls.of(path, settings)
        key = (project.root, settings)
        _projects[key] = _projects.pop(key)  # the last of all
        while len(_projects) > _KEPT:
            _projects.pop(next(iter(_projects))).let_go()
        return project

    def let_go(self) -> None:
        """Break the circles of references, so that the syntax trees are freed without a search for garbage."""
        for module in self._modules.values():
            if module is not None:
                module.let_go()
        vars(self).clear()

    @staticmethod
    def forget(unwritten: Mapping[str, bytes] | None = None) -> None:
        """Read everything anew from now on: files have changed.

        :param unwritten: what files are to hold, by their paths: that is read instead of what is on the disk.
        """
        _projects.clear()
        places.forget()
        _unwritten.clear()
        _unwritten.update((os.path.realpath(path), data) for path, data in (unwritten or {}).items())

    # -- modules ------------------------------------------------------------------------------------------------

    def module(self, path: str, tree: ast.Module) -> Module:
        """The facts of a file whose tree is at hand; other files that lead to it get the same ones."""
        path = os.path.abspath(path)
        known = self._modules.get(path)
        if known is None or known.tree is not tree:
            known = self._modules[path] = Module(path, dotted_name(path), tree, self)
            self._hashes.pop(path, None)
        return known

    def loaded(self, path: str, data: bytes) -> Module | None:
        """The facts of a file that a name has led to already, if its bytes were those: no need to parse it again."""
        path = os.path.abspath(path)
        return self._modules[path] if self._hashes.get(path) == hash(data) else None

    def done_with(self, module: Module) -> None:
        """Let go of a module of no tasks that no name has led to: few are led to later, and are read again then."""
        path = module.path
        if not module.is_tasks_module and path not in self._led_to and self._modules.get(path) is module:
            del self._modules[path]
            module.let_go()

    def document(self, path: str, tree: ast.Module) -> Module:
        """The facts of a code block in a document of the project, which is no module that anything imports."""
        return Module(os.path.abspath(path), "", tree, self, in_document=True)

    def load(self, path: str) -> Module | None:
        """The facts of a file of the project; None where it lies outside, cannot be read or is no Python."""
        self._led_to.add(path)
        if path not in self._modules:
            self._modules[path] = None
            tree = self._parsed(path)
            if tree is not None:
                with suppress(RecursionError):  # whoever lints that file is told
                    self._modules[path] = Module(path, dotted_name(path), tree, self)
        return self._modules[path]

    def _parsed(self, path: str) -> ast.Module | None:
        real = os.path.realpath(path)
        if not real.startswith(self.root + os.sep):
            return None
        try:
            data = _unwritten[real] if real in _unwritten else read(path)
            tree = ast.parse(data)
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            return None  # whoever lints that file is told; here nothing is known of it
        self._hashes[path] = hash(data)
        return tree

    def find(self, dotted: str, importer: Module) -> str | None:
        """The file or folder of an absolute dotted module name, as ``importer`` would see it; None if not found."""
        if dotted.partition(".")[0] == "celery":
            return None  # a module of the project that is called so is imported by its package's name
        base = package_root(importer.path)
        key = (base, dotted)
        if key not in self._found:
            parts = dotted.split(".")
            roots = dict.fromkeys((base, self.root, os.path.join(self.root, "src")))
            self._found[key] = next((path for root in roots if (path := _module_path(root, parts))), None)
        return self._found[key]

    @cached_property
    def files(self) -> list[tuple[str, bytes]]:
        """The Python files of the project with their bytes, as :mod:`flake8_aa_celery.model.code.files` finds them.

        Read the first time that a rule asks for something that may stand anywhere in the project.
        """
        from flake8_aa_celery.model.code.files import read_files

        found = [(path, _unwritten.get(path, data)) for path, data in read_files(self)]
        return sorted(found + self._files_to_be())

    def _files_to_be(self) -> list[tuple[str, bytes]]:
        """The Python files that are still to be made."""
        within = self.root + os.sep
        return [
            (path, data)
            for path, data in _unwritten.items()
            if path.startswith(within) and path.endswith(".py") and not os.path.exists(path)
        ]

    @cached_property
    def tasks(self) -> TaskIndex:
        """The tasks of all files of the project, by their names."""
        from flake8_aa_celery.model.tasks.index import TaskIndex

        return TaskIndex(self)

    def task_named(self, name: str, speaker: Module) -> Task | None:
        """The one task that Celery knows by a name; None where there is none or more than one.

        Other files are read only where it is not found in the module that its name leads to, and where it is not by
        its name a task of another project.

        :param speaker: the module that speaks of it.
        """
        owner = name.rpartition(".")[0]
        path = self.find(owner, speaker) if owner else None
        module = self.load(path) if path and path.endswith(".py") else None
        named = [task for task in module.tasks if task.registered_name == name] if module else []
        if not named and not (self.is_of_tasks_module(name) and self.find(name.partition(".")[0], speaker) is None):
            named = self.tasks.named(name)
        return named[0] if len(named) == 1 else None

    def configured(self, name: str) -> list[ast.expr]:
        """What a setting of Django's or Celery's is set to: see :mod:`flake8_aa_celery.model.configuration.settings`.

        :param name: in capital letters, without a prefix: ``TASK_SERIALIZER``.
        """
        if name not in self._configured:
            from flake8_aa_celery.model.configuration.settings import values_of

            self._configured[name] = values_of(name, self)
        return self._configured[name]

    @cached_property
    def has_result_backend(self) -> bool:
        """Whether results of tasks are kept: the setting says so, or :mod:`flake8_aa_celery.model.configuration.result_backend`.

        The first time it searches every file of the project.
        """
        from flake8_aa_celery.model.configuration.result_backend import is_configured

        return is_configured(self)

    # -- what imports lead to -----------------------------------------------------------------------------------

    def imported(self, name: ImportedName, importer: Module) -> Value:
        """What ``import a.b`` or ``from a import b`` gives a module of the project."""
        module = self._imported_module(name, importer)
        return self.member(module, name.member, importer) if name.member else module

    def has(self, name: ImportedName, importer: Module) -> bool:
        """Whether an import leads to a file of the project."""
        return self._imported_module(name, importer).path is not None

    def _imported_module(self, name: ImportedName, importer: Module) -> ModuleValue:
        if not name.level:
            return ModuleValue(name.module, self.find(name.module, importer))
        folder = os.path.dirname(importer.path)
        package = importer.dotted.split(".")
        if not importer.path.endswith("__init__.py"):
            package = package[:-1]
        for _ in range(name.level - 1):
            folder, package = os.path.dirname(folder), package[:-1]
        parts = name.module.split(".") if name.module else []
        # beyond the outermost package there is nothing: certainly not a library of that name
        dotted = ".".join([*package, *parts]) if package else "." + ".".join(parts)
        inside = places.real(folder).startswith(self.root)
        return ModuleValue(dotted, _module_path(folder, parts) if inside else None)

    def member(self, module: ModuleValue, name: str, importer: Module) -> Value:
        """What ``name`` of a module is: bound in it, a module of that package, or something of a library."""
        dotted = f"{module.dotted}.{name}" if module.dotted else name
        if module.path is None:
            return _of_library(dotted)
        if module.path.endswith(".py"):
            loaded = self.load(module.path)
            value = loaded.member(name) if loaded else UNKNOWN
            if value is not None:
                return value
        folder = _folder(module.path)
        path = _module_path(folder, [name]) if folder else None
        return ModuleValue(dotted, path) if path else UNKNOWN

    def star_member(self, name: ImportedName, wanted: str, importer: Module) -> Value | None:
        """What ``wanted`` is by ``from name import *``; None where that module does not offer it."""
        module = self._imported_module(name, importer)
        if module.path is None:
            known = module.dotted == "celery" and wanted in _STARRED_OF_CELERY
            return _of_library(f"celery.{wanted}") if known else None
        loaded = self.load(module.path) if module.path.endswith(".py") else None
        return loaded.member(wanted) if loaded and _is_public(wanted, loaded) else None

    def can_read(self, name: ImportedName, importer: Module) -> bool:
        """Whether it is known what ``from name import *`` offers."""
        module = self._imported_module(name, importer)
        if module.path is None:
            return module.dotted == "celery"
        return module.path.endswith(".py") and self.load(module.path) is not None

    def is_of_tasks_module(self, dotted: str) -> bool:
        """Whether something of a library comes from a module of tasks, by that module's name."""
        return "(" not in dotted and any(part in self.tasks_modules for part in dotted.split(".")[:-1])


_STARRED_OF_CELERY = frozenset(
    {"Celery", "Signature", "chain", "chord", "chunks", "current_app", "group"}
    | {"shared_task", "signature", "subtask", "xmap", "xstarmap"}
)


def _is_public(name: str, module: Module) -> bool:
    """Whether a module offers a name to ``import *``: what its ``__all__`` says, as far as that is known."""
    offered = module.member("__all__")
    if not isinstance(offered, Items) or not offered.complete:
        return not name.startswith("_")
    return any(isinstance(value := item.value, Constant) and value.value == name for item in offered.elements)


def _of_library(dotted: str) -> Value:
    """What a dotted name is whose module is not part of the project."""
    dotted = canonical(dotted)
    module = dotted.rpartition(".")[0]
    of_celery = module.partition(".")[0] == "celery"
    if dotted == "celery.current_app" or (not of_celery and module.rpartition(".")[2] in _APP_MODULES):
        return App()
    return Origin(dotted)


def _module_path(folder: str, parts: list[str]) -> str | None:
    """The file of a module below a folder: ``x.py``, ``x/__init__.py``, or the folder of a namespace package."""
    path = os.path.join(folder, *parts)
    if os.path.isfile(path + ".py") or (_unwritten and os.path.realpath(path + ".py") in _unwritten):
        return path + ".py"
    if os.path.isdir(path):
        init = os.path.join(path, "__init__.py")
        return init if os.path.isfile(init) else path
    return None


def _folder(path: str) -> str | None:
    """The folder in which the modules of a package lie; None for a plain module."""
    if path.endswith(".py"):
        return os.path.dirname(path) if os.path.basename(path) == "__init__.py" else None
    return path
