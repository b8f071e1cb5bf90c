"""Which function somebody means, and which tasks and views a project has."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from flake8_aa_celery.graph import starters
from flake8_aa_celery.model.django.views import views_of
from flake8_aa_celery.model.resolve.task_functions import registered_in
from flake8_aa_celery.model.tasks.index import task_index_of
from flake8_aa_celery.places import below

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import Scope


def named(name: str, project: Project) -> list[Scope]:
    """The functions of a project that a name may mean, by path and line.

    What is called so with its module comes first, then the task that is registered so, then what has the bare name.
    """
    return (
        _with_module(name, project)
        or [task.scope for task in task_index_of(project).named(name)]
        or [function for function in _called(name, project) if _is_called(function, name)]
    )


def qualified_name(function: Scope) -> str:
    """``app.models.Owner.update``."""
    return f"{function.module.dotted}.{starters.of_function(function).name}"


def place_of(function: Scope) -> str:
    """``app/models.py:12``."""
    return f"{below(function.module.path)}:{_line(function)}"


def names_like(project: Project) -> Iterator[str]:
    """The names of all functions, without and with their modules, for whoever has misspelt one."""
    for path, data in project.files:
        for found in re.findall(rb"\bdef\s+(\w+)", data):
            yield from (found.decode(), f"{project.places.dotted_name(path)}.{found.decode()}")


def tasks_and_views(project: Project, wanted: Container[str]) -> Iterator[Scope]:
    """The tasks and views in some files of a project, by path and line.

    :param wanted: the files, without symbolic links.
    """
    for path, _ in project.files:
        module = project.load(path) if os.path.realpath(path) in wanted else None
        if module is not None:
            found = [task.scope for task in registered_in(module)] + [view.scope for view in views_of(module)]
            yield from sorted(found, key=_line)


def _with_module(name: str, project: Project) -> list[Scope]:
    """The functions whose names begin with that of their module."""
    found: list[Scope] = []
    for path, data in project.files:
        module = f"{project.places.dotted_name(path)}."
        if name.startswith(module) and name.rpartition(".")[2].encode() in data:
            found += [each for each in _functions(project.load(path)) if name in _names(each)]
    return found


def _called(name: str, project: Project) -> Iterator[Scope]:
    """The functions in the files that define something of the last part of a name."""
    defining = re.compile(rb"\b(?:def|class)\s+" + re.escape(name.rpartition(".")[2].encode()) + rb"\b")
    for path, data in project.files:
        if defining.search(data):
            yield from _functions(project.load(path))


def _is_called(function: Scope, name: str) -> bool:
    """Whether a name is the last part of that of a function, or its last parts."""
    return any(f".{known}".endswith(f".{name}") for known in _names(function))


def _names(function: Scope) -> tuple[str, str]:
    """What a function is called: a task that is a class by that, and its ``run`` as any method, too."""
    return qualified_name(function), f"{function.module.dotted}.{starters.qualified(function)}"


def _functions(module: Module | None) -> Iterator[Scope]:
    """The functions of a module, methods included."""
    if module is not None:
        yield from (module.scopes.by_node[node] for node, _ in module.scopes.functions)


def _line(function: Scope) -> int:
    return int(getattr(function.node, "lineno", 0))
