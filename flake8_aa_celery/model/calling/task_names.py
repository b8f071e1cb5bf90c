"""Tasks that are spoken of by their names, and whether the project has a task that is called so."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.files import files
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.configuration.settings import given_names
from flake8_aa_celery.model.periodic.rows import rows_of
from flake8_aa_celery.model.periodic.schedules import schedule_of
from flake8_aa_celery.model.resolve.bindings import member_of
from flake8_aa_celery.model.resolve.occurrences import dispatches_of, signatures_of
from flake8_aa_celery.model.resolve.task_functions import registered_by_calls_in
from flake8_aa_celery.model.resolve.values import UNKNOWN, Function, ModuleValue, NamedTask, Task, Value
from flake8_aa_celery.model.tasks.index import installed_tasks_of, task_index_of

if TYPE_CHECKING:
    from flake8_aa_celery.installed import App
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.resolve.values import Dispatch, Signature
    from flake8_aa_celery.model.tasks.index import TaskIndex


#: With more tasks than these an unknown name is not compared.
_MOST_COMPARED = 300
#: Whatever stands between two quotes of a line.
_TEXT = re.compile(rb"['\"](?=([^'\"\n]*)['\"])")


class SpokenName(NamedTuple):
    """A registered name that something is sent by.

    :param node: where to report it.
    :param scheduled: whether a schedule names it.
    """

    name: str
    node: ast.expr
    scheduled: bool


@fact
def spoken_names_of(module: Module) -> list[SpokenName]:
    """Every known name in ``send_task``, in a signature, in a schedule and in a row of django-celery-beat."""
    sent: list[Dispatch | Signature] = [*dispatches_of(module), *signatures_of(module)]
    found: list[SpokenName] = []
    for call in sent:
        task = call.task
        if isinstance(task, NamedTask) and task.name and task.node is not None and call.module is module:
            found.append(SpokenName(task.name, task.node, scheduled=False))
    for entry in schedule_of(module):
        field, name = entry.fields.get("task"), entry.task_name
        if entry.way == "setting" and field is not None and name:
            found.append(SpokenName(name, field.reported_in(module, entry.node), scheduled=True))
    for row in rows_of(module):
        field = row.fields.get("task")
        given = row.fields.constant("task")
        if field is not None and isinstance(given, str) and given:
            found.append(SpokenName(given, field.reported_in(module, row.node), scheduled=True))
    return found


def is_unknown(spoken: SpokenName, module: Module) -> bool:
    """Whether a name points into the project and certainly is the name of no task there.

    A plain function that a schedule names is left out: that it is no task is a mistake of its own (AAC103).
    """
    package, project = spoken.name.rpartition(".")[0], module.project
    if not package:
        return False
    place = _place_of(package, module)
    if place is None or not place.endswith(".py"):
        return spoken.scheduled and _is_of_nothing_installed(spoken.name, module)
    value = standing_at(spoken.name, module)
    if (isinstance(value, Task) and value.registered_name == spoken.name) or is_name_of_task(spoken.name, project):
        return False
    if isinstance(value, Task):
        return _is_registered_otherwise(value, package)
    if isinstance(value, Function):
        return value.is_plain and not spoken.scheduled and not registered_by_calls_in(value.module).is_open
    return value is None and not _is_given(spoken.name, module)


def _is_of_nothing_installed(name: str, module: Module) -> bool:
    """Whether a name is that of no installed task, and begins with nothing that is installed.

    Only what Alliance Auth schedules runs in this environment for certain: others schedule for workers elsewhere.
    """
    project, package = module.project, name.partition(".")[0]
    if project.environment is None or not project.settings.is_of_alliance_auth or module.in_document:
        return False
    is_there = _place_of(name, module) is not None or project.environment.may_have(package)
    return not is_there and not is_name_of_task(name, project)


def is_name_of_task(name: str, project: Project) -> bool:
    """Whether Celery knows a task of a project, or of a package that is installed with it, by a name."""
    return bool(task_index_of(project).named(name) or installed_tasks_of(project).named(name))


def _place_of(name: str, module: Module) -> str | None:
    """The file or folder of the outermost package that a name leads into; None where none is found."""
    return module.project.find(name.partition(".")[0], module)


def _owner_of(name: str, module: Module) -> App | None:
    """The installed package that a name leads into; None where it leads into the project, or nowhere."""
    place = _place_of(name, module)
    return module.project.app_of(place) if place is not None else None


def whose(spoken: SpokenName, module: Module) -> str:
    """Whose task a name would be, in words: those of a package, of all that are installed, or of the project."""
    owner = _owner_of(spoken.name, module)
    if owner is not None:
        return owner.title
    return "this project" if _place_of(spoken.name, module) else "this project and its environment"


def registered_instead(spoken: SpokenName, module: Module) -> str | None:
    """The name under which the task is registered that is found where an unknown name points to."""
    value = standing_at(spoken.name, module)
    if isinstance(value, Task):
        return value.registered_name
    owner, project = _owner_of(spoken.name, module), module.project
    if _place_of(spoken.name, module) is None:
        return None
    index = task_index_of(project) if owner is None else installed_tasks_of(project).index_of(owner)
    return nearest(spoken.name, index)


def standing_at(dotted: str, module: Module) -> Value | None:
    """What stands under a dotted name of the project; None where there certainly is nothing."""
    package, _, member = dotted.rpartition(".")
    project = module.project
    path = project.find(package, module) if package else None
    if path is None:
        return UNKNOWN if _is_within_module(package, module) else None
    loaded = project.load(path) if path.endswith(".py") else None
    if loaded is None:
        return UNKNOWN
    value = member_of(ModuleValue(package, path), member, module)
    if value is UNKNOWN and member not in loaded.scopes.module.bindings and not loaded.scopes.module.star_imports:
        return None
    return value


def _is_within_module(package: str, module: Module) -> bool:
    """Whether a dotted name leads into a module as into a package, which is what another project may have there."""
    parts = package.split(".")
    above = [module.project.find(".".join(parts[:count]), module) for count in range(1, len(parts))]
    return any(path is not None and path.endswith(".py") and not path.endswith("__init__.py") for path in above)


def _is_registered_otherwise(task: Task, package: str) -> bool:
    """Whether a task that can be imported from a package is known by another name than that."""
    if not task.options.lacks("name"):
        return task.registered_name is not None
    return task.module.dotted != package and task.module.dotted.startswith(f"{package}.")


def _is_given(name: str, module: Module) -> bool:
    """Whether anything in the project is called so by ``name="…"``, in a call or in the body of a class.

    Of a name that leads into an installed package it is asked of that one.
    """
    project, owner = module.project, _owner_of(name, module)
    if owner is None and name.encode() not in _texts(project):
        return False
    spoken_in = files(project, lambda data: name.encode() in data)
    if owner is not None:
        spoken_in = (path for path, data in project.files_of(owner) if name.encode() in data)
    modules = map(project.load, spoken_in)
    return any(
        isinstance(given, ast.Constant) and given.value == name
        for module in modules
        if module is not None
        for given in given_names(module).get("NAME", ())
    )


@fact
def _texts(project: Project) -> frozenset[bytes]:
    """The texts in a project that may be the name of a task."""
    return frozenset(text for _, data in project.files for text in _TEXT.findall(data))


def nearest(name: str, index: TaskIndex) -> str | None:
    """The name of a task that one may have meant: the same function elsewhere, or nearly the same name."""
    same = index.by_function.get(name.rpartition(".")[2], [])
    if len(same) == 1:
        return same[0]
    from difflib import get_close_matches

    # to compare each of many names with all of them takes for ever
    known = index.known_names if len(index.known_names) <= _MOST_COMPARED else []
    return next(iter(get_close_matches(name, known, n=1, cutoff=0.8)), None)
