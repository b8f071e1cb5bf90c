"""Which modules with tasks no worker imports: a message for a task in one is refused as unregistered.

A worker imports the module of its application, what ``include`` and ``imports`` name, what ``autodiscover_tasks`` looks
for, and what these import in turn. With Django that is nearly everything but what a command or a script begins. So a
module is unregistered where it is none of these, and nothing that may be loaded in a worker imports it. Where something
of that cannot be read, nothing is said.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.files import files
from flake8_aa_celery.model.code.imports import imported_files, imported_names
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.configuration.dynamic_imports import may_be_imported_by_text
from flake8_aa_celery.model.configuration.worker_imports import discovery_of
from flake8_aa_celery.model.knowledge.django import IMPORTED_MODULES, IMPORTED_PACKAGES
from flake8_aa_celery.model.resolve.occurrences import apps_of
from flake8_aa_celery.model.resolve.task_functions import registered_by_calls_in, tasks_of

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.resolve.values import Task

#: What runs a worker, or makes a module something that is run and not imported.
_RUNS = re.compile(rb"\bworker_main\b|\.Worker\(|__name__\s*==\s*['\"]__main__|\.start\(\s*(?:argv|\[)")
#: The beginning of an import, up to one of its names.
_IMPORT = rb"\b(?:from|import)\b(?:[^\n\\(]|\\\n|\([^)]*)*"
#: Files that are run, and never imported by a worker.
_SCRIPTS = frozenset({"manage", "setup", "noxfile", "fabfile", "conftest", "__main__", "asgi", "wsgi"})


class Unregistered(NamedTuple):
    """A module with tasks that no worker imports.

    :param task: its first task.
    :param others: how many more it has.
    :param tasks_module: the file of the nearest module of tasks that workers find; None where there is none, or where
        the module imports it, which then could not import the module.
    :param unlisted_in: where its package is missing, if it is called as what workers look for; empty for other names.
    """

    task: Task
    others: int
    tasks_module: str | None
    unlisted_in: str

    @property
    def way_there(self) -> tuple[str, str]:
        """How the module of tasks imports the module: ``..core`` and its name."""
        assert self.tasks_module is not None
        here = os.path.dirname(self.tasks_module)
        parts = os.path.relpath(self.task.module.path.removesuffix(".py"), here).split(os.sep)
        up = parts.count(os.pardir)
        return "." * (up + 1) + ".".join(parts[up:-1]), parts[-1]


@fact
def unregistered_tasks_of(module: Module) -> list[Unregistered]:
    """That a module has tasks which no worker knows: one item, or none."""
    tasks = [task for task in _tasks_of(module) if not task.is_local and task.spelling != "removed"]
    if not tasks or module.in_document or "." not in module.dotted or module.project.is_test_code(module.path):
        return []
    if not _is_unknown_to_workers(module):
        return []
    discovery = discovery_of(module.project)
    unlisted_in = discovery.misses(module.dotted) if discovery is not None else ""
    near = _tasks_module_near(module) if not unlisted_in else None
    return [Unregistered(tasks[0], len(tasks) - 1, near, unlisted_in)]


def _tasks_of(module: Module) -> list[Task]:
    """The functions and the classes of a module that it registers itself, each once, in the order of the source."""
    found = [*tasks_of(module), *(task for task in registered_by_calls_in(module).tasks if task.module is module)]
    return sorted({task.definition: task for task in found}.values(), key=lambda task: task.definition.lineno)


def _tasks_module_near(module: Module) -> str | None:
    discovery = discovery_of(module.project)
    places = module.project.places
    folder, outermost = os.path.dirname(module.path), places.package_root(module.path)
    while discovery is not None and folder.startswith(outermost + os.sep):
        candidates = [os.path.join(folder, "__init__.py")]
        for name in discovery.names:
            candidates += [os.path.join(folder, f"{name}.py"), os.path.join(folder, name, "__init__.py")]
        found = next(
            (path for path in candidates if os.path.isfile(path) and discovery.finds(places.dotted_name(path))), None
        )
        if found is not None:
            return None if found == module.path or found in imported_files(module) else found
        folder = os.path.dirname(folder)
    return None


def _is_unknown_to_workers(module: Module) -> bool:
    discovery = discovery_of(module.project)
    if discovery is None or discovery.finds(module.dotted) or _may_be_begun_with(module):
        return False
    if may_be_imported_by_text(module.dotted, module.project) or _is_spoken_of(module):
        return False
    return not _is_loaded(module.path, module.project, set())


def _may_be_begun_with(module: Module) -> bool:
    """Whether a worker may be started with a module itself, or Django and its kin import it by its name."""
    return (
        bool(apps_of(module))
        or _is_imported_by_django(module.path, module.project)
        or _runs(module.path, module.project)
    )


def _is_imported_by_django(path: str, project: Project) -> bool:
    parts = project.places.dotted_name(path).split(".")
    return parts[-1] in IMPORTED_MODULES or not IMPORTED_PACKAGES.isdisjoint(parts[:-1])


def _runs(path: str, project: Project) -> bool:
    """Whether a file runs a worker, or something else, when it is run itself."""
    return _RUNS.search(_bytes_of(project).get(path, b"")) is not None


@fact
def _bytes_of(project: Project) -> dict[str, bytes]:
    """What the files of a project hold, by their paths."""
    return dict(project.files)


def _is_spoken_of(module: Module) -> bool:
    """Whether a text anywhere in the project names a module, so that somebody may import it by that."""
    own = {task.name for task in _tasks_of(module)}
    named = re.compile(rb"['\"](?:[\w.]+\.)?" + re.escape(module.dotted).encode() + rb"(?!\w)(?:\.(\w+))?")
    wanted = module.dotted.encode()
    for path in files(module.project, lambda data: wanted in data):
        spoken = named.finditer(_bytes_of(module.project)[path])
        if any((found.group(1) or b"").decode() not in own for found in spoken):
            return True
    return False


# -- who imports it ---------------------------------------------------------------------------------------------


def _is_loaded(path: str, project: Project, seen: set[str]) -> bool:
    """Whether a worker may load a file by way of those that import it.

    :param seen: the files on the way here: who imports only one another is not loaded by that.
    """
    seen.add(path)
    return any(
        importer not in seen and not _is_never_loaded(importer, project) and _is_root_or_loaded(importer, project, seen)
        for importer in _importers(path, project)
    )


def _is_root_or_loaded(path: str, project: Project, seen: set[str]) -> bool:
    module = project.load(path)
    if module is None or os.path.basename(path) == "__init__.py" or _may_be_begun_with(module):
        return True
    discovery = discovery_of(project)
    if discovery is None or discovery.finds(module.dotted) or _is_spoken_of(module):
        return True
    if not _importers(path, project):
        return not _tasks_of(module)  # a module of a name that somebody else may look for
    return _is_loaded(path, project, seen)


def _is_never_loaded(path: str, project: Project) -> bool:
    """Whether a file is a command or a script, which no worker imports."""
    parts = project.places.dotted_name(path).split(".")
    return parts[-1] in _SCRIPTS or parts[-3:-1] == ["management", "commands"]


def _importers(path: str, project: Project) -> list[str]:
    """The files of a project that import a file."""
    known = _known_importers(project)
    if path not in known:
        name = project.places.dotted_name(path).rpartition(".")[2].encode()
        word = rb"\b" + re.escape(name) + rb"\b"
        # a package is imported with what lies in it, without its name
        pattern = re.compile(word if path.endswith("__init__.py") else _IMPORT + word)
        near = files(project, lambda data: name in data and b"import" in data and pattern.search(data) is not None)
        known[path] = [other for other in near if other != path and _imports(other, path, project)]
    return known[path]


@fact
def _known_importers(project: Project) -> dict[str, list[str]]:
    """Who imports the files that were asked for so far."""
    return {}


def _imports(importer: str, path: str, project: Project) -> bool:
    module = project.load(importer)
    if module is None:
        return False
    dotted = f".{project.places.dotted_name(path)}"
    return path in imported_files(module) or any(_may_mean(name, dotted) for name in imported_names(module))


def _may_mean(name: str, dotted: str) -> bool:
    """Whether an import may lead to a module, from whatever folder Python is started, or to one below it."""
    return dotted.endswith(f".{name}") or f".{name}".endswith(dotted) or f".{name}.".find(f"{dotted}.") >= 0
