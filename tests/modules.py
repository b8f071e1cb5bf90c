"""Modules of made-up source, and what the model knows of their expressions: the arguments of ``look(…)``."""

from __future__ import annotations

import ast
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING

from flake8_aa_celery.linter import parse
from flake8_aa_celery.model.code.project import Project
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.model.resolve import values
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import (
    App,
    BoundMethod,
    Class,
    Constant,
    Dispatch,
    Function,
    Instance,
    Items,
    Mapping,
    ModuleValue,
    NamedTask,
    Origin,
    Rows,
    Signature,
    Task,
    UnreadableTask,
    Value,
    Workflow,
)
from flake8_aa_celery.settings import Settings
from support import cases, checked_files, place, settings_of

if TYPE_CHECKING:
    import collections.abc
    from pathlib import Path

    import pytest

    from flake8_aa_celery.model.code.module import Module

    Files = collections.abc.Mapping[str, str]

#: Two tasks and what workflows are made with, to stand above the source of a test.
TWO_TASKS = """\
from celery import chain, chord, current_app, group, shared_task

@shared_task
def a(): ...

@shared_task
def b(): ...

"""

#: What is returned for an expression that nothing is known about.
UNKNOWN = "unknown"


def modules_of_fixtures(folders: pytest.TempPathFactory) -> list[Module]:
    """The modules of all fixtures, but those in the syntax of a newer Python."""
    found: list[Module] = []
    for case in cases():
        root = case.build(folders.mktemp("case") / "project")
        project = Project(str(root.resolve()), settings_of(root), Workspace())
        for file in checked_files(root):
            if file.suffix == ".py":
                with suppress(SyntaxError):
                    found.append(project.module(str(file.resolve()), parse(file.read_bytes())))
    return found


def module_of(
    root: Path,
    source: str,
    path: str = "app/tasks.py",
    files: Files = MappingProxyType({}),
    settings: Settings | None = None,
) -> Module:
    """The facts of a source file below a fresh root, with other files beside it."""
    for name, text in files.items():
        place(root, name, text.encode())
    file = place(root, path, source.encode())
    return Project(str(root.resolve()), settings or Settings(), Workspace()).module(
        str(file.resolve()), ast.parse(source)
    )


def looked_at(module: Module) -> list[object]:
    """What the model knows of each ``look(…)`` of a module, in the order of the source, as :func:`plain` tells it."""
    calls = [
        call for call in module.all_calls() if isinstance(call.node.func, ast.Name) and call.node.func.id == "look"
    ]
    calls.sort(key=lambda call: (call.node.lineno, call.node.col_offset))
    return [plain(value_of(call.node.args[0], call.site)) for call in calls]


def look(root: Path, source: str, path: str = "app/tasks.py", files: Files = MappingProxyType({})) -> object:
    """What the model knows of the one ``look(…)`` of a source file."""
    (found,) = looked_at(module_of(root, source, path, files))
    return found


def plain(value: Value) -> object:
    """A value of the model as something to compare with: a constant itself, the rest in words."""
    if isinstance(value, Constant):
        return value.value
    if isinstance(value, Mapping):
        entries: dict[object, object] = {key: plain(entry.value) for key, entry in value.entries.items()}
        return entries if value.complete else {**entries, ...: ...}
    if isinstance(value, Items):
        elements = [[plain(item.value)] if item.loop else plain(item.value) for item in value.elements]
        return elements if value.complete else [*elements, ...]
    return _in_words(value)


def _in_words(value: Value) -> str:
    if isinstance(value, (Task, UnreadableTask, NamedTask)):
        return f"task {value.name}"
    if isinstance(value, (Function, Class)):
        return f"{type(value).__name__.lower()} {value.node.name}"
    if isinstance(value, (Origin, ModuleValue)):
        return value.dotted
    if isinstance(value, Signature):
        return f"signature of {_in_words(value.task)}"
    if isinstance(value, Workflow):
        return value.kind
    if isinstance(value, Instance):
        return f"instance of {value.of.node.name}"
    if isinstance(value, Rows):
        return f"rows of {value.model.node.name if value.model else UNKNOWN}"
    if isinstance(value, BoundMethod):
        return f"method {value.function.node.name} of {plain(value.receiver)}"
    if isinstance(value, (App, Dispatch)):
        return type(value).__name__.lower()
    return UNKNOWN if value is values.UNKNOWN else type(value).__name__.lower()
